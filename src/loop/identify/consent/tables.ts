import type { JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '../personTables.ts'
import { meetStates } from './meet.queries.ts'

/** What the ledger says now of a person and a purpose; `topic_id` is the nil UUID where a purpose has no topics. */
export interface ConsentStateTable {
  bucket: number
  person_id: string
  purpose: string
  topic_id: string
  given: boolean
  basis: string
  entry_id: string
  at: Date
  /** A pause: until when. */
  until: Date | null
  address_hash: string | null
}

/** A tick in a form with double opt-in: asked, and confirmed or not. */
export interface OptinTable {
  bucket: number
  person_id: string
  id: string
  address: string
  address_hash: string
  domain: string
  asked_at: Date
  text_version: string
  text: string
  evidence: JsonObject
  sent_at: Date | null
  /** Why no confirmation mail went out. */
  held: string | null
  confirmed_at: Date | null
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    consent_state: ConsentStateTable
    optin: OptinTable
  }
}

/** The state stands before the ledger: undo walks the list backwards, and makes it anew from entries that went home already. */
export const personTables: readonly PersonTable[] = [
  { table: 'consent_state', meet: meetStates, erase: 'delete', export: true, origin: false },
  { table: 'optin', meet: 'move', erase: 'delete', export: true, origin: true },
]
