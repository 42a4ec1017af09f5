import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export interface ScoreModelTable {
  name: string
  label: string
  position: number
  live_version: number | null
}

export interface ScoreVersionTable {
  model: string
  version: number
  state: 'draft' | 'filling' | 'live' | 'past' | 'dropped'
  rules: Json
  settings: Json
  made_at: Date
  made_by: string
  published_at: Date | null
  live_at: Date | null
  ended_at: Date | null
  starts_scenarios: Generated<boolean>
  filled_buckets: Generated<number>
  told_buckets: Generated<number>
  /** Another with each saving of the rules. */
  revision: Generated<string>
}

export interface ScoreStampTable {
  one: Generated<boolean>
  stamp: number
}

export interface ScoreEntryTable {
  bucket: number
  person_id: string
  model: string
  version: number
  rule_id: string
  event_id: string
  kind: 'attribute' | 'behaviour'
  delta: number
  at: Date
  expires_at: Date | null
  ended_at: Date | null
  because: Json | null
}

export interface ScoreTable {
  bucket: number
  person_id: string
  model: string
  version: number
  attribute_plus: number
  attribute_minus: number
  behaviour_plus: number
  behaviour_minus: number
  total: number
  recent: number
  heat: 'hot' | 'warm' | 'cold'
  heat_since: Date
  rank: string | null
  rank_since: Date | null
  /** The half-life score as of `decayed_at`; 0 where the settings know none. */
  decayed: Generated<number>
  decayed_at: Date | null
  attributes_due_at: Date | null
  next_change_at: Date | null
  changed_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    score_model: ScoreModelTable
    score_version: ScoreVersionTable
    score_stamp: ScoreStampTable
    score_entry: ScoreEntryTable
    score: ScoreTable
  }
}

/** Both are computed anew from the journal when two people become one. */
export const personTables: readonly PersonTable[] = [
  { table: 'score_entry', meet: 'recompute', erase: 'delete', export: true, origin: false },
  { table: 'score', meet: 'recompute', erase: 'delete', export: true, origin: false },
]
