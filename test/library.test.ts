// The library of scenarios as it ships: each is made with what it needs, published as it comes, and walked to its end by three people.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { changeFields } from '#loop/identify/change/service.ts'
import { addProduct } from '#loop/identify/fields/products.ts'
import { identify } from '#loop/identify/service.ts'
import * as tasks from '#loop/identify/tasks/service.ts'
import { type Chosen, STARTERS, type Starter } from '#loop/orchestrate/library/contract.ts'
import { libraryItems } from '#loop/orchestrate/library/decide.ts'
import { compileMails, houseLink, makeAlong } from '#loop/orchestrate/library/service.ts'
import * as people from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import * as deals from '#loop/sales/deals/service.ts'
import * as segments from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

type Language = 'ja' | 'en'
type Item = Exclude<Starter, 'blank'>
const ITEMS = STARTERS.filter((one): one is Item => one !== 'blank')

/** Somebody in a scenario: who does everything that is hoped for, who does nothing, and who wants no advertising. */
const ROLES = ['keen', 'silent', 'unwilling'] as const
type Role = (typeof ROLES)[number]

let db: TestDatabase
let product = ''
let crowd: string
beforeAll(async () => {
  // A Thursday morning; 178 days later, when most enter, it is a Tuesday.
  db = await testHouse({ at: '2027-01-14T10:30:00+09:00' })
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
  product = (await db.tx((ctx) => addProduct(ctx, { ja: '旧製品', en: 'Old product', pageGroups: [] }))).key
  const rule = { kind: 'fact' as const, fact: 'tags', is: { op: 'in' as const, values: ['crowd'] } }
  crowd = (await db.tx((ctx) => segments.create(ctx, { name: '来場者', description: '', audience: 'leads', rule, startsScenarios: false })))
    .id
})
afterAll(() => db.close())

async function publish(starter: Item, language: Language, chosen: Chosen): Promise<string> {
  const link = await db.read(houseLink)
  const mails = await compileMails(starter, language, link)
  return db.tx(async (ctx) => {
    const ask = { ...chosen, name: `${starter} ${language}`, starter, language }
    const made = await scenarios.create(ctx, ask, await makeAlong(ctx, ask, mails))
    expect(made.problems, `${starter} ${language}`).toEqual([])
    await scenarios.publish(ctx, { id: made.id, revision: made.revision })
    return made.id
  })
}

let serial = 0
async function someone(role: Role): Promise<Subject> {
  const mail = `${role}${++serial}@c${serial}.example.co.jp`
  const consent = role === 'unwilling' ? {} : { consent: { basis: 'consent' as const, text: '同意' } }
  const [outcome] = await db.tx((ctx) =>
    identify(ctx, [{ mail, route: 'hand', at: ctx.now, ...consent, fields: { familyName: '見本', department: '営業部' } }]),
  )
  if (!outcome) throw new Error('nobody')
  return outcome.subject
}

async function happens(who: Subject, name: string, props: Record<string, string> = {}): Promise<void> {
  await db.tx((ctx) => append(ctx, [{ subject: who, id: eventId('test', `e${++serial}`), name, occurredAt: ctx.now, props }]))
}

async function loses(who: Subject, reason: 'timing' | 'price', products: string[] = []): Promise<void> {
  const { id } = await db.tx((ctx) => deals.create(ctx, { leadIds: [who.id], products }))
  await db.tx((ctx) => deals.lose(ctx, { id, reason }))
}

/** What brings people into each scenario when most enter; those that need a past are let in by it. */
const LETS_IN: Readonly<Partial<Record<Item, (who: Subject, form: string) => Promise<void>>>> = {
  exhibition: (who) => joins(who, 'crowd'),
  webinar: (who) => joins(who, 'crowd'),
  card: (who) => happens(who, 'card.exchanged'),
  hotLead: (who) => happens(who, 'heat.changed', { to: 'hot' }),
  seminar: (who) => happens(who, 'custom.seminar.registered'),
  trial: (who) => happens(who, 'custom.trial.started'),
  similarProduct: (who) => loses(who, 'price', [product]),
  sleeping: (who) => happens(who, 'page.viewed', { url: 'https://mihon.example/' }),
  ...Object.fromEntries(
    (['stepMail', 'ebook', 'whitepaper', 'newsletter', 'consideration', 'personas'] as const).map((starter) => [
      starter,
      (who: Subject, form: string) => happens(who, 'form.submitted', { form }),
    ]),
  ),
}
const joins = async (who: Subject, tag: string): Promise<void> => {
  await db.tx((ctx) => changeFields(ctx, [{ subject: who, addTags: [tag], causeId: ctx.id() }]))
}

