/** A mail route that could not be reached and has not worked since. */
export interface MailRestTable {
  name: string
  reason: string
  since: Date
  last_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    mail_rest: MailRestTable
  }
}
