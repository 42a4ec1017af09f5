import type { JsonObject } from '#kernel/json.ts'

export interface NewsletterLineTable {
  id: string
  name: string
  rhythm: JsonObject
  starts_on: string
  send_at: string
  owner_id: string | null
  topic_id: string | null
  include: string[]
  exclude: string[]
  template_id: string | null
  sender: 'company' | 'owner' | null
  draft_days: number
  ahead_days: number
  hours_needed: number | null
  hours_free: number | null
  created_at: Date
  archived_at: Date | null
}

export interface NewsletterIssueTable {
  id: string
  line_id: string
  slot: string | null
  day: string
  theme: string
  content: string
  owner_id: string | null
  due_on: string
  skipped: boolean
  newsletter_id: string | null
  created_at: Date
  removed_at: Date | null
}

export interface NewsletterNoticeTable {
  line_id: string
  kind: 'missing' | 'late' | 'overdue'
  day: string
  at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    newsletter_line: NewsletterLineTable
    newsletter_issue: NewsletterIssueTable
    newsletter_notice: NewsletterNoticeTable
  }
}
