import type { Generated, Selectable } from 'kysely'
import type { Json, JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '../personTables.ts'

/** A company; `merged_into` set: its id leads to another one. The sums speak of the people who are with it now. */
export interface CompanyTable {
  id: string
  name: string
  kana: string | null
  english_name: string | null
  aliases: Generated<string[]>
  corporate_number: string | null
  website: string | null
  phone: string | null
  phone_typed: string | null
  postal_code: string | null
  prefecture: string | null
  city: string | null
  address: string | null
  industry: string | null
  employee_band: string | null
  fiscal_month: number | null
  owner_id: string | null
  tags: Generated<string[]>
  attrs: Generated<JsonObject>
  note: string | null
  made_by: string
  created_at: Date
  changed_at: Date
  version: Generated<number>
  merged_into: string | null
  people: Generated<number>
  engagement: Generated<number>
  score: Generated<number>
  last_seen_at: Date | null
  summed_at: Date | null
  sort_name: Generated<string>
  search_text: Generated<string>
}

export type CompanyRow = Selectable<CompanyTable>

export interface CompanyDomainTable {
  domain: string
  company_id: string
  since: Date
}

export interface CompanyNameKeyTable {
  key: string
  company_id: string
}

export interface CompanyPersonTable {
  bucket: number
  person_id: string
  company_id: string
  role: Generated<string>
  /** mail, number, website, name (a human's word on a proposal), hand */
  linked_by: string
  since: Date
  until: Date | null
  engagement: Generated<number>
  score: Generated<number>
  origin_person_id: string | null
}

export interface CompanyProposalTable {
  bucket: number
  person_id: string
  name_key: string
  at: Date
}

export interface CompanyCandidateTable {
  id: string
  kind: 'link' | 'new' | 'merge'
  name_key: string
  name: string
  company_id: string | null
  other_id: string | null
  at: Date
  settled_at: Date | null
  settled_by: string | null
  verdict: 'yes' | 'no' | 'moot' | null
}

export interface CompanyMergeTable {
  id: string
  keep_id: string
  lose_id: string
  at: Date
  actor: string
  taken: Json
  undone_at: Date | null
  undone_by: string | null
}

export interface CompanyNewsTable {
  seq: Generated<number>
  company_id: string
  fields: Generated<string[]>
}

/** What a file said of the company of a lead that is with none yet. */
export interface CompanyToldTable {
  bucket: number
  person_id: string
  attrs: JsonObject
  at: Date
  cause: string
  origin_person_id: string | null
}

export interface CompanyToldChangeTable {
  id: string
  cause: string
  company_id: string
  at: Date
  changes: Json
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    company: CompanyTable
    company_domain: CompanyDomainTable
    company_name_key: CompanyNameKeyTable
    company_person: CompanyPersonTable
    company_proposal: CompanyProposalTable
    company_candidate: CompanyCandidateTable
    company_merge: CompanyMergeTable
    company_news: CompanyNewsTable
    company_told: CompanyToldTable
    company_told_change: CompanyToldChangeTable
  }
}

/** After an adoption a reaction makes the person's row and the open link agree again. */
export const personTables: readonly PersonTable[] = [
  { table: 'company_person', meet: 'keepOlder', age: 'since', erase: 'delete', export: true, origin: true },
  { table: 'company_told', meet: 'keepOlder', age: 'at', erase: 'delete', export: true, origin: true },
  { table: 'company_proposal', meet: 'recompute', erase: 'delete', export: false, origin: false },
]
