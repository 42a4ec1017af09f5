import type { PersonTable } from '#loop/identify/personTables.ts'
import type { Verdict } from './evidence/contract.ts'

export interface MailHitTable {
  bucket: number
  person_id: string
  delivery_id: string
  id: string
  at: Date
  kind: 'open' | 'click'
  link: number
  method: string
  user_agent: string
  purpose: string
  network: string
  network_of: string
  activated: boolean
  verdict: Verdict
  likely: number
  because: string[]
  due_at: Date | null
  event_id: string | null
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    mail_hit: MailHitTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'mail_hit', meet: 'move', erase: 'delete', export: true, origin: true }]
