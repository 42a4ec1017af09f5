import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export interface FormTable {
  id: string
  name: string
  status: 'draft' | 'published' | 'closed'
  draft: Json
  version: Generated<number>
  changed_at: Date
  published_at: Date | null
  created_at: Date
  made_by: string
}

export interface FormVersionTable {
  form_id: string
  version: number
  spec: Json
  at: Date
  made_by: string
}

export interface SubmissionTable {
  bucket: number
  person_id: string
  id: string
  form_id: string
  version: number
  at: Date
  answers: Json
  page: string | null
  outcome: string
  origin_person_id: string | null
}

export interface FormReceiptTable {
  id: string
  form_id: string
  at: Date
}

export interface FormLimitTable {
  key: string
  window_start: Date
  n: number
}

export interface FormDropTable {
  form_id: string
  day: string
  reason: string
  n: number
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    form: FormTable
    form_version: FormVersionTable
    submission: SubmissionTable
    form_receipt: FormReceiptTable
    form_limit: FormLimitTable
    form_drop: FormDropTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'submission', meet: 'move', erase: 'delete', export: true, origin: true }]
