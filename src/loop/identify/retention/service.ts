// How long data is kept: rules, their values, what they would take away.
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import * as queries from './queries.ts'
import { type RetentionRule, rules } from './rules.ts'

const DAY_MS = 86_400_000

const all = (ctx: Ctx): RetentionRule[] => [...rules, ...(ctx.house.ports.retention ?? [])]
const settingOf = (rule: RetentionRule): string => rule.setting ?? `retention.${rule.key}`

/** The value in force, in the rule's unit; 0 is for ever. */
export const inForce = (ctx: Ctx, rule: RetentionRule): Promise<number> =>
  readSetting(ctx, settingOf(rule), z.number().int().min(0).max(36_500), rule.fallback)

/** What is older than this goes. */
export function cutOf(rule: Pick<RetentionRule, 'unit'>, value: number, now: Date): Date {
  if (rule.unit === 'days') return new Date(now.getTime() - value * DAY_MS)
  const cut = new Date(now)
  cut.setUTCMonth(cut.getUTCMonth() - value)
  return cut
}

function ruleOf(ctx: Ctx, key: string): RetentionRule {
  return (
    all(ctx).find((rule) => rule.key === key) ??
    refuse('missing', 'retention.unknown', { message: 'この設定はありません / There is no such rule.' })
  )
}

/** The rules with their values and the last forecast of each. */
export async function list(ctx: Ctx) {
  const forecasts = await queries.listForecasts(ctx.db)
  const shown = []
  for (const rule of all(ctx)) {
    const known = forecasts.get(rule.key)
    shown.push({
      key: rule.key,
      unit: rule.unit,
      value: await inForce(ctx, rule),
      least: rule.least,
      proposes: rule.proposes === true,
      forecast: known ? { n: known.n, bytes: known.bytes, value: known.value, at: known.counted_at.toISOString() } : null,
    })
  }
  return { rules: shown }
}

/** Changes a rule. @throws Refusal `retention.short` below what the law or undo needs */
export async function change(ctx: Ctx, input: { key: string; value: number }): Promise<{ ok: true }> {
  const rule = ruleOf(ctx, input.key)
  if (input.value !== 0 && input.value < rule.least)
    refuse('unprocessable', 'retention.short', {
      message: `${rule.least}${rule.unit === 'days' ? '日' : 'か月'}より短くはできません / Not less than ${rule.least} ${rule.unit}.`,
      field: 'value',
    })
  await writeSetting(ctx, settingOf(rule), input.value)
  return { ok: true }
}

/** Counts what would go with a value; nothing is deleted. The count of the value in force is remembered. */
export async function forecast(ctx: Ctx, input: { key: string; value: number }) {
  const rule = ruleOf(ctx, input.key)
  const found = input.value === 0 ? { n: 0, bytes: 0 } : await rule.count(ctx, cutOf(rule, input.value, ctx.now))
  if (input.value === (await inForce(ctx, rule)))
    await queries.putForecast(ctx.db, { rule: rule.key, value: input.value, ...found, at: ctx.now })
  return { ...found, at: ctx.now.toISOString() }
}

/** One page of deleting, of one rule and bucket. @returns how many rows went */
export async function removePage(ctx: Ctx, key: string, bucket: number, most: number): Promise<number> {
  const rule = ruleOf(ctx, key)
  const value = await inForce(ctx, rule)
  if (value === 0 || !rule.remove) return 0
  return rule.remove(ctx, cutOf(rule, value, ctx.now), bucket, most)
}

/** The keys of rules that delete by themselves. */
export const removing = (ctx: Ctx): string[] => all(ctx).flatMap((rule) => (rule.remove ? [rule.key] : []))
export const counting = (ctx: Ctx): string[] => all(ctx).map((rule) => rule.key)

/** Counts one rule anew with its value in force. */
export async function recount(ctx: Ctx, key: string): Promise<void> {
  await forecast(ctx, { key, value: await inForce(ctx, ruleOf(ctx, key)) })
}

/** Leads long without a sign, proposed for erasure. */
export async function idle(ctx: Ctx, input: { cursor?: string | undefined; limit: number }) {
  const rule = ruleOf(ctx, 'idleLeads')
  const value = await inForce(ctx, rule)
  if (value === 0) return { items: [], next: null }
  const rows = await queries.listIdle(ctx.db, cutOf(rule, value, ctx.now), decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      name: row.name,
      company: row.company_name,
      mail: row.mail,
      lastSeenAt: row.at.toISOString(),
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
