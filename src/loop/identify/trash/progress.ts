import type { Ctx } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { type Emptying, emptying } from './contract.ts'

const KEY = 'identify.trash'

/** The last time somebody had the trash emptied. */
export const readEmptying = (ctx: Ctx): Promise<Emptying | null> => readSetting(ctx, KEY, emptying.nullable(), null)

export async function beginEmptying(ctx: Ctx, total: number, by: string): Promise<void> {
  await write(ctx, { total, done: 0, startedAt: ctx.now.toISOString(), endedAt: null, by })
}

/** Notes that so many more are gone; `ended` when nobody is left who was to go. */
export async function noteEmptied(ctx: Ctx, more: number, ended: boolean): Promise<void> {
  const before = await readEmptying(ctx)
  if (before) await write(ctx, { ...before, done: before.done + more, endedAt: ended ? ctx.now.toISOString() : null })
}

async function write(ctx: Ctx, now: Emptying): Promise<void> {
  await writeSetting(ctx, KEY, now)
  await announce(ctx, 'trash', {})
}
