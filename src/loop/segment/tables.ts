import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export interface SegmentTable {
  id: string
  name: string
  description: Generated<string>
  audience: 'leads' | 'everyone'
  live_version: number | null
  members: Generated<number>
  created_at: Date
  created_by: string
  changed_at: Date
  archived_at: Date | null
}

export interface SegmentVersionTable {
  segment_id: string
  version: number
  audience: 'leads' | 'everyone'
  rule: Json
  state: 'filling' | 'live' | 'past' | 'dropped'
  starts_scenarios: boolean
  made_at: Date
  made_by: string
  live_at: Date | null
  ended_at: Date | null
  filled_buckets: Generated<number>
  told_buckets: Generated<number>
  fault: Generated<'slow' | null>
}

export interface SegmentStampTable {
  one: Generated<boolean>
  stamp: number
}

export interface MembershipTable {
  bucket: number
  person_id: string
  segment_id: string
  version: number
  is_in: boolean
  since: Date
  next_change_at: Date | null
  because: Json
}

export interface SegmentFillTable {
  bucket: number
  person_id: string
  segment_id: string
  version: number
  is_in: boolean
  next_change_at: Date | null
}

export interface SegmentStayTable {
  bucket: number
  person_id: string
  segment_id: string
  entered_at: Date
  id: string
  left_at: Date | null
  because: Json
  left_because: Json | null
  entered_by_edit: Generated<boolean>
  left_by_edit: Generated<boolean>
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    segment: SegmentTable
    segment_version: SegmentVersionTable
    segment_stamp: SegmentStampTable
    membership: MembershipTable
    segment_fill: SegmentFillTable
    segment_stay: SegmentStayTable
  }
}

/** Memberships are evaluated anew on `lead.adopted`; stays move, so that somebody who is in stays in since the earlier instant. */
export const personTables: readonly PersonTable[] = [
  { table: 'membership', meet: 'recompute', erase: 'delete', export: true, origin: false },
  { table: 'segment_fill', meet: 'recompute', erase: 'delete', export: false, origin: false },
  { table: 'segment_stay', meet: 'move', erase: 'delete', export: true, origin: true },
]
