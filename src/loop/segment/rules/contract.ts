// The rule tree of a segment: what a marketer can say about people. Browser-safe.
import { z } from 'zod'
import { condition, eventMatch } from '#loop/score/condition/contract.ts'

/** How far back events are looked at. Windows are multiples of hours; a day is 24 hours. */
export const period = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ever') }),
  z.strictObject({ kind: z.literal('last'), n: z.number().int().min(1).max(87_600), unit: z.enum(['hours', 'days']) }),
  z.strictObject({ kind: z.literal('since'), at: z.iso.datetime({ offset: true }) }),
])
export type Period = z.output<typeof period>

/** How many events: `atMost 0` is silence. */
export const count = z.strictObject({ op: z.enum(['atLeast', 'atMost', 'exactly']), n: z.number().int().min(0).max(1_000) })
export type Count = z.output<typeof count>

const factLeaf = z.strictObject({
  kind: z.literal('fact'),
  fact: z.string().min(1).max(120),
  /** As it was when that day ended, where the company is; only facts that keep their past can be asked so. */
  on: z.iso.date().optional(),
  is: condition,
})
/** “A, then B within 3 days”: only those B count that have an A before them, less than so long ago. */
export const preceding = z.strictObject({
  match: eventMatch,
  within: z.strictObject({ n: z.number().int().min(1).max(87_600), unit: z.enum(['hours', 'days']) }),
})
export type Preceding = z.output<typeof preceding>

const eventLeaf = z.strictObject({ kind: z.literal('event'), match: eventMatch, after: preceding.optional(), count, period })
const firstLeaf = z.strictObject({ kind: z.literal('first'), match: eventMatch, period })
const segmentLeaf = z.strictObject({ kind: z.literal('segment'), segment: z.guid(), isIn: z.boolean() })

export type FactLeaf = z.output<typeof factLeaf>
/** What is asked, as one word: the fact, and the day whose end is meant. */
export const askedOf = ({ fact, on }: Pick<FactLeaf, 'fact' | 'on'>): string => (on ? `${fact}@${on}` : fact)
/** The two halves of such a word. */
export function askedIn(asked: string): Pick<FactLeaf, 'fact' | 'on'> {
  const [fact = '', on] = asked.split('@')
  return on ? { fact, on } : { fact }
}
export type EventLeaf = z.output<typeof eventLeaf>
/** The first such event ever lies in the period. */
export type FirstLeaf = z.output<typeof firstLeaf>
export type SegmentLeaf = z.output<typeof segmentLeaf>
export type Leaf = FactLeaf | EventLeaf | FirstLeaf | SegmentLeaf
/** A rule: leaves joined by and, or, not. */
export type Rule = Leaf | { kind: 'and'; rules: Rule[] } | { kind: 'or'; rules: Rule[] } | { kind: 'not'; rule: Rule }

const tree: z.ZodType<Rule> = z.lazy(() =>
  z.union([
    z.discriminatedUnion('kind', [factLeaf, eventLeaf, firstLeaf, segmentLeaf]),
    z.strictObject({ kind: z.literal('and'), rules: z.array(tree).max(50) }),
    z.strictObject({ kind: z.literal('or'), rules: z.array(tree).max(50) }),
    z.strictObject({ kind: z.literal('not'), rule: tree }),
  ]),
)

export const DEEPEST = 8
export const MOST_LEAVES = 60

/** Depth and number of nodes are looked at before anything recurses, so a bomb of 10,000 levels is refused, not run. */
function isSmall(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0, seen = 0; level.length; depth++) {
    seen += level.length
    if (depth > DEEPEST || seen > MOST_LEAVES * 2) return false
    level = level.flatMap((node) => {
      if (typeof node !== 'object' || node === null) return []
      const { rules, rule } = node as { rules?: unknown; rule?: unknown }
      return [...(Array.isArray(rules) ? rules : []), ...(rule === undefined ? [] : [rule])]
    })
  }
  return true
}

/** A rule as it comes from outside: at most 8 levels and 60 conditions. An empty `and` is true of everybody, an empty `or` of nobody. */
export const rule = z
  .custom<unknown>((value) => isSmall(value), { message: `A rule has at most ${DEEPEST} levels and ${MOST_LEAVES} conditions.` })
  .pipe(tree)

/** The parts of a node in order; leaves have none. */
export function partsOf(node: Rule): readonly Rule[] {
  if (node.kind === 'and' || node.kind === 'or') return node.rules
  return node.kind === 'not' ? [node.rule] : []
}

/** All leaves, depth first, each with its path (`0.1` = second part of the first part; the root is ''). */
export function leavesOf(root: Rule): { path: string; leaf: Leaf }[] {
  const found: { path: string; leaf: Leaf }[] = []
  const walk = (node: Rule, path: string): void => {
    const parts = partsOf(node)
    if (!parts.length && node.kind !== 'and' && node.kind !== 'or' && node.kind !== 'not') found.push({ path, leaf: node })
    for (const [i, part] of parts.entries()) walk(part, path ? `${path}.${i}` : String(i))
  }
  walk(root, '')
  return found
}

/** One reason of an answer: the leaf at `path`, whether it holds, and what was found. */
export const reason = z.object({
  path: z.string(),
  isIn: z.boolean(),
  /** The fact's value, where the leaf asks one. */
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]).optional(),
  /** The newest matching events, where the leaf counts them: at most five instants, and how many were seen. */
  times: z.array(z.string()).optional(),
  seen: z.number().int().optional(),
  /** When time alone changes this leaf. */
  until: z.string().nullable(),
})
export type Reason = z.output<typeof reason>
