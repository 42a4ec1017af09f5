import type { Generated } from 'kysely'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import type { Stage } from './stage/vocabulary.ts'

export interface LeadStageTable {
  bucket: number
  person_id: string
  stage: Stage
  since: Date
  first_mql_at: Date | null
  first_sql_at: Date | null
}

export interface SignalTable {
  bucket: number
  person_id: string
  id: string
  kind: string
  channel: string
  at: Date
  owner_id: string | null
  urgent: Generated<boolean>
  text: string | null
  detail: Generated<JsonObject>
  seen_at: Date | null
  seen_by: string | null
  origin_person_id: string | null
}

export interface SignalMuteTable {
  bucket: number
  person_id: string
  user_id: string
  at: Date
}

export interface HandoffTable {
  bucket: number
  person_id: string
  id: string
  state: 'open' | 'accepted' | 'returned'
  reason: string
  note: string | null
  detail: Generated<JsonObject>
  owner_id: string | null
  made_at: Date
  made_by: string
  due_at: Date
  answered_at: Date | null
  answered_by: string | null
  return_reason: string | null
  return_note: string | null
  origin_person_id: string | null
}

export interface DealTable {
  id: string
  name: string
  company_name: string | null
  amount: number | null
  stage: string
  state: 'open' | 'won' | 'lost'
  /** A day, `YYYY-MM-DD`. */
  expected_close: string | null
  owner_id: string | null
  note: string | null
  lost_reason: string | null
  lost_note: string | null
  opened_at: Date
  stage_since: Date
  closed_at: Date | null
  made_by: string
  changed_at: Date
  removed_at: Date | null
  /** By which a deal that came with a file is known again. */
  import_key: Generated<string | null>
  /** Keys of products. */
  products: Generated<string[]>
  version: Generated<number>
}

export interface DealStageHistoryTable {
  id: string
  deal_id: string
  from_stage: string | null
  to_stage: string
  at: Date
  by_name: string
}

export interface DealPersonTable {
  bucket: number
  person_id: string
  deal_id: string
  main: Generated<boolean>
  added_at: Date
  origin_person_id: string | null
}

export interface AssignmentTurnTable {
  group_id: string
  user_id: string
  credit: number
}

export interface AssignmentRunTable {
  id: string
  kind: 'assigned' | 'returned'
  at: Date
  by_name: string
  n: number
  undone_at: Date | null
  undone_by: string | null
}

export interface AssignmentGivenTable {
  bucket: number
  person_id: string
  run_id: string
  before_id: string | null
  after_id: string | null
  at: Date
  origin_person_id: string | null
}

export interface LeadTouchTable {
  bucket: number
  person_id: string
  touched_at: Date
  worked_at: Date
  sent_at: Date | null
  opened_at: Date | null
  clicked_at: Date | null
  visited_at: Date | null
  form_at: Date | null
  activity_at: Date | null
  deal_at: Date | null
  since: Date
  owner_id: string | null
  plan: string | null
  /** A day, `YYYY-MM-DD`. */
  parked_until: string | null
  parked_reason: string | null
  parked_by: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    assignment_turn: AssignmentTurnTable
    assignment_run: AssignmentRunTable
    assignment_given: AssignmentGivenTable
    lead_touch: LeadTouchTable
    lead_stage: LeadStageTable
    signal: SignalTable
    signal_mute: SignalMuteTable
    handoff: HandoffTable
    deal: DealTable
    deal_stage_history: DealStageHistoryTable
    deal_person: DealPersonTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'lead_stage', meet: 'recompute', erase: 'delete', export: true, origin: false },
  { table: 'signal', meet: 'move', erase: 'delete', export: true, origin: true },
  { table: 'signal_mute', meet: 'keepOlder', age: 'at', erase: 'delete', export: false, origin: false },
  { table: 'handoff', meet: 'move', erase: 'delete', export: true, origin: true },
  { table: 'assignment_given', meet: 'keepOlder', age: 'at', erase: 'delete', export: false, origin: true },
  { table: 'lead_touch', meet: 'recompute', erase: 'delete', export: true, origin: false },
  { table: 'deal_person', meet: 'keepOlder', age: 'added_at', erase: 'delete', export: true, origin: true },
]
