import { randomBytes } from 'node:crypto'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import type { Scope } from '../vocabulary.ts'
import type { ApiKey } from './contract.ts'
import { hashKey } from './decide.ts'
import { insertKey, listKeys, revokeKey } from './queries.ts'

const HINT_LENGTH = 10

export async function list(ctx: Ctx): Promise<{ items: ApiKey[] }> {
  const rows = await listKeys(ctx.db)
  return {
    items: rows.map((row) => ({
      id: row.id,
      name: row.name,
      hint: row.hint,
      scopes: row.scopes,
      madeBy: row.made_by,
      createdAt: row.created_at.toISOString(),
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      revokedAt: row.revoked_at?.toISOString() ?? null,
    })),
  }
}

/** Makes a key of 256 random bits. Only its hash is kept: the answer is the one time it can be seen. */
export async function create(ctx: Ctx, input: { name: string; scopes: readonly Scope[] }): Promise<{ id: string; key: string }> {
  const key = `hgk_${randomBytes(32).toString('base64url')}`
  const id = ctx.id()
  await insertKey(ctx.db, {
    id,
    name: input.name,
    hint: key.slice(0, HINT_LENGTH),
    key_hash: hashKey(key),
    scopes: [...new Set(input.scopes)],
    made_by: 'name' in ctx.actor ? ctx.actor.name : '',
    created_at: ctx.now,
    last_used_at: null,
    revoked_at: null,
  })
  return { id, key }
}

export async function revoke(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  if (!(await revokeKey(ctx.db, input.id, ctx.now))) refuse('missing', 'key.missing', { message: 'There is no such API key.' })
  await announce(ctx, 'access.changed', { id: input.id })
  return { ok: true }
}
