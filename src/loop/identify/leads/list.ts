// The list of leads: what it shows, in which order, how many there are. Bulk acts and exports read the same filter.
import type { RawBuilder } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { allFacts, type Fact } from '../facts.ts'
import type { LeadFilter, LeadRow, LeadView } from './contract.ts'
import { decodeKey, encodeKey, FIRST_LOOK, furtherLook, rarestGrams, readSearch, type Term } from './decide.ts'
import * as queries from './queries.ts'
import { presentAll } from './service.ts'

/** `few`: one row after another is asked; `all`: an index is to find those who match. */
export type Asking = 'few' | 'all'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Filters of the lead list that higher rooms answer, by name (`segment`, `rule`): a condition over the person row under an alias. */
    readonly leadFilters: Readonly<
      Record<string, (person: string, value: string, ctx: Ctx, how: Asking) => RawBuilder<unknown> | Promise<RawBuilder<unknown>>>
    >
  }
}

const SCORE = 'score.main.total'
const HEAT = 'score.main.heat'
const MOST_MS = 5_000
const MOST_COUNT_MS = 1_500
const isStage = (fact: Fact): boolean => /(^|\.)stage$/.test(fact.name)

/** A page of leads. Columns that other rooms know come as facts, loaded for the page in one set read each. */
export async function listLeads(
  ctx: Ctx,
  input: LeadView & { cursor?: string | undefined; limit: number },
): Promise<{ items: LeadRow[]; next: string | null }> {
  const order = await orderOf(ctx, input)
  const after = readCursor(order, input.cursor)
  const joined = order.join ? order.name : undefined
  const near = await askedOf(ctx, input, 'few', joined)
  // Initials are a stretch of the order of names itself. Where nothing is asked, an order of the person's own needs no look.
  const isStretch = order.name === 'name' && input.initial !== undefined
  const hasHead = order.isIndexed && !isStretch && (order.walk !== undefined || near.conditions.length > 0)
  const asked: AskedFor = {
    // Those without a value are not in the table that the order joins.
    all: (part) => conditionsOf(ctx, input, 'all', part === 'value' ? joined : undefined),
    head: hasHead ? near : null,
    further: async () => (near.fits.length > 0 && (await queries.doHold(ctx.db, near.fits)) ? { ...near, conditions: near.bySets } : near),
  }
  if (!order.isIndexed && !after) await demandFew(ctx, await asked.all('value'))
  const found = await queries.inTime(ctx.db, MOST_MS, () => rowsOf(ctx, asked, order, after, input.limit + 1))
  if (!found) tooSlow()
  const shown = found.slice(0, input.limit)
  const last = shown.at(-1)
  const isMore = found.length > input.limit && last
  const more = (input.facts ?? '').split(',').filter((name) => name !== '')
  return {
    items: await presentAll(
      ctx,
      shown.map((one) => one.row),
      more.slice(0, 30),
    ),
    next: isMore ? encodeKey(cursorName(order, last.part), last.row.key, last.row.id) : null,
  }
}

/** The same conditions in two forms: for an index, and for rows that are looked at one by one. */
interface AskedFor {
  /** Made when the head did not do: what indexes are asked by is read from their statistics. */
  readonly all: (part: queries.After['part']) => Promise<readonly queries.Condition[]>
  readonly head: Split | null
  /** The same as for the head, for thousands of rows. */
  readonly further: () => Promise<Split>
}

interface Found {
  readonly part: queries.After['part']
  readonly row: queries.KeyedRow
}

async function rowsOf(ctx: Ctx, asked: AskedFor, order: queries.Order, after: queries.After | null, limit: number): Promise<Found[]> {
  const found: Found[] = []
  for (const part of order.without ? (['value', 'none'] as const) : (['value'] as const)) {
    if (after?.part === 'none' && part === 'value') continue
    const ask = { part, after: after?.part === part ? after : null, limit: limit - found.length }
    found.push(...(await partOf(ctx, asked, order, ask)).map((row) => ({ part, row })))
    if (found.length === limit) return found
  }
  return found
}