/** What the keen one does besides clicking every mail, so many days after entering. */
const DEEDS: Readonly<Partial<Record<Item, readonly (readonly [day: number, event: string, props?: Record<string, string>])[]>>> = {
  ebook: [[5, 'custom.seminar.attended']],
  whitepaper: [[1, 'file.downloaded', { url: 'https://mihon.example/a.pdf' }]],
  personas: [[8, 'form.submitted', { form: 'another' }]],
  seminar: [[4, 'custom.seminar.attended']],
  webinar: [
    [3, 'custom.seminar.registered'],
    [6, 'custom.seminar.attended'],
  ],
  trial: [
    [1, 'custom.trial.activated'],
    [2, 'page.viewed', { url: 'https://mihon.example/pricing' }],
  ],
}

/** Mails by step that the keen and the silent one get, in the order they left; who wants none gets those of `asked` alone. */
const MAILS: Readonly<Record<Item, { keen: string[]; silent: string[]; asked?: string[] }>> = {
  stepMail: { keen: ['first', 'second', 'third'], silent: ['first', 'second', 'third'] },
  ebook: { keen: ['ebook', 'invite', 'thanks'], silent: ['ebook', 'again'], asked: ['ebook'] },
  whitepaper: { keen: ['basics'], silent: ['basics', 'practice', 'compare'], asked: ['basics'] },
  newsletter: { keen: ['welcome', 'favourites', 'question'], silent: ['welcome', 'favourites', 'question'] },
  exhibition: { keen: ['thanks'], silent: ['thanks', 'case'] },
  card: { keen: ['thanks'], silent: ['thanks', 'case'] },
  seminar: { keen: ['confirm', 'thanks'], silent: ['confirm', 'recording'], asked: ['confirm'] },
  webinar: { keen: ['invite', 'prepare', 'thanks'], silent: ['invite'] },
  hotLead: { keen: [], silent: [] },
  consideration: { keen: ['product', 'cases', 'guide'], silent: ['product', 'cases', 'guide', 'talk'] },
  personas: { keen: ['for_d', 'page'], silent: ['for_d', 'page'] },
  trial: { keen: ['welcome', 'compare', 'ending'], silent: ['welcome', 'help', 'guide', 'ending'], asked: ['welcome'] },
  lostDeal: { keen: ['after', 'news'], silent: ['after', 'news2'] },
  similarProduct: { keen: ['announce'], silent: ['announce', 'case'] },
  sleeping: { keen: ['back'], silent: ['back'] },
  winBack: { keen: ['hello'], silent: ['hello', 'last'] },
}

/** The step by which whose keen one comes to sales. */
const HANDED: Readonly<Partial<Record<Item, string>>> = {
  ebook: 'hand',
  whitepaper: 'hand1',
  hotLead: 'hand',
  consideration: 'hand',
  personas: 'hand',
  similarProduct: 'hand',
}

interface Cast {
  readonly starter: Item
  readonly id: string
  readonly form: string
  readonly who: Readonly<Record<Role, Subject>>
}

async function cast(starter: Item, language: Language): Promise<Cast> {
  const asks = libraryItems(language).find((one) => one.id === starter)?.asks ?? []
  const chosen: Chosen = {
    ...(asks.includes('form') ? { form: 'new' } : {}),
    ...(asks.includes('segment') ? { segment: crowd } : {}),
    ...(asks.includes('product') ? { product } : {}),
  }
  const id = await publish(starter, language, chosen)
  const trigger = (await db.read((ctx) => scenarios.get(ctx, { id }))).draft.triggers[0]
  const form = trigger?.kind === 'form' ? trigger.form : ''
  return {
    starter,
    id,
    form,
    who: { keen: await someone('keen'), silent: await someone('silent'), unwilling: await someone('unwilling') },
  }
}

