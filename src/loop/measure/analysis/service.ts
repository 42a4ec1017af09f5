// Analyses of the leads there are. What a number counts and what its list shows are one compiled rule.
import { companyProfile } from '#access/company/service.ts'
import { addDays } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { inTime } from '#loop/identify/leads/queries.ts'
import { both, ordered, SORTABLE } from '#loop/segment/compare/decide.ts'
import { countCells, countPlaces, placesSql, topValues } from '#loop/segment/compare/queries.ts'
import { endOf, valueTypeOf } from '#loop/segment/compile/decide.ts'
import { type Compiling, compile } from '#loop/segment/compile/queries.ts'
import { faultsOf, segmentsIn } from '#loop/segment/decide.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { compilingAt } from '#loop/segment/service.ts'
import { listOpenVersions } from '#loop/segment/versions/queries.ts'
import { type analysisContract, type Bar, PLACES } from './contract.ts'
import { bandsOf, type Line, linesOf, stageRule, timesOf } from './decide.ts'
import * as queries from './queries.ts'

type In<K extends keyof typeof analysisContract> = InputOf<(typeof analysisContract)[K]>
type Out<K extends keyof typeof analysisContract> = OutputOf<(typeof analysisContract)[K]>

const MOST_MS = 20_000
const MOST_ROWS = 20
const MOST_COLUMNS = 8

async function inGoodTime<T>(ctx: Ctx, run: () => Promise<T>): Promise<T> {
  const found = await inTime(ctx.db, MOST_MS, run)
  if (found !== null) return found
  refuse('unprocessable', 'analysis.slow', {
    message:
      '集計に20秒以上かかるため中止しました。期間を短くするか、対象をセグメントで絞ってください / Counting took more than 20 seconds and was stopped. Shorten the window, or narrow it down to a segment.',
  })
}

/** A cross table. @throws Refusal `fact.unknown`, `segment.rule`, `analysis.slow` */
export async function cross(ctx: Ctx, input: In<'cross'>): Promise<Out<'cross'>> {
  const how = await compilingAt(ctx, null)
  await demandGood(ctx, how, input)
  const base: Rule = input.within ?? { kind: 'and', rules: [] }
  const who = compile(base, how)
  return inGoodTime(ctx, async () => {
    const rows = await classesOf(ctx, how, input.row, who, MOST_ROWS)
    const { column } = input
    const columns =
      column.kind === 'fact'
        ? await classesOf(ctx, how, column.fact, who, MOST_COLUMNS)
        : { lines: timesOf(column), several: false, ...queries.timesSql(column.match, new Date(how.now - column.days * DAY)) }
    const cells = await countCells(ctx.db, who, rows.places, columns.places, columns.join)
    const at = (r: number | null, c: number | null): number => cells.find((cell) => cell.r === r && cell.c === c)?.n ?? 0
    const people = (r: Line | null, c: Line | null) => ({
      people: at(r?.k ?? null, c?.k ?? null),
      rule: both(base, ...(r ? [r.rule] : []), ...(c ? [c.rule] : [])),
    })
    const shownColumns = columns.lines.filter((line) => line.heading.kind === 'times' || at(null, line.k) > 0)
    return {
      total: people(null, null),
      several: rows.several || columns.several,
      columns: shownColumns.map((line) => ({ heading: line.heading, ...people(null, line) })),
      rows: rows.lines
        .filter((line) => at(line.k, null) > 0)
        .map((line) => ({ heading: line.heading, ...people(line, null), cells: shownColumns.map((c) => people(line, c)) })),
    }
  })
}

async function demandGood(ctx: Ctx, how: Compiling, { row, column, within }: In<'cross'>): Promise<void> {
  for (const [field, name] of [['row', row], ...(column.kind === 'fact' ? [['column', column.fact]] : [])] as [string, string][]) {
    const fact = how.facts.get(name)
    if (!fact || !SORTABLE.includes(valueTypeOf(fact.type)))
      refuse('invalid', 'fact.unknown', { message: `この項目では集計できません: ${name} / “${name}” cannot be a row or column.`, field })
  }
  if (!within) return
  const known = segmentsIn(within).length ? new Set((await listOpenVersions(ctx.db)).map((one) => one.segment_id)) : new Set<string>()
  const errors = faultsOf(within, how, known)
  if (errors.length) refuse('invalid', 'segment.rule', { message: 'The rule has conditions that cannot be asked.', errors })
}

