import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { FieldChange } from '#loop/identify/fields/decide.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import type { CardFields } from './contract.ts'

export interface CardBatchTable {
  id: string
  source: string
  campaign_id: string | null
  /** A calendar day, `YYYY-MM-DD`. */
  exchanged_on: string
  exchanged_by: string | null
  exchanged_by_name: string
  starts: boolean
  overwrites: boolean
  state: Generated<'open' | 'cancelled'>
  photos: Generated<number>
  asked: Generated<boolean>
  created_at: Date
  made_by: string
}

/** What is kept of a confirmation for taking it back. */
export interface Undo {
  readonly fields: CardFields
  /** By it they became a lead, for the first time or out of the trash. */
  readonly created: boolean
  readonly changes: readonly FieldChange[]
  readonly member: { readonly campaign: string; readonly from: string | null; readonly to: string } | null
}

export type CardStatus = 'waiting' | 'queued' | 'reading' | 'review' | 'confirmed' | 'discarded'

export interface CardTable {
  id: string
  batch_id: string
  position: number
  part: number
  status: CardStatus
  front: string | null
  back: string | null
  corners: Generated<Json>
  seen: Generated<Json>
  fields: Generated<Json>
  failure: string | null
  tries: Generated<number>
  claimed_at: Date | null
  read_at: Date | null
  created_at: Date
  settled_at: Date | null
  settled_by: string | null
  version: Generated<number>
  /** What taking the confirmation back needs. */
  undo: Json | null
}

export interface CardPersonTable {
  bucket: number
  person_id: string
  card_id: string
  at: Date
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    card_batch: CardBatchTable
    card: CardTable
    card_person: CardPersonTable
  }
}

/** A card without its person is swept with its pictures: see jobs.ts. */
export const personTables: readonly PersonTable[] = [{ table: 'card_person', meet: 'move', erase: 'delete', export: true, origin: true }]
