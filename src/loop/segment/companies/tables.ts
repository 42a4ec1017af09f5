import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'

export interface CompanySegmentTable {
  id: string
  name: string
  rule: Json
  members: Generated<number>
  made_by: string
  created_at: Date
  changed_at: Date
  removed_at: Date | null
}

export interface CompanySegmentStayTable {
  segment_id: string
  company_id: string
  entered_at: Date
  left_at: Date | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    company_segment: CompanySegmentTable
    company_segment_stay: CompanySegmentStayTable
  }
}
