// How long a run waits, and for what. Browser-safe.
import { z } from 'zod'
import { eventMatch } from '#loop/score/condition/contract.ts'
import { ref, time, weekdays } from './parts.ts'
import { crossing, dealMatch } from './triggers.ts'

/** How long a wait is, or until when. Days of the kind `days` count from the instant of arrival; business days from its day. */
export const until = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('for'),
    amount: z.number().int().min(1).max(10_000),
    unit: z.enum(['minutes', 'hours', 'days']),
    businessHours: z.boolean().default(false),
  }),
  /** The n-th business day after today, at a time of day: 「翌営業日 9:30」 is n = 1. */
  z.strictObject({ kind: z.literal('businessDay'), days: z.number().int().min(1).max(365), time }),
  /** Now if the company is at work, else when it opens. */
  z.strictObject({ kind: z.literal('businessHours') }),
  /** The next time the clock shows that, on a business day if asked, and only on these weekdays if any are named. */
  z.strictObject({ kind: z.literal('timeOfDay'), time, businessDays: z.boolean().default(true), weekdays: weekdays.default([]) }),
  /** `days` after (or, when negative, before) the day in a person's date field, at a time of day. Empty or past: goes on at once. */
  z.strictObject({ kind: z.literal('field'), field: z.string().max(80), days: z.number().int().min(-3_650).max(3_650), time }),
  /**
   * The hour of the week at which the person reads, within so many hours; by what they opened and clicked, else by what the company's readers did.
   * A control share, the same people ever, goes on at once.
   */
  z.strictObject({
    kind: z.literal('bestHour'),
    within: z.number().int().min(1).max(168).default(24),
    control: z.number().int().min(0).max(50).default(10),
  }),
])
export type Until = z.output<typeof until>

/** An event to wait for: anything in the journal, or what the reader does with a mail of this scenario. */
export const awaited = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), match: eventMatch }),
  z.strictObject({
    kind: z.literal('mail'),
    step: z.string().max(40),
    did: z.enum(['opened', 'clicked']),
    link: z.string().max(500).default(''),
  }),
  z.strictObject({ kind: z.literal('form'), form: ref }),
  z.strictObject({ kind: z.literal('segment'), segment: ref, on: crossing.default('entered') }),
  z.strictObject({ kind: z.literal('deal'), ...dealMatch }),
])
export type Awaited = z.output<typeof awaited>
