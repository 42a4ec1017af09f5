// Why somebody enters a scenario, how often, what holds them back, and what ends their run anywhere. Browser-safe.
import { z } from 'zod'
import { eventMatch } from '#loop/score/condition/contract.ts'
import { RANKS, SCORE_COLUMNS } from '#loop/score/rules/contract.ts'
import { id, ref, time } from './parts.ts'

/** Whether somebody came into a segment or went out of it. */
export const crossing = z.enum(['entered', 'left'])

/** What must become of a deal: a stage it comes to, or how it ends. Empty texts ask nothing. */
export const dealMatch = {
  /** The key of a stage, `won` or `lost`. A deal made at the stage has come to it, too. */
  stage: z.string().max(80),
  /** The key of a product the deal is about. */
  product: z.string().max(80).default(''),
  /** Why it was lost: one of `LOST_REASON_VALUES`. */
  reason: z.string().max(80).default(''),
}

/** The days of a schedule: weekdays (0 Sunday … 6 Saturday), or a day of each month, the last one where the month is shorter. */
export const scheduleDays = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('weekdays'), weekdays: z.array(z.number().int().min(0).max(6)).max(7) }),
  z.strictObject({ kind: z.literal('monthDay'), day: z.number().int().min(1).max(31) }),
])
export type ScheduleDays = z.output<typeof scheduleDays>

/** Why somebody enters. Several triggers are joined by "or". */
export const trigger = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('segment'), id, segment: ref, on: crossing.default('entered') }),
  z.strictObject({ kind: z.literal('event'), id, match: eventMatch }),
  z.strictObject({ kind: z.literal('form'), id, form: ref }),
  z.strictObject({
    kind: z.literal('score'),
    id,
    score: z.string().max(80),
    column: z.enum(SCORE_COLUMNS),
    /** Columns of minus points are crossed downwards. */
    threshold: z.number().int().min(-100_000).max(100_000),
  }),
  /** The rank of a score model becomes this one: from below, from above, or either way. */
  z.strictObject({
    kind: z.literal('rank'),
    id,
    model: z.string().max(80),
    to: z.enum(RANKS),
    from: z.enum(['any', 'below', 'above']).default('any'),
  }),
  z.strictObject({ kind: z.literal('deal'), id, ...dealMatch }),
  /** `days` after (or, when negative, before) the day in a person's date field, at a time of day; `yearly` takes the anniversary. */
  z.strictObject({
    kind: z.literal('date'),
    id,
    field: z.string().max(80),
    days: z.number().int().min(-365).max(365),
    time,
    yearly: z.boolean().default(false),
  }),
  /** Everybody who is in the segment at that time of those days. */
  z.strictObject({ kind: z.literal('schedule'), id, segment: ref, days: scheduleDays, time }),
  /** Somebody does that after nothing was seen of them for so many days. */
  z.strictObject({ kind: z.literal('silence'), id, days: z.number().int().min(1).max(3_650), match: eventMatch }),
  /** By hand, over the API, or by another scenario: nothing pulls it by itself. */
  z.strictObject({ kind: z.literal('manual'), id }),
])
export type Trigger = z.output<typeof trigger>
export type TriggerKind = Trigger['kind']

/** How often the same person may enter. There is never more than one run of a scenario at a time. */
export const entry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once') }),
  z.strictObject({ kind: z.literal('every'), days: z.number().int().min(1).max(3_650) }),
  z.strictObject({ kind: z.literal('each') }),
])
export type Entry = z.output<typeof entry>

/** What ends a run anywhere, as reached. */
export const goal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), match: eventMatch }),
  z.strictObject({ kind: z.literal('segment'), segment: ref }),
])
export type Goal = z.output<typeof goal>

/** What ends a run anywhere without its goal: its mails that still wait are taken back. */
export const exit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), match: eventMatch }),
  z.strictObject({ kind: z.literal('segment'), segment: ref, on: crossing.default('entered') }),
])
export type Exit = z.output<typeof exit>

/**
 * What becomes of a wait that is over for more than an hour before it could go on (the system was down, the scenario paused):
 * it goes on, or leaves out the mails that come next when it is later than so many hours, or goes on in business hours only.
 */
export const late = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run') }),
  z.strictObject({ kind: z.literal('skip'), hours: z.number().int().min(1).max(8_760) }),
  z.strictObject({ kind: z.literal('nextWindow') }),
])
export type Late = z.output<typeof late>