interface Sorted extends queries.Classes {
  readonly lines: readonly Line[]
  readonly several: boolean
}

/** The values that most people have as lines, and the rest. */
async function classesOf(ctx: Ctx, how: Compiling, name: string, who: ReturnType<typeof compile>, most: number): Promise<Sorted> {
  const fact = how.facts.get(name)
  if (!fact) return refuse('invalid', 'fact.unknown', { message: `“${name}” is not a field that is known.` })
  const type = valueTypeOf(fact.type)
  const values = ordered(await topValues(ctx.db, who, fact.sql('p'), type, most), fact.options)
  return {
    lines: linesOf({ fact: name, type, values }),
    several: type === 'choices',
    ...queries.plainClasses(placesSql(fact.sql('p'), type, values)),
  }
}

/** Where leads stood when the first day began and when the last one ended (or stand now). */
export async function stages(ctx: Ctx, { from, to }: In<'stages'>): Promise<Out<'stages'>> {
  if (from > to)
    refuse('invalid', 'period.backwards', {
      message: '開始日は終了日より前にしてください / The period ends before it begins.',
      field: 'to',
    })
  const { timeZone } = await companyProfile(ctx)
  const before = addDays(from, -1)
  const isOver = (day: string): boolean => endOf(day, timeZone) < ctx.now.getTime()
  const at = (day: string): Date => (isOver(day) ? new Date(endOf(day, timeZone)) : ctx.now)
  const cells = await inGoodTime(ctx, () => queries.countMoves(ctx.db, at(before), at(to)))
  return {
    places: [...PLACES],
    cells: cells.map(({ stood, stands, n }) => ({
      from: stood,
      to: stands,
      people: n,
      rule: both(stageRule(stood, isOver(before) ? before : null), stageRule(stands, isOver(to) ? to : null)),
    })),
  }
}

const SCORE = 'score.main.total'

/** How interest is spread over all leads, or over those of a segment. */
export async function spread(ctx: Ctx, { segment }: In<'spread'>): Promise<Out<'spread'>> {
  const how = await compilingAt(ctx, null)
  const base: Rule = segment ? { kind: 'segment', segment, isIn: true } : { kind: 'and', rules: [] }
  const who = compile(base, how)
  return inGoodTime(ctx, async () => {
    const score = how.facts.get(SCORE)
    const bands = bandsOf(SCORE)
    const counted = score ? await countPlaces(ctx.db, who, queries.bandSql(score.sql('p'))) : []
    const bars: Bar[] = bands.map(({ from, to, rule }, k) => ({
      key: `${from ?? ''}-${to ?? ''}`,
      from,
      to,
      people: counted.find((one) => one.k === k)?.n ?? 0,
      rule: both(base, rule),
    }))
    return {
      total: bars.reduce((all, bar) => all + bar.people, 0),
      score: bars,
      rank: await barsOf(ctx, how, 'score.main.rank', base),
      heat: await barsOf(ctx, how, 'score.main.heat', base),
      stage: await barsOf(ctx, how, 'sales.stage', base),
    }
  })
}

/** One bar for every option of a fact, also where nobody has it, and one for none where somebody has none. */
async function barsOf(ctx: Ctx, how: Compiling, name: string, base: Rule): Promise<Bar[]> {
  const fact = how.facts.get(name)
  if (!fact) return []
  const sorting = { fact: name, type: valueTypeOf(fact.type), values: (fact.options ?? []).map((option) => option.value) }
  const counted = await countPlaces(ctx.db, compile(base, how), placesSql(fact.sql('p'), sorting.type, sorting.values))
  return linesOf(sorting).flatMap(({ heading, k, rule }) => {
    const people = counted.find((one) => one.k === k)?.n ?? 0
    if (heading.kind !== 'value' && people === 0) return []
    return { key: heading.kind === 'value' ? heading.value : heading.kind, from: null, to: null, people, rule: both(base, rule) }
  })
}
