import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import type { CampaignKind } from './vocabulary.ts'

export interface CampaignTable {
  id: string
  name: string
  kind: CampaignKind
  starts_on: string | null
  ends_on: string | null
  source: string | null
  note: string | null
  /** The words of its members' statuses, in order. */
  statuses: Json
  created_at: Date
  made_by: string
  removed_at: Date | null
}

export interface CampaignMemberTable {
  bucket: number
  person_id: string
  campaign_id: string
  status: string
  joined_at: Date
  status_at: Date
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    campaign: CampaignTable
    campaign_member: CampaignMemberTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'campaign_member', meet: 'keepOlder', age: 'joined_at', erase: 'delete', export: true, origin: true },
]