/** One morning: what is due goes on, mails leave, and the keen ones click what they were sent. */
async function morning(casts: readonly Cast[], days = 1): Promise<void> {
  db.clock.advance(days * DAY)
  await turnTimers(db.house)
  await turnUntilQuiet(db.house)
  await sendDue(db.house)
  const keen = new Map(casts.map((one) => [one.who.keen.id, one]))
  const { rows } = await db.house.pool.query<{ person_id: string; scenario_id: string; id: string; what: string }>(
    `SELECT d.person_id, r.scenario_id, d.id, d.what FROM delivery d JOIN run r ON r.bucket = d.bucket AND r.person_id = d.person_id AND d.what LIKE 'run:' || r.id || ':%'
     WHERE d.status = 'sent' AND d.clicked_at IS NULL AND d.sent_at > $1 AND d.person_id = ANY($2)`,
    [new Date(db.clock.now().getTime() - 3_600_000), [...keen.keys()]],
  )
  for (const row of rows) {
    const one = keen.get(row.person_id)
    if (one?.id === row.scenario_id) await happens(one.who.keen, 'mail.clicked', { what: row.what, delivery: row.id, agent: 'human' })
  }
  await turnUntilQuiet(db.house)
}

/** The mails of somebody's first time through. */
async function mailsOf({ id, who }: Cast, role: Role): Promise<string[]> {
  const { rows } = await db.house.pool.query<{ step: string }>(
    `SELECT split_part(d.what, ':', 3) AS step FROM delivery d JOIN run r ON r.bucket = d.bucket AND r.person_id = d.person_id AND d.what LIKE 'run:' || r.id || ':%'
     WHERE d.person_id = $1 AND r.scenario_id = $2 AND d.status = 'sent'
       AND r.entered_at = (SELECT min(entered_at) FROM run WHERE person_id = $1 AND scenario_id = $2) ORDER BY d.sent_at, d.what`,
    [who[role].id, id],
  )
  return rows.map((row) => row.step.replace(/^page[AB]$/, 'page'))
}

async function handed({ id, who }: Cast): Promise<string[]> {
  const { items } = await db.read((ctx) => people.runs(ctx, { person: who.keen.id }))
  const first = items.filter((run) => run.scenarioId === id).at(-1)
  return first?.steps.filter((step) => step.kind === 'handoff').map((step) => step.step) ?? []
}

const ends = async ({ id, who }: Cast): Promise<(string | null)[]> =>
  Promise.all(
    ROLES.map(async (role) => {
      const { items } = await db.read((ctx) => people.runs(ctx, { person: who[role].id }))
      return items.filter((run) => run.scenarioId === id).at(-1)?.how ?? null
    }),
  )

test('NUR-38 NUR-39 NUR-40 NUR-41 NUR-42 NUR-28 CRM-10 CRM-11 NUR-17 NUR-33 every scenario of the library is published as it comes in both languages, and walked to its end: mails counted, nobody stuck, none to whom wants none', async () => {
  const casts: Cast[] = []
  const past = ['lostDeal', 'sleeping', 'winBack'] as const
  const enter = async (starters: readonly Item[]): Promise<Cast[]> => {
    const made: Cast[] = []
    for (const starter of starters) for (const language of ['ja', 'en'] as const) made.push(await cast(starter, language))
    await db.drain()
    casts.push(...made)
    return made
  }
  // Some have a past: a deal lost for its timing half a year ago, or a silence of three months.
  const lost = await enter(['lostDeal'])
  for (const one of lost) for (const role of ROLES) await loses(one.who[role], 'timing')
  await turnUntilQuiet(db.house)
  await morning(casts, 87)
  const silent = await enter(['sleeping', 'winBack'])
  await morning(casts, 90)
  // The day most of them enter.
  await enter(ITEMS.filter((one) => !(past as readonly string[]).includes(one)))
  db.clock.advance(DAY)
  await turnUntilQuiet(db.house)
  for (const one of casts) for (const role of ROLES) await LETS_IN[one.starter]?.(one.who[role], one.form)
  await morning(casts, 0)
  expect(silent).toHaveLength(4)
  const entered = new Map(casts.map((one) => [one.id, one.starter === 'webinar' ? 0 : 1]))
  const called = new Set<string>()
  for (let day = 1; day <= 55; day++) {
    await morning(casts)
    for (const one of casts) {
      // A webinar begins on the first of the month.
      const since = entered.get(one.id) ?? 0
      if (!since && (await mailsOf(one, 'keen')).length) entered.set(one.id, day + 1)
      const n = since ? day - since + 1 : 0
      for (const [when, event, props] of DEEDS[one.starter] ?? []) if (when === n) await happens(one.who.keen, event, props)
      if (one.starter !== 'lostDeal' || called.has(one.id)) continue
      const { items } = await db.read((ctx) => tasks.list(ctx, { state: 'open', leadId: one.who.keen.id, limit: 5 }))
      const [task] = items
      if (!task) continue
      called.add(one.id)
      await db.tx((ctx) => tasks.change(ctx, { leadId: one.who.keen.id, id: task.id, result: 'b' }))
    }
    await turnUntilQuiet(db.house)
  }
  for (const days of [40, 40, 5]) await morning(casts, days)

  const wrong: unknown[] = []
  for (const one of casts) {
    const wanted = MAILS[one.starter]
    const got = { keen: await mailsOf(one, 'keen'), silent: await mailsOf(one, 'silent'), unwilling: await mailsOf(one, 'unwilling') }
    const all = { keen: wanted.keen, silent: wanted.silent, unwilling: wanted.asked ?? [] }
    if (JSON.stringify(got) !== JSON.stringify(all)) wrong.push([one.starter, got, all])
    const hands = await handed(one)
    if (hands.join() !== (HANDED[one.starter] ?? '')) wrong.push([one.starter, hands])
    const how = await ends(one)
    if (how.some((end) => end !== 'completed')) wrong.push([one.starter, how])
  }
  expect(wrong).toEqual([])
  expect(casts).toHaveLength(ITEMS.length * 2)
}, 120_000)

