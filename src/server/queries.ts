// Answers kept for 7 days under the Idempotency-Key of the request, per actor.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { IdempotencyTable } from './tables.ts'

export interface AnswerKey {
  readonly key: string
  readonly actor: string
  readonly endpoint: string
  readonly bodyHash: string
}

/** Inserts the key for this transaction; false when somebody used it before. A second caller waits here for the first one's commit. */
export async function beginAnswer(ctx: Ctx, key: AnswerKey): Promise<boolean> {
  const made = await sql`INSERT INTO idempotency (key, actor, endpoint, body_hash, status, answer, at)
    VALUES (${key.key}, ${key.actor}, ${key.endpoint}, ${key.bodyHash}, 0, NULL, ${ctx.now}) ON CONFLICT DO NOTHING RETURNING 1`.execute(
    ctx.db,
  )
  return made.rows.length > 0
}

export type KeptAnswer = Pick<IdempotencyTable, 'endpoint' | 'body_hash' | 'status'> & { readonly answer: unknown }

export async function findAnswer(ctx: Ctx, key: AnswerKey): Promise<KeptAnswer | null> {
  const found = await sql<{ endpoint: string; body_hash: string; status: number; answer: { sealed?: string } | null }>`
    SELECT endpoint, body_hash, status, answer FROM idempotency WHERE actor = ${key.actor} AND key = ${key.key}`.execute(ctx.db)
  const row = found.rows[0]
  return row ? { ...row, answer: row.answer?.sealed ? unseal(ctx, row.answer.sealed) : null } : null
}

/** Answers may hold a secret that is shown once (a new API key), so they are sealed with AES-256-GCM before they are kept. */
export async function keepAnswer(ctx: Ctx, key: AnswerKey, answer: unknown): Promise<void> {
  await sql`UPDATE idempotency SET status = 200, answer = ${JSON.stringify({ sealed: seal(ctx, answer) })}::jsonb WHERE actor = ${key.actor} AND key = ${key.key}`.execute(
    ctx.db,
  )
}

/** Frees the key of a call that failed outside of a transaction. */
export async function dropAnswer(ctx: Ctx, key: AnswerKey): Promise<void> {
  await sql`DELETE FROM idempotency WHERE actor = ${key.actor} AND key = ${key.key} AND status = 0`.execute(ctx.db)
}

/** Removes what is older than `before`; a job calls it daily. */
export async function forgetAnswers(ctx: Ctx, before: Date): Promise<void> {
  await sql`DELETE FROM idempotency WHERE at < ${before}`.execute(ctx.db)
}

function seal(ctx: Ctx, value: unknown): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', ctx.house.secret('idempotency'), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(value) ?? 'null', 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
}

function unseal(ctx: Ctx, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', ctx.house.secret('idempotency'), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'))
}