/** What many leads match is found at the head of the order at once; what few match is searched for by its own index. */
async function partOf(
  ctx: Ctx,
  { all, head, further }: AskedFor,
  order: queries.Order,
  ask: { part: queries.After['part']; after: queries.After | null; limit: number },
) {
  // Those without a value of a joined order have no order of their own to walk along: they are few, or all.
  const near = order.walk && ask.part === 'none' ? null : head
  if (near) {
    const look = ({ conditions, beside }: Split, rows: { head: number; skip: number; limit: number }) =>
      queries.listPart(ctx.db, conditions, order, { ...ask, ...rows, beside })
    const found = await look(near, { head: FIRST_LOOK, skip: 0, limit: ask.limit })
    if (found.length === ask.limit) return found
    const rows = furtherLook(found.length, ask.limit)
    // What was looked at is not looked at again: the page is one snapshot.
    if (rows !== null)
      found.push(...(await look(await further(), { head: rows - FIRST_LOOK, skip: FIRST_LOOK, limit: ask.limit - found.length })))
    if (found.length === ask.limit) return found
  }
  return queries.listPart(ctx.db, await all(ask.part), order, { ...ask, head: null })
}

const cursorName = (order: queries.Order, part: queries.After['part']): string =>
  `${order.name} ${order.descending ? 'desc' : 'asc'} ${part}`

function readCursor(order: queries.Order, cursor: string | undefined): queries.After | null {
  if (cursor === undefined) return null
  for (const part of ['value', 'none'] as const) {
    const found = decodeKey(cursorName(order, part), cursor)
    if (found) return { part, ...found }
  }
  refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of this order. Begin at the first page.', field: 'cursor' })
}

function tooSlow(): never {
  refuse('unprocessable', 'list.slow', {
    message:
      'この条件の組み合わせは一覧で探すには重すぎます。条件を足して絞り込むか、セグメントとして保存してください（あらかじめ計算されるので速く開けます） / This combination takes too long to search for. Narrow it down, or save it as a segment: those are computed beforehand.',
  })
}

/** Sorting without an index reads and sorts all that match. */
const MOST_SORTED = 20_000

async function demandFew(ctx: Ctx, conditions: readonly queries.Condition[]): Promise<void> {
  const n = await queries.inTime(ctx.db, MOST_COUNT_MS, () => queries.countLeads(ctx.db, conditions, MOST_SORTED))
  if (n !== null && n <= MOST_SORTED) return
  refuse('unprocessable', 'sort.many', {
    message:
      'この項目での並べ替えは2万件までです。条件で絞り込んでから並べ替えてください / Up to 20,000 leads can be sorted by this field: narrow the list down first.',
    field: 'sort',
  })
}

const EXACT = 10_000

/** How many leads a list has: counted up to 10,000, estimated by the planner's statistics above or when counting takes too long. */
export async function countLeads(ctx: Ctx, input: LeadFilter): Promise<{ n: number; estimate: boolean }> {
  const conditions = await conditionsOf(ctx, input)
  const n = await queries.inTime(ctx.db, MOST_COUNT_MS, () => queries.countLeads(ctx.db, conditions, EXACT))
  if (n !== null && n <= EXACT) return { n, estimate: false }
  return { n: Math.max(n ?? 0, Math.round(await queries.estimateLeads(ctx.db, conditions))), estimate: true }
}

async function factNamed(ctx: Ctx, is: (fact: Fact) => boolean, field: string): Promise<Fact> {
  const fact = (await allFacts(ctx)).find(is)
  if (!fact) refuse('invalid', 'filter.unknown', { message: 'この条件は使えません / This filter is not available.', field })
  return fact
}

const TYPES: Readonly<Record<Fact['type'], queries.Order['type'] | null>> = {
  text: 'text',
  choice: 'text',
  number: 'numeric',
  money: 'numeric',
  date: 'timestamptz',
  datetime: 'timestamptz',
  boolean: 'text',
  multi: null,
}

async function orderOf(ctx: Ctx, { sort, dir }: Pick<LeadView, 'sort' | 'dir'>): Promise<queries.Order> {
  const usual = Object.hasOwn(queries.orders, sort)
    ? queries.orders[sort as keyof typeof queries.orders]
    : await orderByFact(ctx, sort === 'score' ? SCORE : sort)
  return dir === undefined ? usual : { ...usual, descending: dir === 'desc' }
}

async function orderByFact(ctx: Ctx, name: string): Promise<queries.Order> {
  const fact = await factNamed(ctx, (one) => one.name === name, 'sort')
  if (fact.ranked) return queries.orderOfRanked(name, fact.ranked)
  const type = TYPES[fact.type]
  if (!type)
    refuse('invalid', 'sort.unknown', { message: 'この項目では並べ替えられません / Lists cannot be sorted by this field.', field: 'sort' })
  return queries.orderOfFact(name, fact.sql('p'), type, type !== 'text')
}

