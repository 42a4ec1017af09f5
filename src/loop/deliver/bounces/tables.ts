import type { PersonTable } from '#loop/identify/personTables.ts'
import type { BounceReason } from './reasons.ts'

export interface BounceTable {
  bucket: number
  person_id: string
  id: string
  delivery_id: string | null
  at: Date
  via: string
  address_hash: string
  reason: BounceReason
  hard: boolean
  delayed: boolean
  counts: boolean
  status: string | null
  reply: number | null
  said: string
  origin_person_id: string | null
}

export interface IncomingSeenTable {
  source: string
  key: string
  at: Date
}

export interface IncomingTallyTable {
  source: string
  outcome: string
  n: string
  last_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    bounce: BounceTable
    incoming_seen: IncomingSeenTable
    incoming_tally: IncomingTallyTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'bounce', meet: 'move', erase: 'delete', export: true, origin: true }]
