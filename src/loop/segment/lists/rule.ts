// A segment's rule as the filter of a list, made up on the spot.
import type { RawBuilder } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { jsonOf } from '#kernel/json.ts'
import type { Asking } from '#loop/identify/leads/list.ts'
import { compile } from '../compile/queries.ts'
import { faultsOf, segmentsIn } from '../decide.ts'
import { type Rule, rule as ruleSchema } from '../rules/contract.ts'
import { compilingAt } from '../service.ts'
import { listOpenVersions } from '../versions/queries.ts'
import { indexHints } from './queries.ts'

/** The rule given as JSON, looked through. @throws Refusal `rule.malformed`, `segment.rule` */
export function readRule(text: string): Rule {
  const parsed = ruleSchema.safeParse(jsonOf(text))
  if (!parsed.success) refuse('invalid', 'rule.malformed', { message: '条件を読み取れません / This rule cannot be read.', field: 'rule' })
  return parsed.data
}

/** The condition on the person row `p` that a list filtered by a rule has. */
export async function ruleFilter(_person: string, text: string, ctx: Ctx, asking: Asking): Promise<RawBuilder<unknown>> {
  const rule = readRule(text)
  const how = await compilingAt(ctx, null)
  const known = segmentsIn(rule).length ? new Set((await listOpenVersions(ctx.db)).map((row) => row.segment_id)) : new Set<string>()
  const errors = faultsOf(rule, how, known)
  if (errors.length) refuse('invalid', 'segment.rule', { message: 'The rule has conditions that cannot be asked.', errors })
  const compiled = compile(rule, how)
  return asking === 'few' ? compiled : indexHints(rule, how, compiled)
}