/** The order of a list for whoever reads all of it: sorted once, so that no index is asked for. */
export const orderForAll = async (ctx: Ctx, view: Pick<LeadView, 'sort' | 'dir'>): Promise<queries.Order> => {
  const order = await orderOf(ctx, view)
  if (!order.join) return order
  const fact = await factNamed(ctx, (one) => one.name === order.name, 'sort')
  return { ...queries.orderOfFact(order.name, fact.sql('p'), 'numeric', order.descending) }
}

/** The terms with the pairs by which the index finds them soonest; what Latin text finds better has none. */
async function bestGrams(ctx: Ctx, terms: readonly Term[]): Promise<Term[]> {
  const grams = terms.flatMap((term) => term.grams)
  if (!grams.length) return [...terms]
  const { share, hasLatin } = await queries.searchStatistics(ctx.db, grams)
  return terms.map((term) => ({ ...term, grams: term.hasRun && hasLatin ? [] : rarestGrams(term.grams, share) }))
}

/**
 * A list's filter as conditions over the person row `p`, to be joined by AND.
 * @param joined the ranked fact whose table the order of the list joins
 * @throws Refusal for filters that mean nothing
 */
export async function conditionsOf(ctx: Ctx, input: LeadFilter, how: Asking = 'all', joined?: string): Promise<queries.Condition[]> {
  const { conditions, beside } = await askedOf(ctx, input, how, joined)
  return [...conditions, ...beside]
}

/** What is asked of the person, and what of the table that the order joins. */
interface Split {
  readonly conditions: queries.Condition[]
  readonly beside: queries.Condition[]
  /** The conditions of the person for thousands of rows, some by a set that is read once; and what must hold for these sets. */
  readonly bySets: queries.Condition[]
  readonly fits: queries.Condition[]
}

async function askedOf(ctx: Ctx, input: LeadFilter, how: Asking, joined: string | undefined): Promise<Split> {
  const terms = input.q ? readSearch(input.q) : []
  // Grams are for the index; a row that is looked at has its text before us.
  const conditions = queries.conditionsOf(
    input,
    how === 'all' ? await bestGrams(ctx, terms) : terms.map((term) => ({ ...term, grams: [] })),
  )
  const beside: queries.Condition[] = []
  const fits: queries.Condition[] = []
  const sets = new Map<queries.Condition, queries.Condition>()
  const besides = (fact: Fact) => (joined !== undefined && fact.beside?.ranked === joined ? fact.beside : undefined)
  const say = (inOrder: queries.Condition | null | undefined, found: queries.Condition | null | undefined, plain: queries.Condition) =>
    inOrder ? beside.push(inOrder) : conditions.push((how === 'all' && found) || plain)
  const equal = async (is: (fact: Fact) => boolean, field: string, value: string) => {
    const fact = await factNamed(ctx, is, field)
    say(besides(fact)?.find?.([value]), fact.find?.('p', [value]), queries.equals(fact.sql('p'), value))
  }
  if (input.heat) await equal((fact) => fact.name === HEAT, 'heat', input.heat)
  if (input.stage) await equal(isStage, 'stage', input.stage)
  if (input.minScore !== undefined) {
    const fact = await factNamed(ctx, (one) => one.name === SCORE, 'minScore')
    const from = input.minScore
    const inOrder = besides(fact)?.findFrom?.(from)
    const plain = queries.atLeast(fact.sql('p'), from)
    say(inOrder, fact.findFrom?.('p', from), plain)
    const among = inOrder ? null : fact.amongFrom?.('p', from)
    if (among) {
      sets.set(plain, among.is)
      fits.push(among.fits)
    }
  }
  for (const name of ['segment', 'rule'] as const) {
    const value = input[name]
    if (value === undefined || value === '') continue
    const filter = ctx.house.ports.leadFilters?.[name]
    if (!filter) refuse('invalid', 'filter.unknown', { message: 'この条件は使えません / This filter is not available.', field: name })
    conditions.push(await filter('p', value, ctx, how))
  }
  return { conditions, beside, bySets: conditions.map((one) => sets.get(one) ?? one), fits }
}
