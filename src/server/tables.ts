import type { Json } from '#kernel/json.ts'

export interface IdempotencyTable {
  key: string
  actor: string
  endpoint: string
  body_hash: string
  status: number
  answer: Json
  at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    idempotency: IdempotencyTable
  }
}
