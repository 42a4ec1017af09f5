/** What one receiving group bears: learnt from its answers, or set by a person. */
export interface MailPaceTable {
  receiver: string
  per_minute: number | null
  places: number | null
  bore: number
  why: 'rate' | 'connections' | null
  reply: string
  slowed_at: Date | null
  raised_at: Date | null
  fixed_per_minute: number | null
  fixed_places: number | null
  fixed_by: string | null
  fixed_at: Date | null
  changed_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    mail_pace: MailPaceTable
  }
}
