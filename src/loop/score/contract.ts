// Scores over HTTP. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { VALUE_TYPES } from './condition/contract.ts'
import { HEATS, scoreRules, scoreSettings } from './rules/contract.ts'

const modelName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower case letters, digits and _, beginning with a letter')
const label = z.string().trim().min(1).max(80)
const heat = z.enum(HEATS)
const columns = z.object({
  attribute_plus: z.number().int(),
  attribute_minus: z.number().int(),
  behaviour_plus: z.number().int(),
  behaviour_minus: z.number().int(),
  total: z.number().int(),
  recent: z.number().int(),
})
export type Columns = z.output<typeof columns>

const ruleSet = z.object({
  version: z.number().int(),
  revision: z.string(),
  rules: scoreRules,
  settings: scoreSettings,
  madeAt: instant,
  madeBy: z.string(),
  liveAt: instant.nullable(),
})

const model = z.object({
  name: z.string(),
  label: z.string(),
  live: ruleSet.nullable(),
  draft: ruleSet.nullable(),
  /** Names the newest rules: the draft, else those being put in force, else those in force. Null when there are none. */
  revision: z.string().nullable(),
  filling: z.object({ version: z.number().int(), progress: z.number() }).nullable(),
  /** People by heat under the rules in force. */
  people: z.object({ hot: z.number().int(), warm: z.number().int(), cold: z.number().int() }),
})
export type ScoreModel = z.output<typeof model>

const line = z.object({
  ruleId: uuid,
  label: z.string(),
  kind: z.enum(['attribute', 'behaviour']),
  points: z.number().int(),
  at: instant,
  expiresAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Whether it counts now: it has neither ended nor expired. */
  counts: z.boolean(),
  event: z.object({ name: z.string(), title: z.string().nullable() }).nullable(),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
  fact: z.string().nullable(),
})
export type LedgerLine = z.output<typeof line>

const basedOn = uuid
  .nullable()
  .optional()
  .describe('The `revision` that was shown when this was decided, null when there were no rules: refused when somebody saved since')

const words = { ja: z.string(), en: z.string() }

export const scoresContract = {
  list: endpoint({
    method: 'GET',
    path: '/scores',
    permission: 'scores.read',
    summary: 'The scores there are, their rules in force and drafts',
    input: z.object({}),
    output: z.object({ items: z.array(model) }),
  }),
  add: endpoint({
    method: 'POST',
    path: '/scores',
    permission: 'scores.write',
    summary: 'A further named score',
    input: z.object({ name: modelName, label }),
    output: model,
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/scores/{name}',
    permission: 'scores.write',
    summary: 'Renames a score',
    input: z.object({ name: modelName, label }),
    output: model,
  }),
  saveDraft: endpoint({
    method: 'PUT',
    path: '/scores/{name}/draft',
    permission: 'scores.write',
    summary: 'Saves the draft of a score’s rules; nothing is scored by it until it is published',
    input: z.object({ name: modelName, rules: scoreRules, settings: scoreSettings, basedOn }),
    output: model,
  }),
  dropDraft: endpoint({
    method: 'DELETE',
    path: '/scores/{name}/draft',
    permission: 'scores.write',
    summary: 'Throws the draft away',
    input: z.object({ name: modelName, basedOn }),
    output: model,
  }),
  publish: endpoint({
    method: 'POST',
    path: '/scores/{name}/publish',
    permission: 'scores.write',
    summary: 'Publishes the draft: everybody is scored anew in the background, then the new rules take the place of the old at once',
    input: z.object({ name: modelName, startsScenarios: z.boolean().default(false), basedOn }),
    output: model,
  }),
  compare: endpoint({
    method: 'POST',
    path: '/scores/{name}/compare',
    permission: 'scores.read',
    summary: 'What the draft would make of a sample of leads, beside the rules in force',
    input: z.object({ name: modelName }),
    output: z.object({
      items: z.array(
        z.object({
          person: uuid,
          name: z.string(),
          company: z.string().nullable(),
          before: z.number().int(),
          after: z.number().int(),
          heatBefore: heat,
          heatAfter: heat,
        }),
      ),
    }),
  }),
  why: endpoint({
    method: 'GET',
    path: '/people/{person}/scores/{name}',
    permission: 'scores.read',
    summary: 'Why a person has this score: the ledger, which always adds up',
    input: z.object({ person: uuid, name: modelName }),
    output: z.object({
      columns,
      heat,
      heatSince: instant.nullable(),
      rank: z.string().nullable(),
      rankLabel: z.string().nullable(),
      /** The half-life score now, where the settings know one. */
      decayed: z.number().nullable(),
      halfLifeDays: z.number().int().nullable(),
      nextChangeAt: instant.nullable(),
      recentDays: z.number().int(),
      lines: z.array(line),
      isWhole: z.boolean(),
    }),
  }),
  ofPerson: endpoint({
    method: 'GET',
    path: '/people/{person}/scores',
    permission: 'scores.read',
    summary: 'All scores of a person',
    input: z.object({ person: uuid }),
    output: z.object({ items: z.array(z.object({ name: z.string(), label: z.string(), columns, heat, heatSince: instant.nullable() })) }),
  }),
  addPoints: endpoint({
    method: 'POST',
    path: '/people/{person}/points',
    permission: 'leads.write',
    summary: 'Gives a person points by hand, with a reason',
    input: z.object({
      person: uuid,
      name: modelName.default('main'),
      points: z.number().int().min(-1_000).max(1_000),
      reason: z.string().trim().min(1).max(200),
    }),
    output: done,
  }),
  vocabulary: endpoint({
    method: 'GET',
    path: '/scores/vocabulary',
    permission: 'scores.read',
    summary: 'The facts that score rules can ask',
    input: z.object({}),
    output: z.object({
      facts: z.array(
        z.object({
          name: z.string(),
          type: z.enum(VALUE_TYPES),
          group: z.string(),
          ...words,
          options: z.array(z.object({ value: z.string(), ...words })),
        }),
      ),
    }),
  }),
}
