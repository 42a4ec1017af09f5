// A score held against the deals that were really won and lost. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

export const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** How well a rule set tells wins from losses. */
const power = z.object({
  auc: estimate.nullable().describe('The chance that a won deal had the higher score; 0.5 is a coin'),
  topTenth: z.number().nullable().describe('The share of the wins among the tenth with the highest scores'),
})
export type Power = z.output<typeof power>

const band = z.object({ from: z.number().int(), to: z.number().int(), n: z.number().int(), won: z.number().int(), rate: estimate })
export type ProofBand = z.output<typeof band>

const ruleProof = z.object({
  ruleId: uuid,
  points: z.number().int(),
  with: z.object({ n: z.number().int(), won: z.number().int(), rate: estimate }),
  without: z.object({ n: z.number().int(), won: z.number().int(), rate: estimate }),
  lift: estimate.nullable().describe('Win rate with the sign over win rate without it'),
  unknown: z.number().int().describe('Deals left out: the value was changed after the outcome'),
  proven: z.enum(['helps', 'hurts', 'open', 'few']).describe('open: the interval holds 1; few: not enough deals'),
  suggested: z.number().int().nullable().describe('Proposed points: 10 for doubled odds of winning, beside all other rules'),
})
export type RuleProof = z.output<typeof ruleProof>

const asked = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  of: z.enum(['live', 'draft']).default('live'),
}

const decidedDeal = z.object({
  id: uuid,
  name: z.string(),
  company: z.string().nullable(),
  won: z.boolean(),
  at: instant.describe('When it was decided'),
  score: z.number().int().describe('The score just before'),
})
export type DecidedDeal = z.output<typeof decidedDeal>

export const proofContract = {
  ofScore: endpoint({
    method: 'GET',
    path: '/scores/{name}/proof',
    permission: 'reports.read',
    summary: 'What the rules of a score are worth, measured on won and lost deals by what was known before their outcome',
    input: z.object(asked),
    output: z.object({
      enough: z.boolean(),
      needed: z.number().int().describe('Won and lost deals wanted of each kind before anything is said'),
      won: z.number().int(),
      lost: z.number().int(),
      from: instant.nullable(),
      to: instant.nullable(),
      base: estimate,
      bands: z.array(band),
      rules: z.array(ruleProof),
      live: power.nullable(),
      draft: power.nullable().describe('The draft on the same deals'),
    }),
  }),
  deals: endpoint({
    method: 'GET',
    path: '/scores/{name}/proof/deals',
    permission: 'reports.read',
    summary: 'The deals behind a number of the proof: of a band of the score, or those where a rule held, or not, or nobody knows',
    input: z.object({
      ...asked,
      from: z.coerce.number().int().optional(),
      to: z.coerce.number().int().optional(),
      rule: uuid.optional(),
      held: z.enum(['yes', 'no', 'unknown']).default('yes'),
      ...pageQuery,
    }),
    output: page(decidedDeal),
  }),
}
