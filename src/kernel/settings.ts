import { sql } from 'kysely'
import type { z } from 'zod'
import type { Ctx } from './ctx.ts'

/** A small JSON setting, or `fallback` when it was never written. A stored value that no longer fits its schema gives the fallback. */
export async function readSetting<S extends z.ZodType>(ctx: Ctx, key: string, schema: S, fallback: z.output<S>): Promise<z.output<S>> {
  const found = await sql<{ value: unknown }>`/* read_setting */ SELECT value FROM setting WHERE key = ${key}`.execute(ctx.db)
  const row = found.rows[0]
  if (!row) return fallback
  const parsed = schema.safeParse(row.value)
  return parsed.success ? parsed.data : fallback
}

/** What was made of a stored value the last time, by schema. */
const made = new WeakMap<z.ZodType, { readonly text: string; readonly value: unknown; readonly fits: boolean }>()

/** Parsed as long as it is the same text: what is read behind every hand of mails hardly ever changes. Frozen, since all who ask share it. */
function parsedOnce<S extends z.ZodType>(schema: S, value: unknown, fallback: z.output<S>): z.output<S> {
  const text = JSON.stringify(value)
  let kept = made.get(schema)
  if (kept?.text !== text) {
    const parsed = schema.safeParse(value)
    kept = { text, value: frozen(parsed.data), fits: parsed.success }
    made.set(schema, kept)
  }
  return kept.fits ? (kept.value as z.output<S>) : fallback
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

/** A setting as it is stored, read by whoever reads it together with others; `settingFrom` takes it out of such rows. */
export interface SettingRow {
  readonly key: string
  readonly value: unknown
}

/** The setting among rows, as `readSetting` reads it; the value is shared and not to be changed. */
export function settingFrom<S extends z.ZodType>(rows: readonly SettingRow[], key: string, schema: S, fallback: z.output<S>): z.output<S> {
  const row = rows.find((one) => one.key === key)
  return row ? parsedOnce(schema, row.value, fallback) : fallback
}

/** Writes a setting; the last writer wins. */
export async function writeSetting(ctx: Ctx, key: string, value: unknown): Promise<void> {
  await sql`INSERT INTO setting (key, value, changed_at) VALUES (${key}, ${JSON.stringify(value)}::jsonb, ${ctx.now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`.execute(ctx.db)
}
