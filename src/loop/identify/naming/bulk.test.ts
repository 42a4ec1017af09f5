import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { type IdentifyAct, type IdentifyOutcome, identify, resolveDevices, stopMail } from '../service.ts'
import { personTables } from '../tables.ts'

let many: TestDatabase
let single: TestDatabase
beforeAll(async () => {
  const open = () => testDatabase({ ports: { personTables, facts: [] } })
  ;[many, single] = [await open(), await open()]
})
afterAll(async () => {
  await many.close()
  await single.close()
})

const text = fc.constantFrom(
  '佐藤',
  ' 髙橋　 太郎 ',
  'ｻﾄｳ ﾊﾅｺ',
  'さとう',
  '株式会社見本"１"',
  '',
  '\\N',
  'a\\tb\\',
  'tab\there\nand there',
  'O\'Brien; {x,"y"}',
  '🦊狐',
  'NULL',
  '部長',
  '東京',
  '03-1234-5678',
  '\ufeff\u200b ',
  'x'.repeat(600),
)
const words = fc.array(fc.constantFrom('展示会', 'a,b', '"q"', '\\', 'NULL', '{}'), { maxLength: 3 })
const some = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined, freq: 2 })

/** What an act says; its keys come by the number of whom it is about. */
const told = fc.record({
  who: fc.integer({ min: 0, max: 260 }),
  fields: fc.record(
    {
      familyName: text,
      givenName: text,
      familyKana: text,
      companyName: text,
      department: text,
      title: text,
      phone: text,
      prefecture: text,
      industry: text,
      website: text,
      postalCode: text,
    },
    { requiredKeys: [] },
  ),
  attrs: some(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', 'x\\y', null), { noNullPrototype: true })),
  source: some(fc.record({ name: fc.constantFrom('展示会\\2026', 'web'), priority: fc.constantFrom('high', 'low'), interest: words })),
  tags: some(words),
  external: fc.boolean(),
  device: fc.integer({ min: 0, max: 9 }),
  day: fc.integer({ min: 1, max: 28 }),
  route: fc.constantFrom('import' as const, 'import' as const, 'api' as const, 'hand' as const, 'form' as const),
  onlyEmpty: fc.boolean(),
  consent: some(
    fc.record({
      basis: fc.constantFrom('card' as const, 'consent' as const, 'relation' as const),
      text: fc.constantFrom('名刺\t交換', 'ok'),
      evidence: fc.constantFrom({ line: 2 }, { file: 'a"b\\c.csv' }),
    }),
  ),
})
type Told = ReturnType<(typeof told)['generate']>['value']

/** Every tenth has no address but an id of elsewhere. A device brings a visitor who was there before. */
function actOf(run: number, index: number, one: Told): IdentifyAct {
  const isBare = one.who % 10 === 0
  const { fields, onlyEmpty, route, attrs, source, tags, consent } = one
  return {
    ...{ route, fields: fields as NonNullable<IdentifyAct['fields']>, onlyEmpty, historic: route === 'import' },
    at: new Date(Date.UTC(2026, 2, one.day)),
    ...(isBare ? {} : { mail: `P${one.who}.R${run}@Example${one.who % 7}.jp` }),
    ...(isBare || one.external ? { externalId: `x${run}\\${one.who}` } : {}),
    ...(one.device === 0 && route !== 'import' ? { device: deviceOf(run, index) } : {}),
    ...(attrs ? { attrs } : {}),
    ...(source ? { source } : {}),
    ...(tags ? { tags } : {}),
    ...(consent ? { consent } : {}),
  }
}
const deviceOf = (run: number, index: number): string => `d${run}-${index}`

async function prepare(db: TestDatabase, run: number, acts: readonly IdentifyAct[], known: readonly IdentifyAct[]): Promise<void> {
  await db.tx(async (ctx) => {
    const devices = acts.flatMap(({ device }) => (device ? [{ device, at: ctx.now, historic: false }] : []))
    await resolveDevices(ctx, devices)
    for (const act of known) await identify(ctx, [act])
    for (const who of [3, 13, 23])
      await stopMail(ctx, { address: `p${who}.r${run}@example${who % 7}.jp`, reason: 'unsubscribe', at: ctx.now })
  })
}

const TABLES = {
  person: 't.id',
  identity: 't.person_id',
  identity_history: 't.person_id',
  consent_entry: 't.person_id',
  consent_state: 't.person_id',
  journal: 't.person_id',
  news: 't.person_id',
  pulse: 't.person_id',
}
/** Drawn or counted anew each time, and where a draw stands. */
const DRAWN = new Set(['id', 'bucket', 'person_id', 'event_id', 'entry_id', 'cause_id', 'seq', 'origin_person_id'])

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** All that is written of the people of these outcomes, without what is drawn; people are called by the first act that led to them. */
async function writtenBy(db: TestDatabase, outcomes: readonly IdentifyOutcome[]): Promise<unknown> {
  const names = new Map<string, string>()
  outcomes.forEach(({ subject }, index) => {
    if (!names.has(subject.id)) names.set(subject.id, `p${index}`)
  })
  const found: Record<string, string[]> = {}
  for (const [table, id] of Object.entries(TABLES)) {
    const { rows } = await db.house.pool.query(`SELECT ${id} AS who, to_jsonb(t) AS row FROM ${table} t WHERE ${id} = ANY($1::uuid[])`, [
      [...names.keys()],
    ])
    found[table] = rows
      .map(({ who, row }) => {
        const kept = Object.entries(row as object).filter(([key]) => !DRAWN.has(key))
        return `${names.get(who)} ${JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1))).replace(UUID, 'drawn')}`
      })
      .sort()
  }
  const said = outcomes.map(({ subject, ...rest }) => ({ who: names.get(subject.id), ...rest }))
  return { found, said }
}

test('CAP-18 D1 a page of people carried in by COPY is, row for row, what naming them one by one writes: fields, keys, consents, journal, news', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(told, { minLength: 220, maxLength: 320 }), fc.array(told, { maxLength: 20 }), async (list, before) => {
      run++
      const acts = list.map((one, index) => actOf(run, index, one))
      const known = before.map((one, index) => ({ ...actOf(run, 1_000 + index, one), device: deviceOf(run, 1_000 + index) }))
      for (const db of [many, single]) await prepare(db, run, acts, known)
      const atOnce = await many.tx((ctx) => identify(ctx, acts))
      const oneByOne = await single.tx(async (ctx) => {
        const outcomes: IdentifyOutcome[] = []
        for (const act of acts) outcomes.push(...(await identify(ctx, [act])))
        return outcomes
      })
      expect(atOnce.filter((one) => one.outcome === 'created').length).toBeGreaterThan(100)
      expect(await writtenBy(many, atOnce)).toEqual(await writtenBy(single, oneByOne))
    }),
    { numRuns: 5, seed: 190, endOnFailure: true },
  )
})
