/** Who looked at or exported whose data: once per day, colleague, person and act. */
export interface AccessLogTable {
  day: string
  user_id: string
  user_name: string
  subject_id: string
  act: string
  at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    access_log: AccessLogTable
  }
}
