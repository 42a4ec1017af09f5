export interface MailboxMailTable {
  id: string
  at: Date
  envelope_from: string
  envelope_to: string
  subject: string
  sender: string
  message_id: string
  raw: Buffer
  read_at: Date | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    mailbox_mail: MailboxMailTable
  }
}
