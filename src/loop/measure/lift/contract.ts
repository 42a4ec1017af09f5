// What scenarios, and all marketing together, have brought: measured against people who were held back. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { estimate } from '../proof/contract.ts'

const arm = z.object({
  people: z.number().int(),
  units: z.number().int().describe('Companies, and people without one: what the arms were drawn for'),
  deals: z.number().int().describe('Deals they won; one with several people of a company counts once'),
  yen: z.number(),
  winners: z.number().int().describe('Units with at least one won deal'),
})
export type LiftArm = z.output<typeof arm>

/**
 * `helps`, `hurts`: the interval leaves 0 out · `open`: it does not · `few`: too few deals to say anything · `noControl`: nobody was held back
 */
const verdict = z.enum(['helps', 'hurts', 'open', 'few', 'noControl'])
export type Verdict = z.output<typeof verdict>

export const lift = z.object({
  treated: arm,
  held: arm,
  level: z.number(),
  deals: estimate.nullable().describe('Won deals that would not be there otherwise, with the interval'),
  yen: estimate.nullable(),
  verdict: verdict.describe('About deals'),
  yenVerdict: verdict,
  more: z
    .number()
    .int()
    .nullable()
    .describe('People wanted besides until it can be expected to be proven (four times out of five); null: proven, or no sensible number'),
})
export type Lift = z.output<typeof lift>

const level = z.enum(['90', '95']).default('95')
const days = z.coerce.number().int().min(7).max(730).default(90)

const span = z.object({ share: z.number().int(), from: instant, until: instant })

export const liftContract = {
  ofScenario: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/lift',
    permission: 'reports.read',
    summary: 'Incremental deals and yen of a scenario, and of each holdout step in it',
    input: z.object({ id: uuid, days: days.describe('Deals won within so many days after entering count'), level }),
    output: z.object({
      days: z.number().int(),
      share: z.number().int().describe('Percent held back by the live version, else by the draft'),
      measures: z.array(
        z.object({
          step: z.string().nullable().describe('The holdout step; null: the whole scenario'),
          name: z.string(),
          since: instant.nullable().describe('When the first of them came in'),
          lift,
        }),
      ),
    }),
  }),
  company: endpoint({
    method: 'GET',
    path: '/reports/holdout',
    permission: 'reports.read',
    summary: 'The control group of the whole company, and what all marketing mail has brought against it',
    input: z.object({ level }),
    output: z.object({
      share: z.number().int(),
      since: instant.nullable(),
      past: z.array(span),
      lift: lift.nullable().describe('Since the share was set; null when nobody is held back'),
    }),
  }),
  setHoldout: endpoint({
    method: 'PUT',
    path: '/reports/holdout',
    permission: 'settings.write',
    summary: 'Hold a share of the companies back from all marketing mail, 0 for none; measuring begins anew with every change',
    input: z.object({ share: z.number().int().min(0).max(50) }),
    output: z.object({ share: z.number().int(), since: instant.nullable() }),
  }),
}
