// Versions of a scenario side by side, as they were and adjusted for who entered. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { estimate } from '../proof/contract.ts'
import { measuredPerson } from './people/contract.ts'
import { timingAsk, timingPeopleAsk, timingShown } from './timing/contract.ts'

export type Estimate = z.output<typeof estimate>

/** What a version is measured by: the share that reached the goal, won deals per entry, and yen per entry. */
export const METRICS = ['goal', 'deals', 'yen'] as const
export type CompareMetric = (typeof METRICS)[number]

const perMetric = z.record(z.enum(METRICS), estimate)

const side = z.object({
  version: z.number().int(),
  publishedAt: instant,
  publishedBy: z.string(),
  note: z.string(),
  entries: z.number().int().describe('Runs that began by this version, those held back left out'),
  young: z.number().int().describe('Of them, those whose days are not over yet: they are left out of what follows'),
  moved: z.number().int().describe('Of them, those that were moved to another version later: they count for this one'),
  n: z.number().int().describe('Entries that are counted'),
  reached: z.number().int(),
  buyers: z.number().int().describe('Entries with at least one won deal'),
  deals: z.number().int(),
  yen: z.number(),
  rates: perMetric.describe('As it was, with 95 % intervals'),
  steps: z
    .array(z.object({ step: z.string(), name: z.string(), kind: z.string(), came: z.number().int(), of: z.number().int() }))
    .describe('How many of the entries that were never moved came to each step'),
})
export type CompareSide = z.output<typeof side>

export const comparison = z.object({
  days: z.number().int(),
  a: side,
  b: side,
  /**
   * Direct standardisation: both versions with the same mixture of strata (stage at entry × first source), that of both together. All
   * intervals are as wide as colleagues being alike makes them.
   * `few`: too few entries · `notComparable`: other people entered the one than the other, so that there is nothing to adjust by
   */
  adjusted: z.object({
    verdict: z.enum(['ok', 'few', 'notComparable']),
    strata: z.number().int().describe('Strata with people of both'),
    covered: z.object({ a: z.number(), b: z.number() }).describe('Share of the entries that lie in such strata'),
    units: z.number().int().describe('Companies, and people without one, that are compared: colleagues are not independent of each other'),
    a: perMetric.nullable(),
    b: perMetric.nullable(),
    difference: perMetric.nullable().describe('b less a'),
  }),
})
export type Comparison = z.output<typeof comparison>

/** Numbers of a version, each with the people behind it; `came` asks for a step. */
export const COMPARE_NUMBERS = ['entries', 'young', 'moved', 'counted', 'reached', 'buyers', 'came'] as const
export type CompareNumber = (typeof COMPARE_NUMBERS)[number]

const asked = {
  id: uuid,
  a: z.coerce.number().int().min(1),
  b: z.coerce.number().int().min(1),
  days: z.coerce.number().int().min(1).max(365).default(30).describe('What happened within so many days after entering counts'),
}

export const scenarioReportsContract = {
  timing: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/timing',
    permission: 'reports.read',
    summary: 'Each wait for the best hour against its control share: who opened, clicked and reached the goal',
    input: timingAsk,
    output: timingShown,
  }),
  timingPeople: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/timing/people',
    permission: 'reports.read',
    summary: 'The people behind a number of the best hour, the last to come first',
    input: timingPeopleAsk,
    output: page(measuredPerson),
  }),
  compare: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/compare',
    permission: 'reports.read',
    summary: 'Two versions side by side: entries, step rates, conversion and revenue, raw and adjusted for who entered',
    input: z.object(asked),
    output: comparison,
  }),
  comparePeople: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/compare/people',
    permission: 'reports.read',
    summary: 'The people behind a number of the comparison, the last to enter first',
    input: z.object({
      ...asked,
      side: z.enum(['a', 'b']),
      of: z.enum(COMPARE_NUMBERS).default('entries'),
      step: z.string().max(40).optional(),
      ...pageQuery,
    }),
    output: page(measuredPerson),
  }),
}
