// Whether waiting for the hour at which somebody reads is worth it: against the control share that went on at once. Browser-safe.
import { z } from 'zod'
import { instant, pageQuery, uuid } from '#kernel/endpoint.ts'
import { estimate } from '../../proof/contract.ts'

export const ARMS = ['best', 'control'] as const
export type TimingArm = (typeof ARMS)[number]

/** What is compared, by people. */
export const OUTCOMES = ['opened', 'clicked', 'reached'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The numbers of an arm, each with the people behind it. */
export const TIMING_NUMBERS = ['people', 'sent', ...OUTCOMES] as const
export type TimingNumber = (typeof TIMING_NUMBERS)[number]

const n = z.number().int()
const arm = z.object({
  people: n.describe('Who came to the wait, long enough ago; also who left the scenario while waiting'),
  sent: n.describe('Who was sent the first mail behind it'),
  opened: n.describe('Who opened or clicked it themselves'),
  clicked: n,
  reached: n.describe('Who reached the goal of the scenario'),
  rates: z.record(z.enum(OUTCOMES), estimate).describe('Shares of the people, with 95 % intervals'),
})
export type ArmFigures = z.output<typeof arm>

/** `helps`, `hurts`: the interval leaves 0 out · `open`: it does not · `few`: too few of one kind · `noControl`: one side is empty */
const verdict = z.enum(['helps', 'hurts', 'open', 'few', 'noControl'])

const compared = z.object({
  difference: estimate.nullable().describe('Share of those who waited less that of the others, with its 95 % interval'),
  verdict,
  more: n
    .nullable()
    .describe('People wanted besides until it can be expected to be proven (four times out of five); null: proven, or no sensible number'),
})
export type Compared = z.output<typeof compared>

const wait = z.object({
  step: z.string(),
  name: z.string(),
  control: n.describe('Percent who go on at once'),
  since: instant.nullable().describe('When the first of them came'),
  young: n.describe('Who came too lately to be counted'),
  arms: z.record(z.enum(ARMS), arm),
  compared: z.record(z.enum(OUTCOMES), compared),
  hasGoal: z.boolean().describe('Whether the live version, else the draft, has a goal'),
})
export type TimedWait = z.output<typeof wait>

const days = z.coerce
  .number()
  .int()
  .min(1)
  .max(90)
  .default(14)
  .describe('What happened within so many days after coming to the wait counts')

/** What is asked and answered; the endpoints stand with the other reports on scenarios. */
export const timingAsk = z.object({ id: uuid, days })
export const timingShown = z.object({ days: n, waits: z.array(wait) })
export const timingPeopleAsk = z.object({
  id: uuid,
  step: z.string().max(40),
  arm: z.enum(ARMS),
  of: z.enum(TIMING_NUMBERS).default('people'),
  days,
  ...pageQuery,
})
