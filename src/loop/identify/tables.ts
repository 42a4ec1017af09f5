import type { Generated, Selectable } from 'kysely'
import type { Json, JsonObject } from '#kernel/json.ts'
import { personTables as consentTables } from './consent/tables.ts'
import { personTables as duplicateTables } from './duplicates/tables.ts'
import type { PersonTable } from './personTables.ts'

/** A visitor (identified_at null) or a lead. `mail` and `phone` are normalised, `*_typed` as they were given. */
export interface PersonRowTable {
  bucket: number
  id: string
  identified_at: Date | null
  created_at: Date
  last_seen_at: Date | null
  status: Generated<'active' | 'on_hold' | 'invalid'>
  keep: Generated<boolean>
  company_name: string | null
  company_id: string | null
  owner_id: string | null
  family_name: string | null
  given_name: string | null
  family_kana: string | null
  given_kana: string | null
  department: string | null
  title: string | null
  role_level: string | null
  mail: string | null
  mail_typed: string | null
  mail_risk: string | null
  contact_mail: string | null
  phone: string | null
  phone_typed: string | null
  /** `100-0001`. */
  postal_code: string | null
  prefecture: string | null
  city: string | null
  address: string | null
  building: string | null
  industry: string | null
  /** Middle group of 日本標準産業分類, `01`–`99`. */
  industry_group: string | null
  employee_band: string | null
  website: string | null
  salutation: string | null
  /** Whole yen. */
  budget: number | null
  /** Keys of `product`. */
  products: Generated<string[]>
  source_first: string | null
  source_first_at: Date | null
  source_latest: string | null
  source_latest_at: Date | null
  priority: string | null
  interest: Generated<string[]>
  tags: Generated<string[]>
  attrs: Generated<JsonObject>
  /** 0 none, 1 unsubscribe, 2 manual, 3 hard bounce, 4 complaint: `MAIL_STOP` in decide.ts. */
  mail_stop: Generated<number>
  /** 0 none, 1 published, 2 relation, 3 card, 4 consent: `MAIL_BASIS` in decide.ts. */
  mail_basis: Generated<number>
  sort_name: Generated<string>
  search_text: Generated<string>
  version: Generated<number>
}

export type PersonRow = Selectable<PersonRowTable>

export interface IdentityTable {
  kind: 'mail' | 'external' | 'device'
  value: string
  bucket: number
  person_id: string
  since: Date
}

export interface IdentityHistoryTable {
  bucket: number
  person_id: string
  id: string
  kind: string
  value: string
  since: Date
  until: Date | null
  cause: string
  origin_person_id: string | null
}

export interface PersonAliasTable {
  old_id: string
  bucket: number
  person_id: string
  at: Date
  undone_at: Date | null
}

export interface AdoptionTable {
  bucket: number
  person_id: string
  id: string
  old_bucket: number
  old_id: string
  at: Date
  by_hand: boolean
  cause_id: string | null
  actor: string
  person: Json
  taken: Json
  changes: Json
  moved: number
  undone_at: Date | null
  undone_by: string | null
  /** A click in a mail tied them: a later form of somebody else undoes it. */
  weak: Generated<boolean>
}

export interface MergeCandidateTable {
  bucket: number
  person_id: string
  other_bucket: number
  other_id: string
  reason: string
  reasons: Generated<string[]>
  /** 0–99: how sure a machine would be. */
  strength: Generated<number>
  at: Date
  settled_at: Date | null
  settled_by: string | null
  verdict: 'merged' | 'different' | null
}

export interface ConsentEntryTable {
  bucket: number
  person_id: string
  id: string
  purpose: string
  given: boolean
  basis: string
  at: Date
  route: string
  text_version: string | null
  text: string | null
  evidence: Json
  actor: string
  origin_person_id: string | null
  topic_id: string | null
  until: Date | null
  address_hash: string | null
}

export interface SuppressionTable {
  address_hash: string
  reason: string
  level: number
  since: Date
  source: string
}

export interface FieldDefinitionTable {
  /** Whose field it is; keys count for each apart. */
  entity: 'lead' | 'company'
  key: string
  type: string
  ja: string
  en: string
  class: 'basic' | 'secondary' | 'behaviour'
  options: Json
  position: number
  created_at: Date
  archived_at: Date | null
  required: Generated<boolean>
  unique_value: Generated<boolean>
  help_ja: Generated<string>
  help_en: Generated<string>
  /** Money is shown in this many yen: 1, 1000, 1000000. */
  unit: Generated<number>
  /** A behaviour field that colleagues may write too. */
  by_hand: Generated<boolean>
}

export interface ProductTable {
  key: string
  ja: string
  en: string
  /** Names of page groups whose pages show an interest in it. */
  page_groups: Generated<string[]>
  position: Generated<number>
  created_at: Date
  archived_at: Date | null
}

export interface ErasureTable {
  person_id: string
  at: Date
  actor: string
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    person: PersonRowTable
    identity: IdentityTable
    identity_history: IdentityHistoryTable
    person_alias: PersonAliasTable
    adoption: AdoptionTable
    merge_candidate: MergeCandidateTable
    consent_entry: ConsentEntryTable
    suppression: SuppressionTable
    field_definition: FieldDefinitionTable
    product: ProductTable
    erasure: ErasureTable
  }
}

/** Tables that adoption moves by its own hands, in its own order: told here so that erasure, export and the architecture test know them. */
const byHand = (table: string, erase: 'delete' | 'keep' = 'delete'): PersonTable => ({
  table,
  meet: 'byHand',
  erase,
  export: false,
  origin: false,
})

/** The person tables of this room, and the kernel's, which nobody else could declare. */
export const personTables: readonly PersonTable[] = [
  { ...byHand('person'), table: 'person', export: true },
  { ...byHand('journal'), table: 'journal', export: true },
  { ...byHand('news'), table: 'news' },
  { ...byHand('pulse'), table: 'pulse' },
  { ...byHand('reaction'), table: 'reaction' },
  { ...byHand('identity'), table: 'identity', export: true },
  { ...byHand('person_alias', 'keep'), table: 'person_alias' },
  { ...byHand('adoption'), table: 'adoption' },
  { ...byHand('merge_candidate'), table: 'merge_candidate' },
  { table: 'identity_history', meet: 'move', erase: 'delete', export: true, origin: true },
  ...consentTables,
  { table: 'consent_entry', meet: 'move', erase: 'delete', export: true, origin: true },
  ...duplicateTables,
]
