// Every room's tables.ts adds its own tables to this map by module augmentation, so that the kernel needs to know none of them.
import type { Generated, Kysely } from 'kysely'
import type { Json } from '../json.ts'

export interface JournalTable {
  bucket: number
  person_id: string
  id: string
  name: string
  occurred_at: Date
  received_at: Date
  via: string | null
  historic: boolean
  origin_person_id: string | null
  cause_id: string | null
  hop: number
  page_group: string | null
  props: Json
}

export interface NewsTable {
  bucket: number
  seq: Generated<number>
  person_id: string
  event_id: string
  name: string
  occurred_at: Date
  received_at: Date
  historic: boolean
  hop: number
  page_group: string | null
  props: Json
}

export interface PulseTable {
  bucket: number
  person_id: string
  due_at: Date | null
  parked_reason: string | null
  parked_at: Date | null
}

export interface ReactionTable {
  bucket: number
  person_id: string
  at: Date
  event_ids: string[]
}

export interface BucketLeaseTable {
  bucket: number
  worker: string | null
  until: Date | null
  fence: number
}

export interface SettingTable {
  key: string
  value: Json
  changed_at: Date
}

export interface WorkerTable {
  id: string
  seen_at: Date
}

export interface HoldTable {
  one: Generated<boolean>
  since: Date
  parts: string[]
  about: Json
}

export interface HeldJobTable {
  id: Generated<number>
  name: string
  data: Json
  at: Date
}

/** All tables of the product, by name. Rooms augment it; only the owner of a table writes it. */
export interface Tables {
  journal: JournalTable
  news: NewsTable
  pulse: PulseTable
  reaction: ReactionTable
  bucket_lease: BucketLeaseTable
  setting: SettingTable
  worker: WorkerTable
  hold: HoldTable
  held_job: HeldJobTable
}

/** The query builder over all tables; inside `withTx` it is bound to the transaction's connection. */
export type Db = Kysely<Tables>
