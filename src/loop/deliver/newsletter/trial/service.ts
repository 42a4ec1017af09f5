// A newsletter that tries two ways on a sample before the others get the better one.
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import type { Compiled } from '../../template/compile.ts'
import type { Draft } from '../../template/contract.ts'
import { archiveTemplate, currentVersionOf, findTemplate, type TemplateFull } from '../../template/queries.ts'
import { compileOrRefuse, make } from '../../template/service.ts'
import { findNewsletter } from '../queries.ts'
import type { Trial, TrialResult } from './contract.ts'
import { nextLike, verdictOf } from './decide.ts'
import { countTrial, saveResult, setSenderName, type TrialRow, takeTrials } from './queries.ts'

/** The words of B, compiled before any transaction. */
export interface Variant {
  readonly draft: Draft
  readonly compiled: Compiled
}

/** Compiles B where it is not a template of its own; null where there is nothing to compile. */
export async function variantOf(door: Door, newsletterId: string): Promise<Variant | null> {
  const draft = await door.read(async (ctx) => {
    const row = await findNewsletter(ctx.db, newsletterId)
    if (!row?.test || row.test.on === 'body') return null
    const template = await findTemplate(ctx.db, row.template_id)
    return template ? draftOf(template.draft, row.test) : null
  })
  return draft && { draft, compiled: await compileOrRefuse(draft) }
}

/** What stands in B where it is no template of its own. */
export const draftOf = (draft: Draft, trial: Trial): Draft =>
  trial.on === 'subject' ? { ...draft, subject: trial.subject ?? draft.subject } : draft

/** The version of B: another template's, or a copy of A that stands in no list. */
export async function versionOfB(ctx: Ctx, trial: Trial, template: TemplateFull, variant: Variant | null): Promise<string> {
  if (trial.on === 'body') {
    const version = (await currentVersionOf(ctx.db, [trial.templateId ?? ''])).get(trial.templateId ?? '')
    return version ?? refuse('invalid', 'newsletter.template', { message: 'Choose a template that exists.', field: 'test' })
  }
  if (!variant) return refuse('conflict', 'newsletter.changed', { message: 'The newsletter has changed. Try once more.' })
  const made = await make(ctx, { name: `${template.name} (B)`.slice(0, 120), draft: variant.draft }, variant.compiled)
  await archiveTemplate(ctx.db, made.id, ctx.now)
  if (trial.on === 'sender') await setSenderName(ctx.db, made.versionId, trial.senderName ?? '')
  return made.versionId
}

export interface Decided {
  readonly id: string
  readonly version: string
  readonly notBefore: Date
}

/** Looks at tests; what is decided now is kept, and told so that the others get it. */
export async function decideTrials(ctx: Ctx): Promise<Decided[]> {
  const decided: Decided[] = []
  for (const row of await takeTrials(ctx.db, ctx.now)) {
    const result = await resultOf(ctx, row)
    if (!result) continue
    await saveResult(ctx.db, row.id, result, ctx.now)
    decided.push({ id: row.id, version: result.goes === 'a' ? row.version_id : row.test_version, notBefore: whenOf(row, result, ctx.now) })
  }
  return decided
}

async function resultOf(ctx: Ctx, row: TrialRow): Promise<TrialResult | null> {
  const { a, b, order } = await countTrial(ctx.db, row)
  const reachedB = order.filter(Boolean).length
  const halves = { a: { people: a, reached: order.length - reachedB }, b: { people: b, reached: reachedB } }
  const verdict = verdictOf({ ...halves, order, minimum: row.test.minimum, over: row.over })
  return verdict && { ...verdict, ...halves, at: ctx.now.toISOString() }
}

function whenOf(row: TrialRow, result: TrialResult, now: Date): Date {
  if (row.test.on !== 'time' || !row.test.sendAt) return now
  const [a, b] = [row.send_at, new Date(row.test.sendAt)]
  return result.goes === 'a' ? nextLike(a, b, now) : nextLike(b, a, now)
}
