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

/** A setting as it is stored, read by whoever reads it together with others; `settingFrom` takes it out of such rows. */
export interface SettingRow {
  readonly key: string
  readonly value: unknown
}

/** The setting among rows, as `readSetting` reads it. */
export function settingFrom<S extends z.ZodType>(rows: readonly SettingRow[], key: string, schema: S, fallback: z.output<S>): z.output<S> {
  const row = rows.find((one) => one.key === key)
  const parsed = row && schema.safeParse(row.value)
  return parsed?.success ? parsed.data : fallback
}

/** Writes a setting; the last writer wins. */
export async function writeSetting(ctx: Ctx, key: string, value: unknown): Promise<void> {
  await sql`INSERT INTO setting (key, value, changed_at) VALUES (${key}, ${JSON.stringify(value)}::jsonb, ${ctx.now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`.execute(ctx.db)
}
