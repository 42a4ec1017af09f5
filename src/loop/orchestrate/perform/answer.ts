// What conditions answer: the rules of segments, asked of the people who stand at them, set-wise.
import type { Ctx } from '#kernel/ctx.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { evaluate } from '#loop/segment/evaluate/decide.ts'
import { readsOf } from '#loop/segment/live/decide.ts'
import { loadKnown } from '#loop/segment/live/known.ts'
import { holdRules } from '#loop/segment/live/service.ts'
import type { Reason, Rule } from '#loop/segment/rules/contract.ts'
import type { Node } from '../program/contract.ts'
import type { RunRow } from '../run/row.ts'

/** A run that stands at a condition. */
export interface Asking {
  readonly run: RunRow
  readonly program: { readonly nodes: ReadonlyMap<string, Node> }
}

export interface Answer {
  readonly run: RunRow
  readonly yes: boolean
  readonly because: readonly Reason[]
}

/** Evaluates each run's condition now, with what earlier steps of the same turn have written. One answer per run, in their order. */
export async function answer({ ctx }: { readonly ctx: Ctx }, asking: readonly Asking[]): Promise<Answer[]> {
  const book = await holdRules(ctx)
  const asked = asking.map(({ run, program }) => ({ run, rule: ruleOf(run, program) }))
  const reads = asked.map(({ run, rule }) => ({ subject: subjectOf(run.person_id), reads: [readsOf(rule, book.zone)] }))
  const known = await loadKnown(ctx, book, mergedByPerson(reads))
  return asked.map(({ run, rule }) => {
    const facts = known.get(run.person_id)
    if (!facts) throw new Error('a person was asked about and not answered for')
    const { isIn, because } = evaluate(rule, facts, ctx.now.getTime(), book.zone)
    return { run, yes: isIn, because: because.slice(0, 5) }
  })
}

function ruleOf(run: RunRow, program: Asking['program']): Rule {
  const step = run.step === null ? undefined : program.nodes.get(run.step)?.step
  if (step?.kind !== 'condition') throw new Error(`run ${run.id} stands at no condition`)
  return step.rule
}

type Reads = Parameters<typeof loadKnown>[2]

/** Two runs of one person may ask at once: everything is read in one go. */
function mergedByPerson(asked: Reads): Reads {
  const byPerson = new Map<string, Reads[number]>()
  for (const one of asked) {
    const found = byPerson.get(one.subject.id)
    byPerson.set(one.subject.id, found ? { subject: one.subject, reads: [...found.reads, ...one.reads] } : one)
  }
  return [...byPerson.values()]
}
