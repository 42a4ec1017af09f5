// Score rules: what earns or costs points. Browser-safe.
import { z } from 'zod'
import { condition, eventMatch } from '../condition/contract.ts'

const points = z
  .number()
  .int()
  .min(-10_000)
  .max(10_000)
  .refine((n) => n !== 0, 'points other than 0')
const label = z.string().max(120).default('')

/** Points while a field or fact meets a condition; they go when it no longer does. */
export const attributeRule = z.strictObject({
  id: z.guid(),
  kind: z.literal('attribute'),
  label,
  fact: z.string().min(1).max(120),
  is: condition,
  points,
})

/**
 * Points for an event. `each`: every one; `once`: the first; `cap`: the first so many. Of several events the earliest count.
 * `expiresDays`: the points lapse so many days (24 h each) after the event.
 */
export const behaviourRule = z.strictObject({
  id: z.guid(),
  kind: z.literal('behaviour'),
  label,
  match: eventMatch,
  points,
  limit: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('each') }),
    z.strictObject({ kind: z.literal('once') }),
    z.strictObject({ kind: z.literal('cap'), times: z.number().int().min(1).max(1_000) }),
  ]),
  expiresDays: z.number().int().min(1).max(3_650).nullable().default(null),
})

export const scoreRule = z.discriminatedUnion('kind', [attributeRule, behaviourRule])
export type AttributeRule = z.output<typeof attributeRule>
export type BehaviourRule = z.output<typeof behaviourRule>
export type ScoreRule = z.output<typeof scoreRule>
export const scoreRules = z
  .array(scoreRule)
  .max(200)
  .refine((rules) => new Set(rules.map((rule) => rule.id)).size === rules.length, 'each rule has an id of its own')

/** Ranks from the best down. */
export const RANKS = ['A', 'B', 'C', 'D', 'E'] as const
export type Rank = (typeof RANKS)[number]

/** A rank reaches from `at` up to the next better one; `label` says what stage of thinking it stands for. */
export const rankBand = z.strictObject({
  name: z.enum(RANKS),
  label: z.string().trim().max(40).default(''),
  at: z.number().int().min(-100_000).max(100_000),
})
export type RankBand = z.output<typeof rankBand>

const bands = z
  .array(rankBand)
  .max(RANKS.length)
  .refine((list) => list.every((band, i) => i === 0 || (list[i - 1]?.at ?? 0) > band.at), 'each rank begins below the one before it')
  .refine((list) => list.every((band, i) => band.name === RANKS[i]), 'ranks are A, B, C … in order')

/**
 * `recentDays`: the window of the recent score. `halfLifeDays`: behaviour points are worth half after so long, a quarter after twice as
 * long, and so on. Heat (hot from `hotAt`, warm from `warmAt`) and rank are read from one column. `hotUntilSilent`: who once got hot by the
 * recent points stays hot until nothing has earned any for `recentDays`.
 */
export const scoreSettings = z
  .strictObject({
    recentDays: z.number().int().min(1).max(365),
    halfLifeDays: z.number().int().min(1).max(3_650).nullable().default(null),
    heatBy: z.enum(['total', 'recent', 'decayed']),
    hotAt: z.number().int().min(-100_000).max(100_000),
    warmAt: z.number().int().min(-100_000).max(100_000),
    hotUntilSilent: z.boolean().optional(),
    ranks: bands.default([]),
  })
  .refine((settings) => settings.warmAt <= settings.hotAt, { path: ['warmAt'], message: 'warm begins at or below hot' })
  .refine((settings) => settings.heatBy !== 'decayed' || settings.halfLifeDays !== null, {
    path: ['halfLifeDays'],
    message: 'the half-life in days is missing',
  })
export type ScoreSettings = z.output<typeof scoreSettings>

export const FIRST_SETTINGS: ScoreSettings = { recentDays: 30, halfLifeDays: null, heatBy: 'total', hotAt: 60, warmAt: 30, ranks: [] }

/** Columns that rules, triggers and lists may name. */
export const SCORE_COLUMNS = ['attribute_plus', 'attribute_minus', 'behaviour_plus', 'behaviour_minus', 'total', 'recent'] as const
export type ScoreColumn = (typeof SCORE_COLUMNS)[number]
export const HEATS = ['hot', 'warm', 'cold'] as const
export type Heat = (typeof HEATS)[number]

/** Points given by hand or by a scenario count as a rule of every version, under this id. */
export const GIVEN_POINTS = '00000000-0000-8000-a000-000000000001'
