// Where people stood on a day that is over, as rules ask it: the compiled SQL, the full compute, the evaluator and a naive reader of the
// moves agree.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayIn, instantAt } from '#kernel/calendar.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import { facts as people } from '#loop/identify/facts.ts'
import { compileFull } from '#loop/segment/compile/full.queries.ts'
import { compile } from '#loop/segment/compile/queries.ts'
import { evaluate, NOTHING_KNOWN } from '#loop/segment/evaluate/decide.ts'
import { readsOf } from '#loop/segment/live/decide.ts'
import { factsByName, loadKnown } from '#loop/segment/live/known.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { START, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { check, property } from '../../../../test/world.ts'
import { dealFacts, facts } from '../facts.ts'
import { STAGES, type Stage } from './vocabulary.ts'

const ZONE = 'Asia/Tokyo'
const NOW = Date.parse(START)

interface Move<To extends string> {
  readonly at: number
  readonly to: To
}
interface Someone {
  /** When it became a lead; null: still a visitor. */
  readonly namedAt: number | null
  readonly moves: readonly Move<Stage>[]
  /** The first step opens the deal. */
  readonly deals: readonly (readonly Move<string>[])[]
}

const startOfNext = (day: string): number => instantAt(ZONE, day, '24:00').getTime()

function stoodAt({ namedAt, moves }: Someone, before: number): string | null {
  if (namedAt === null || namedAt >= before) return null
  return moves.filter((move) => move.at < before).at(-1)?.to ?? 'new'
}

function dealtAt({ deals }: Someone, before: number): string | null {
  const open = deals.flatMap((steps) => {
    const last = steps.filter((step) => step.at < before).at(-1)
    return last && last.to !== 'won' && last.to !== 'lost' ? [{ opened: steps[0]?.at ?? 0, stage: last.to }] : []
  })
  return open.sort((a, b) => b.opened - a.opened)[0]?.stage ?? null
}

function naive(rule: Rule, who: Someone): boolean {
  if (rule.kind === 'and') return rule.rules.every((part) => naive(part, who))
  if (rule.kind === 'or') return rule.rules.some((part) => naive(part, who))
  if (rule.kind === 'not') return !naive(rule.rule, who)
  if (rule.kind !== 'fact') return false
  const until = rule.on ? startOfNext(rule.on) : Number.POSITIVE_INFINITY
  const today = rule.fact === 'sales.stage' && !rule.on ? (who.moves.at(-1)?.to ?? 'new') : null
  const value = today ?? (rule.fact === 'sales.stage' ? stoodAt(who, until) : dealtAt(who, until))
  if (rule.is.op === 'empty' || rule.is.op === 'notEmpty') return (value === null) === (rule.is.op === 'empty')
  const among = 'values' in rule.is ? rule.is.values : 'value' in rule.is ? [rule.is.value] : []
  const isAmong = value !== null && (among as readonly unknown[]).includes(value)
  return rule.is.op === 'in' || rule.is.op === 'eq' ? isAmong : !isAmong
}

// --- random walks through the stages, and rules about them -----------------------------------------------------------------

/** Instants around midnights where the company is, and the midnights themselves. */
const instants = fc
  .tuple(fc.integer({ min: -6, max: -1 }), fc.constantFrom(0, -1, 1, 9 * HOUR, 20 * HOUR))
  .map(([d, beside]) => instantAt(ZONE, dayIn(ZONE, new Date(NOW + d * DAY)), '00:00').getTime() + beside)
const days = fc.integer({ min: -7, max: -1 }).map((d) => dayIn(ZONE, new Date(NOW + d * DAY)))
const DEAL_STAGES = ['proposal', 'quote', 'won', 'lost']
const walk = <To extends string>(to: readonly To[], min: number): fc.Arbitrary<Move<To>[]> =>
  fc
    .uniqueArray(fc.record({ at: instants, to: fc.constantFrom(...to) }), { selector: (move) => move.at, minLength: min, maxLength: 5 })
    .map((moves) => [...moves].sort((a, b) => a.at - b.at))
const someone: fc.Arbitrary<Someone> = fc.record({
  namedAt: fc.oneof(instants, fc.constant(NOW - 30 * DAY), fc.constant(null)),
  moves: walk(STAGES, 0),
  deals: fc.uniqueArray(walk(DEAL_STAGES, 1), { selector: (steps) => steps[0]?.at, maxLength: 3 }),
})
const leaf: fc.Arbitrary<Rule> = fc
  .constantFrom({ fact: 'sales.stage', values: [...STAGES] as string[] }, { fact: 'sales.deal_stage', values: DEAL_STAGES })
  .chain(({ fact, values }) =>
    fc.record({
      kind: fc.constant('fact' as const),
      fact: fc.constant(fact),
      on: fact === 'sales.stage' ? fc.option(days, { nil: undefined, freq: 5 }) : days,
      is: fc.oneof(
        fc.record({ op: fc.constantFrom('in' as const, 'notIn' as const), values: fc.subarray(values, { minLength: 1 }) }),
        fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), value: fc.constantFrom(...values) }),
        fc.constantFrom({ op: 'empty' as const }, { op: 'notEmpty' as const }),
      ),
    }),
  )
