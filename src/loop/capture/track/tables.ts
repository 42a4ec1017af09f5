import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export interface SiteTable {
  id: string
  name: string
  write_key: string
  domains: string[]
  consent_mode: 'off' | 'notice' | 'opt-in'
  count_robots: boolean
  created_at: Date
  archived_at: Date | null
  seen_at: Date | null
  seen_url: string | null
}

export interface PageGroupTable {
  id: string
  name: string
  patterns: string[]
  position: number
  created_at: Date
}

export interface VisitTable {
  bucket: number
  person_id: string
  id: string
  site_id: string
  device: string
  started_at: Date
  last_at: Date
  slot: Date | null
  historic: boolean
  landing: string | null
  referrer: string | null
  channel: string
  keyword: string | null
  utm: Json
  click_id: string | null
  device_class: string
  url: string | null
  title: string | null
  origin_person_id: string | null
}

export interface IngestCountTable {
  id: string
  day: string
  site_id: string | null
  reason: string
  detail: string
  n: number
  fixed: Generated<boolean>
}

export interface IdentifyMessageTable {
  id: string
  at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    site: SiteTable
    page_group: PageGroupTable
    visit: VisitTable
    ingest_count: IngestCountTable
    identify_message: IdentifyMessageTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'visit', meet: 'keepOlder', age: 'started_at', erase: 'delete', export: true, origin: true },
]
