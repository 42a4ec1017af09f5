/** What a retention rule would take away, as last counted. */
export interface RetentionForecastTable {
  rule: string
  value: number
  n: number
  bytes: number
  counted_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    retention_forecast: RetentionForecastTable
  }
}
