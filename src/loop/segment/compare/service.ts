// Two segments beside each other. Every number comes with the rule of its people: the list counts what we count.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { inTime } from '#loop/identify/leads/queries.ts'
import { valueTypeOf } from '../compile/decide.ts'
import { type Compiling, compile } from '../compile/queries.ts'
import type { Rule } from '../rules/contract.ts'
import { compilingAt, get as getSegment } from '../service.ts'
import { factOfSnapshot } from '../snapshots/facts.ts'
import { get as getSnapshot } from '../snapshots/service.ts'
import type { compareContract, Side } from './contract.ts'
import { both, ordered, placeOf, ruleOf, SORTABLE, type Sorting, sortsOf } from './decide.ts'
import { countOverlap, countSides } from './queries.ts'

type In = InputOf<(typeof compareContract)['compare']>
type Out = OutputOf<(typeof compareContract)['compare']>

const MOST_MS = 15_000
const MOST_ROWS = 12

/** @throws Refusal `compare.slow` when counting takes too long, `fact.unknown` for a fact that cannot be compared */
export async function compare(ctx: Ctx, input: In): Promise<Out> {
  const [a, b] = [await sideOf(ctx, input.a), await sideOf(ctx, input.b)]
  const how = await compilingAt(ctx, null)
  const asked = input.facts.map((name) => comparable(how, name))
  const [inA, inB] = [compile(a.rule, how), compile(b.rule, how)]
  const counted = await inTime(ctx.db, MOST_MS, async () => ({
    overlap: await countOverlap(ctx.db, inA, inB),
    values: await countSides(
      ctx.db,
      inA,
      inB,
      asked.map((fact) => fact.sql('p')),
    ),
  }))
  if (!counted) tooSlow()
  const { overlap, values } = counted
  const people = (n: number, ...rules: Rule[]) => ({ people: n, rule: both(...rules) })
  return {
    a: { name: a.name, ...people(overlap.a, a.rule) },
    b: { name: b.name, ...people(overlap.b, b.rule) },
    both: people(overlap.both, a.rule, b.rule),
    onlyA: people(overlap.a - overlap.both, a.rule, { kind: 'not', rule: b.rule }),
    onlyB: people(overlap.b - overlap.both, b.rule, { kind: 'not', rule: a.rule }),
    facts: asked.map((fact, f) => {
      const of = values.filter((row) => row.f === f)
      const common = of.flatMap((row) => (row.v !== null && row.v.length <= 200 ? [{ v: row.v, n: row.a + row.b }] : []))
      common.sort((x, y) => y.n - x.n || (x.v < y.v ? -1 : 1))
      const top = ordered(
        common.slice(0, MOST_ROWS).map((row) => row.v),
        fact.options,
      )
      const sorting: Sorting = { fact: fact.name, type: valueTypeOf(fact.type), values: top }
      const rows = sortsOf(sorting).map((sort) => {
        const rule = ruleOf(sorting, sort)
        const mine = of.filter((row) => (row.v === null ? -2 : top.indexOf(row.v)) === placeOf(sort, sorting))
        const sum = (side: 'a' | 'b') => mine.reduce((all, row) => all + row[side], 0)
        return { sort, a: people(sum('a'), a.rule, rule), b: people(sum('b'), b.rule, rule) }
      })
      return { fact: fact.name, rows: rows.filter((row) => row.a.people + row.b.people > 0) }
    }),
  }
}

async function sideOf(ctx: Ctx, side: Side): Promise<{ name: string; rule: Rule }> {
  if (side.kind === 'segment') {
    const { name } = await getSegment(ctx, side)
    return { name, rule: { kind: 'segment', segment: side.id, isIn: true } }
  }
  const { name } = await getSnapshot(ctx, side.id)
  return { name, rule: { kind: 'fact', fact: factOfSnapshot(side.id), is: { op: 'eq', value: true } } }
}

function comparable(how: Compiling, name: string) {
  const fact = how.facts.get(name)
  const type = fact && valueTypeOf(fact.type)
  if (fact && type && type !== 'choices' && SORTABLE.includes(type)) return fact
  refuse('invalid', 'fact.unknown', { message: `この項目では比べられません: ${name} / “${name}” cannot be compared.`, field: 'facts' })
}

function tooSlow(): never {
  refuse('unprocessable', 'compare.slow', {
    message:
      '集計に時間がかかりすぎるため中止しました。小さいセグメントで試してください / Counting took too long and was stopped. Try smaller segments.',
  })
}