const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), rules: fc.array(tie('rule'), { maxLength: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }) },
  ),
}))

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts: [...people, ...facts], moreFacts: [dealFacts] } })
})
afterAll(() => db.close())

let serial = 0
let round = 0
async function settle(all: readonly Someone[]): Promise<Subject[]> {
  if (++round % 100 === 0) await db.house.pool.query('TRUNCATE journal, pulse, person, lead_stage, deal CASCADE')
  return db.tx(async (ctx) => {
    const made: Subject[] = []
    for (const who of all) {
      const id = ctx.id()
      const subject = { id, bucket: bucketOf(id) }
      made.push(subject)
      await sql`INSERT INTO person (bucket, id, identified_at, created_at) VALUES (${subject.bucket}, ${id}, ${who.namedAt && new Date(who.namedAt)}, ${ctx.now})`.execute(
        ctx.db,
      )
      await makePulses(ctx, [subject])
      await moved(ctx, subject, who)
      for (const steps of who.deals) await dealt(ctx, subject, steps)
    }
    return made
  })
}

async function moved(ctx: Ctx, subject: Subject, { moves }: Someone): Promise<void> {
  const last = moves.at(-1)
  if (!last) return
  await sql`INSERT INTO lead_stage (bucket, person_id, stage, since) VALUES (${subject.bucket}, ${subject.id}, ${last.to}, ${new Date(last.at)})`.execute(
    ctx.db,
  )
  await append(
    ctx,
    moves.map((move, i) => ({
      subject,
      id: eventId('past', String(++serial)),
      name: 'stage.changed',
      occurredAt: new Date(move.at),
      props: { from: moves[i - 1]?.to ?? 'new', to: move.to },
      silent: true,
    })),
  )
}

async function dealt(ctx: Ctx, { bucket, id }: Subject, steps: readonly Move<string>[]): Promise<void> {
  const [first, last] = [steps[0], steps.at(-1)]
  if (!first || !last) return
  const deal = ctx.id()
  const state = last.to === 'won' || last.to === 'lost' ? last.to : 'open'
  await sql`INSERT INTO deal (id, name, stage, state, opened_at, stage_since, closed_at, lost_reason, made_by, changed_at)
    VALUES (${deal}, 'x', 'proposal', ${state}, ${new Date(first.at)}, ${new Date(last.at)}, ${state === 'open' ? null : new Date(last.at)},
      ${state === 'lost' ? 'timing' : null}, 'test', ${ctx.now})`.execute(ctx.db)
  await sql`INSERT INTO deal_person (bucket, person_id, deal_id, added_at) VALUES (${bucket}, ${id}, ${deal}, ${ctx.now})`.execute(ctx.db)
  for (const [i, step] of steps.entries())
    await sql`INSERT INTO deal_stage_history (id, deal_id, from_stage, to_stage, at, by_name)
      VALUES (${ctx.id()}, ${deal}, ${steps[i - 1]?.to ?? null}, ${step.to}, ${new Date(step.at)}, 'test')`.execute(ctx.db)
}

test(
  'QUA-15 CRM-22 M1 rules over past days mean what a naive reader of the moves says, compiled, computed and evaluated',
  async () => {
    await check(
      fc.asyncProperty(rule, fc.array(someone, { minLength: 2, maxLength: 5 }), async (asked, all) => {
        const subjects = await settle(all)
        const wanted = all.map((who) => naive(asked, who))
        const ids = subjects.map((one) => one.id)
        await db.read(async (ctx) => {
          const known = await factsByName(ctx)
          const how = { facts: known, zone: ZONE, now: NOW, asOf: false }
          const found = await sql<{
            id: string
          }>`SELECT p.id FROM person p WHERE p.id = ANY(${ids}::uuid[]) AND ${compile(asked, how)}`.execute(ctx.db)
          expect(ids.map((id) => found.rows.some((row) => row.id === id))).toEqual(wanted)
          const full = compileFull(asked, how, 'few')
          expect(full.isTimed).toBe(false)
          const computed = await sql<{
            id: string
          }>`SELECT p.id FROM person p ${full.joins} WHERE p.id = ANY(${ids}::uuid[]) AND ${full.where} AND ${full.isIn}`.execute(ctx.db)
          expect(ids.map((id) => computed.rows.some((row) => row.id === id))).toEqual(wanted)
          const reads = [readsOf(asked, ZONE)]
          const seen = await loadKnown(
            ctx,
            { facts: known, zone: ZONE, index: { segments: [] } },
            subjects.map((subject) => ({ subject, reads })),
          )
          const evaluated = ids.map((id) => evaluate(asked, seen.get(id) ?? NOTHING_KNOWN, NOW, ZONE))
          expect(evaluated.map((answer) => [answer.isIn, answer.nextChangeAt])).toEqual(wanted.map((isIn) => [isIn, null]))
        })
      }),
    )
  },
  Math.max(60_000, property.numRuns * 200),
)