test('NUR-38 what a template brings along is taken again the second time; somebody else’s segment of that name is left alone', async () => {
  const again = await publish('whitepaper', 'ja', { form: 'new' })
  const { draft } = await db.read((ctx) => scenarios.get(ctx, { id: again }))
  expect(JSON.stringify(draft)).toContain('"kind":"segment"')
  const named = (await db.read((ctx) => segments.list(ctx))).items.filter(({ name }) => name.startsWith('学習スコア25点以上'))
  expect(named).toHaveLength(1)
  const [first] = named
  const everybody = { kind: 'and' as const, rules: [] }
  await db.tx((ctx) => segments.change(ctx, { id: first?.id ?? '', rule: everybody, startsScenarios: false }))
  await db.drain()
  await publish('whitepaper', 'ja', { form: 'new' })
  await db.drain()
  const names = (await db.read((ctx) => segments.list(ctx))).items.map(({ name }) => name).filter((name) => name.startsWith('学習スコア'))
  expect(names.sort()).toEqual(['学習スコア25点以上', '学習スコア25点以上 2'])
})

test('NUR-02 the library tells in both languages what each scenario is for, who enters, how long it takes and which mails it sends', () => {
  const [ja, en] = [libraryItems('ja'), libraryItems('en')]
  expect(ja.map(({ id }) => id).sort()).toEqual([...ITEMS].sort())
  for (const [i, item] of ja.entries()) {
    const other = en[i]
    expect([other?.id, other?.mails.length, other?.days]).toEqual([item.id, item.mails.length, item.days])
    const text = (one: typeof item | undefined) =>
      [one?.name, one?.text, one?.enters, ...(one?.mails.flatMap((mail) => [mail.subject, ...mail.lines]) ?? [])].join(' ')
    expect(text(other), item.id).not.toMatch(/[ぁ-んァ-ン一-龠]/)
    expect(text(item)).toMatch(/[ぁ-ん]/)
  }
  expect(Object.fromEntries(ja.map(({ id, days }) => [id, days]))).toMatchObject({ stepMail: 7, hotLead: 1, exhibition: 9 })
})

test('CRM-10 a lost deal that is taken up again is the old one with its past, and ends the run that asked after it', async () => {
  const id = await publish('lostDeal', 'ja', {})
  const who = await someone('keen')
  const { id: deal } = await db.tx((ctx) => deals.create(ctx, { leadIds: [who.id] }))
  await db.tx((ctx) => deals.lose(ctx, { id: deal, reason: 'timing' }))
  await db.drain()
  await turnUntilQuiet(db.house)
  await morning([], 181)
  const run = async () => (await db.read((ctx) => people.runs(ctx, { person: who.id }))).items.find((one) => one.scenarioId === id)
  expect(await run()).toMatchObject({ how: null })
  await db.tx((ctx) => deals.reopen(ctx, { id: deal }))
  await turnUntilQuiet(db.house)
  expect(await run()).toMatchObject({ how: 'exited' })
  const { rows } = await db.house.pool.query("SELECT name FROM journal WHERE person_id = $1 AND props->>'deal' = $2", [who.id, deal])
  expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(['deal.created', 'deal.lost', 'deal.reopened']))
})
