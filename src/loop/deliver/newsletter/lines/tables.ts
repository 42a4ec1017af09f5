/** A newsletter that comes again and again. */
export interface NewsletterLineTable {
  id: string
  name: string
  every_days: number
  owner_id: string | null
  created_at: Date
  archived_at: Date | null
  /** The owner was told of this missing issue already. */
  warned_for: string | null
}

/** A planned issue, with its newsletter once there is one. */
export interface NewsletterIssueTable {
  id: string
  line_id: string
  day: string
  title: string
  newsletter_id: string | null
  created_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    newsletter_line: NewsletterLineTable
    newsletter_issue: NewsletterIssueTable
  }
}
