import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, claim, eventId, lockPulses, takeNews } from '#kernel/journal.ts'
import { SYSTEM, type TestDatabase, testDatabase } from '../../../test/database.ts'
import { adoptionsOf, forward, mergeByHand, undoAdoption } from './adopt/service.ts'
import { recordBasis } from './change/service.ts'
import { liftUnsubscribe } from './consent/service.ts'
import { grantConsent, type IdentifyAct, identify, loadPeople, resolveDevices, resolveSubject, stopMail } from './service.ts'
import { personTables } from './tables.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables, facts: [] } })
})
afterAll(() => db.close())
beforeEach(() => db.clock.advance(120_000))

let serial = 0
const unique = (prefix: string): string => `${prefix}${++serial}`
const now = (): Date => db.clock.now()

const visit = async (device: string): Promise<Subject> =>
  db.tx(async (ctx) => {
    const subject = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device)
    if (!subject) throw new Error('no subject')
    await append(ctx, [
      { subject, id: eventId('test', unique('page')), name: 'page.viewed', occurredAt: ctx.now, via: device, props: { path: '/pricing' } },
    ])
    return subject
  })

const act = async (given: Partial<IdentifyAct>) => {
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ route: 'form', at: ctx.now, ...given }]))
  if (!outcome) throw new Error('no outcome')
  return outcome
}
const person = async (subject: Subject) => db.read(async (ctx) => (await loadPeople(ctx, [subject])).get(subject.id))
const rows = async (table: string, subject: Subject, key = 'person_id'): Promise<Record<string, unknown>[]> =>
  (
    await db.house.pool.query(`SELECT to_jsonb(t) AS row FROM ${table} t WHERE bucket = $1 AND ${key} = $2 ORDER BY 1`, [
      subject.bucket,
      subject.id,
    ])
  ).rows.map((r) => r.row)
const names = async (subject: Subject): Promise<string[]> => (await rows('journal', subject)).map((row) => String(row['name'])).sort()

describe('naming', () => {
  test('TRK-03 an unknown address names the visitor itself: same id, the pages seen before stay with it', async () => {
    const device = unique('d')
    const visitor = await visit(device)
    const outcome = await act({
      device,
      mail: 'Hanako@Example.jp',
      fields: {
        familyName: '見本',
        givenName: '花子',
        familyKana: 'みほん',
        companyName: '株式会社サンプル01',
        phone: '０３-５４１２-８８９０',
      },
    })
    expect(outcome).toMatchObject({ outcome: 'named', subject: visitor })
    expect(await names(visitor)).toEqual(['lead.named', 'page.viewed'])
    expect(await person(visitor)).toMatchObject({
      mail: 'hanako@example.jp',
      mail_typed: 'Hanako@Example.jp',
      family_name: '見本',
      given_name: '花子',
      family_kana: 'ミホン',
      phone: '+81354128890',
      sort_name: 'ミホン',
    })
    expect((await person(visitor))?.identified_at).toEqual(now())
  })

  test('CAP-15 the first source is never overwritten, the latest follows', async () => {
    const mail = `${unique('s')}@example.jp`
    const { subject } = await act({ mail, source: { name: '展示会', priority: 'high', interest: ['A'] } })
    db.clock.advance(1000)
    await act({ mail, source: { name: '資料請求', interest: ['B'] } })
    expect(await person(subject)).toMatchObject({
      source_first: '展示会',
      source_latest: '資料請求',
      priority: 'high',
      interest: ['A', 'B'],
    })
  })

  test('CAP-13 one bad address is refused with its field and nothing is written', async () => {
    await expect(act({ mail: 'a,b@example.jp' })).rejects.toMatchObject({ code: 'mail.malformed', errors: [{ field: 'mail' }] })
  })

  test('a device that tells nothing but traits stays a visitor; an external id alone makes a lead that is never sendable', async () => {
    const device = unique('d')
    const visitor = await visit(device)
    expect((await act({ device, route: 'api', fields: { companyName: 'サンプル' } })).outcome).toBe('traits')
    expect((await person(visitor))?.identified_at).toBeNull()
    expect((await act({ externalId: unique('x'), route: 'import' })).outcome).toBe('created')
  })

  test('TRK-03 two acts at once with one new address make one lead', async () => {
    const mail = `${unique('race')}@example.jp`
    const devices = Array.from({ length: 6 }, () => unique('d'))
    for (const device of devices) await visit(device)
    const outcomes = await Promise.all(devices.map((device) => act({ device, mail })))
    expect(new Set(outcomes.map((one) => one.subject.id)).size).toBe(1)
    expect(outcomes.map((one) => one.outcome).sort()).toEqual(['adopted', 'adopted', 'adopted', 'adopted', 'adopted', 'named'])
    const lead = outcomes[0]?.subject as Subject
    expect((await names(lead)).filter((name) => name === 'page.viewed')).toHaveLength(6)
  })

  test('a page of acts with the same person twice is one person', async () => {
    const mail = `${unique('twice')}@example.jp`
    const outcomes = await db.tx((ctx) =>
      identify(ctx, [
        { route: 'import', at: ctx.now, mail },
        { route: 'import', at: ctx.now, mail, fields: { title: '部長' } },
      ]),
    )
    expect(outcomes.map((one) => one.outcome)).toEqual(['created', 'existing'])
    expect(await person(outcomes[0]?.subject as Subject)).toMatchObject({ title: '部長' })
  })
})

test('acts of one set that reach one person by different keys are done one after the other', async () => {
  const [mail, externalId] = [`${unique('two')}@example.jp`, unique('x')]
  const { subject } = await act({ mail, externalId, route: 'api' })
  const devices = Array.from({ length: 9 }, () => unique('d'))
  for (const device of devices) await act({ mail, device })
  const at = now()
  const outcomes = await db.tx((ctx) =>
    identify(ctx, [
      { route: 'api', at, mail, fields: { title: '部長' } },
      { route: 'api', at, externalId, fields: { department: '営業部' } },
      ...devices.map((device, n) => ({ route: 'api' as const, at, device, attrs: { [`k${n}`]: n } })),
    ]),
  )
  expect(new Set(outcomes.map((one) => one.subject.id))).toEqual(new Set([subject.id]))
  const row = await person(subject)
  expect(row).toMatchObject({ title: '部長', department: '営業部' })
  expect(Object.keys(row?.attrs ?? {})).toHaveLength(9)
})

describe('shared PC', () => {
  test('TRK-03 another address on a known device re-links it from now on and moves nothing', async () => {
    const device = unique('d')
    const first = await visit(device)
    await act({ device, mail: `${unique('a')}@example.jp` })
    const second = await act({ device, mail: `${unique('b')}@example.jp` })
    expect(second.outcome).toBe('created')
    expect(await names(first)).toContain('page.viewed')
    expect(await names(second.subject)).toEqual(['lead.created'])
    expect(await visit(device)).toEqual(second.subject)
    const back = await act({ device, mail: (await person(first))?.mail as string })
    expect(back).toMatchObject({ outcome: 'relinked', subject: first })
    expect(await visit(device)).toEqual(first)
    const history = (await rows('identity_history', first)).filter((row) => row['kind'] === 'device')
    expect(history.map((row) => row['until'] !== null)).toContain(true)
    expect(history.map((row) => row['until'] === null)).toContain(true)
  })

  test('two identified people are never merged by a machine: the pair goes to the review list', async () => {
    const [mail, externalId] = [`${unique('m')}@example.jp`, unique('x')]
    const a = await act({ mail })
    const b = await act({ externalId, route: 'import' })
    const both = await act({ mail, externalId, route: 'api' })
    expect(both).toMatchObject({ outcome: 'existing', subject: a.subject })
    expect(await person(b.subject)).toBeDefined()
    const pairs = await db.house.pool.query('SELECT person_id, other_id FROM merge_candidate')
    expect(pairs.rows.map((row) => [row.person_id, row.other_id].sort())).toContainEqual([a.subject.id, b.subject.id].sort())
  })
})

describe('adoption', () => {
  const snapshot = async (subject: Subject) => ({
    person: await rows('person', subject, 'id'),
    journal: await rows('journal', subject),
    identity: (await rows('identity', subject)).map(({ since: _since, ...row }) => row),
    history: await rows('identity_history', subject),
    consent: await rows('consent_entry', subject),
  })

  test('TRK-03 a known address adopts the visitor: journal and news move, the old id leads on for ever', async () => {
    const mail = `${unique('known')}@example.jp`
    const lead = (await act({ mail })).subject
    const device = unique('d')
    const visitor = await visit(device)
    const outcome = await act({ device, mail, fields: { title: '課長' } })
    expect(outcome).toMatchObject({ outcome: 'adopted', subject: lead })
    expect(await names(visitor)).toEqual([])
    expect(await names(lead)).toEqual(['field.changed', 'lead.adopted', 'lead.created', 'page.viewed'])
    expect(await rows('news', visitor)).toEqual([])
    expect(await db.read((ctx) => resolveSubject(ctx, visitor.id))).toEqual(lead)
    expect(await visit(device)).toEqual(lead)
  })

  test('GEN-09 undo equals before: rows, fields, devices; what came later by the device goes along', async () => {
    const mail = `${unique('undo')}@example.jp`
    const lead = (await act({ mail, fields: { title: '係長', companyName: '株式会社サンプル02' } })).subject
    const device = unique('d')
    const visitor = await visit(device)
    await db.tx((ctx) => grantConsent(ctx, { subject: visitor, purpose: 'tracking_email', basis: 'consent', at: ctx.now, route: 'banner' }))
    const before = { lead: await snapshot(lead), visitor: await snapshot(visitor) }
    await act({ device, mail, fields: { title: '部長' }, attrs: { budget: 5 } })
    expect(await person(lead)).toMatchObject({ title: '部長', attrs: { budget: 5 } })
    await visit(device)
    const [adoption] = (await db.house.pool.query('SELECT id FROM adoption WHERE old_id = $1', [visitor.id])).rows
    await db.tx((ctx) => undoAdoption(ctx, adoption.id))
    const after = { lead: await snapshot(lead), visitor: await snapshot(visitor) }
    const { journal: leadJournal, person: leadRow, ...leadRest } = after.lead
    expect(leadRest).toEqual({ identity: before.lead.identity, history: before.lead.history, consent: before.lead.consent })
    expect({ ...leadRow[0], version: 0, last_seen_at: null }).toEqual({ ...before.lead.person[0], version: 0, last_seen_at: null })
    expect(leadJournal.filter((row) => row['name'] === 'page.viewed')).toEqual([])
    expect(after.visitor.person).toEqual(before.visitor.person)
    expect(after.visitor.identity).toEqual(before.visitor.identity)
    expect(after.visitor.history).toEqual(before.visitor.history)
    expect(after.visitor.consent).toEqual(before.visitor.consent)
    expect(after.visitor.journal.filter((row) => before.visitor.journal.some((old) => old['id'] === row['id']))).toEqual(
      before.visitor.journal,
    )
    expect(after.visitor.journal.filter((row) => row['name'] === 'page.viewed')).toHaveLength(2)
    expect(await db.read((ctx) => resolveSubject(ctx, visitor.id))).toEqual(visitor)
    await expect(db.tx((ctx) => undoAdoption(ctx, adoption.id))).rejects.toMatchObject({ code: 'adoption.gone' })
  })

  test('TRK-03 a batch that resolved the old id just before loses nothing: the signpost forwards journal and news', async () => {
    const mail = `${unique('stray')}@example.jp`
    const lead = (await act({ mail })).subject
    const device = unique('d')
    const visitor = await visit(device)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let resolved = (): void => {}
    const isResolved = new Promise<void>((resolve) => {
      resolved = resolve
    })
    const late = db.tx(async (ctx) => {
      const subject = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device) as Subject
      resolved()
      await held
      await append(ctx, [
        { subject, id: eventId('test', unique('late')), name: 'page.viewed', occurredAt: ctx.now, via: device, props: {} },
      ])
    })
    await isResolved
    await act({ device, mail })
    release()
    await late
    expect(await names(visitor)).toEqual(['page.viewed'])
    const mine = await db.tx(async (ctx) => forward(ctx, await claim(ctx, [visitor.bucket], 500)))
    expect(mine.map((subject) => subject.id)).not.toContain(visitor.id)
    expect(await names(visitor)).toEqual([])
    expect(await rows('news', visitor)).toEqual([])
    expect((await names(lead)).filter((name) => name === 'page.viewed')).toHaveLength(2)
    const { news } = await db.tx((ctx) => takeNews(ctx, [lead]))
    expect(news.get(lead.id)?.filter((one) => one.name === 'page.viewed')).toHaveLength(2)
  })

  test('TRK-03 an adoption waits for the reactor that holds the visitor, and then takes what it left', async () => {
    const mail = `${unique('wait')}@example.jp`
    const lead = (await act({ mail })).subject
    const device = unique('d')
    const visitor = await visit(device)
    const order: string[] = []
    let locked = (): void => {}
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve
    })
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const reactor = db.tx(async (ctx) => {
      await lockPulses(ctx, [visitor])
      locked()
      await held
      await append(ctx, [{ subject: visitor, id: eventId('test', unique('own')), name: 'score.changed', occurredAt: ctx.now, props: {} }])
      order.push('reactor')
    })
    await isLocked
    const adoption = act({ device, mail }).then(() => order.push('adoption'))
    const waiting = async (): Promise<boolean> =>
      (await db.house.pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"))
        .rowCount !== 0
    while (!(await waiting())) await new Promise((resolve) => setImmediate(resolve))
    release()
    await Promise.all([reactor, adoption])
    expect(order).toEqual(['reactor', 'adoption'])
    expect(await names(lead)).toContain('score.changed')
    expect(await names(visitor)).toEqual([])
  })
})

describe('consent', () => {
  test('GEN-04 a stop by address reaches the person, survives them and comes back with the address', async () => {
    const mail = `${unique('stop')}@example.jp`
    const { subject } = await act({ mail, consent: { basis: 'consent', text: '同意します', textVersion: '1' } })
    expect(await person(subject)).toMatchObject({ mail_basis: 4, mail_stop: 0 })
    await db.tx((ctx) => stopMail(ctx, { address: ` ${mail.toUpperCase()} `, reason: 'unsubscribe', at: ctx.now }))
    expect((await person(subject))?.mail_stop).toBe(1)
    await db.tx((ctx) => stopMail(ctx, { address: mail, reason: 'complaint', at: ctx.now }))
    expect((await person(subject))?.mail_stop).toBe(4)
    const unknown = `${unique('later')}@example.jp`
    await db.tx((ctx) => stopMail(ctx, { address: unknown, reason: 'hard_bounce', at: ctx.now }))
    const late = await act({ mail: unknown, route: 'import', consent: { basis: 'consent' } })
    expect((await person(late.subject))?.mail_stop).toBe(3)
    expect(JSON.stringify((await db.house.pool.query('SELECT * FROM suppression')).rows)).not.toContain(mail)
  })

  test('GEN-03 another address of a known lead needs a basis of its own', async () => {
    const externalId = unique('x')
    const { subject } = await act({ externalId, mail: `${unique('first')}@example.jp`, consent: { basis: 'consent' } })
    await act({ externalId, mail: `${unique('second')}@example.jp`, route: 'api' })
    expect((await person(subject))?.mail_basis).toBe(0)
  })

  test('GEN-03 only the person lifts an unsubscribe: forms and imports do not; complaints stay for ever', async () => {
    const mail = `${unique('lift')}@example.jp`
    const { subject } = await act({ mail })
    await db.tx((ctx) => stopMail(ctx, { address: mail, reason: 'unsubscribe', at: ctx.now }))
    await act({ mail, consent: { basis: 'consent' } })
    expect((await person(subject))?.mail_stop).toBe(1)
    expect(await db.tx((ctx) => liftUnsubscribe(ctx, { subject, address: 'other@example.jp', at: ctx.now, route: 'preference' }))).toBe(
      false,
    )
    expect(await db.tx((ctx) => liftUnsubscribe(ctx, { subject, address: mail, at: ctx.now, route: 'preference' }))).toBe(true)
    expect((await person(subject))?.mail_stop).toBe(0)
    await db.tx((ctx) => stopMail(ctx, { address: mail, reason: 'complaint', at: ctx.now }))
    expect(await db.tx((ctx) => liftUnsubscribe(ctx, { subject, address: mail, at: ctx.now, route: 'preference' }))).toBe(false)
    expect((await person(subject))?.mail_stop).toBe(4)
  })

  test('GEN-04 a key that may only fill in gaps moves no address, and consent for one address is none for another', async () => {
    const [externalId, mail] = [unique('x'), `${unique('own')}@example.jp`]
    const { subject } = await act({ externalId, mail })
    await act({ externalId, mail: `${unique('foreign')}@example.jp`, route: 'api', onlyEmpty: true, consent: { basis: 'consent' } })
    expect(await person(subject)).toMatchObject({ mail, mail_basis: 0 })
    expect(await rows('consent_entry', subject)).toEqual([])
  })

  test('GEN-04 without an address there is no ground that a later one could stand on', async () => {
    const externalId = unique('x')
    const { subject } = await act({ externalId, route: 'api', consent: { basis: 'consent' } })
    await expect(db.tx((ctx) => recordBasis(ctx, { id: subject.id, basis: 'card', text: '名刺' }))).rejects.toMatchObject({
      code: 'lead.noMail',
    })
    await act({ externalId, mail: `${unique('late')}@example.jp`, route: 'api' })
    expect((await person(subject))?.mail_basis).toBe(0)
  })

  test('GEN-04 CRM-09 a stop that came while two were one stays when they are two again', async () => {
    const [one, other] = [`${unique('keep')}@example.jp`, `${unique('lose')}@example.jp`]
    const [keep, lose] = [await act({ mail: one }), await act({ mail: other, consent: { basis: 'consent' } })]
    await db.tx((ctx) => mergeByHand(ctx, { keep: keep.subject, lose: lose.subject }))
    await db.tx((ctx) => stopMail(ctx, { address: other, reason: 'unsubscribe', at: ctx.now }))
    const [adoption] = await db.read((ctx) => adoptionsOf(ctx, keep.subject.id))
    await db.tx((ctx) => undoAdoption(ctx, adoption?.id ?? ''))
    expect(await person(lose.subject)).toMatchObject({ mail: other, mail_stop: 1 })
  })

  test('GEN-04 naming an address while it is being stopped never leaves it sendable', async () => {
    for (let round = 0; round < 20; round++) {
      const mail = `${unique('gate')}@example.jp`
      const [outcome] = await Promise.all([
        act({ mail, consent: { basis: 'consent' } }),
        withTx(db.house, SYSTEM, (ctx) => stopMail(ctx, { address: mail, reason: 'complaint', at: ctx.now })),
      ])
      expect((await person(outcome.subject))?.mail_stop).toBe(4)
    }
  })
})

test('TRK-02 devices asked for at once by two connections are one visitor each', async () => {
  const devices = Array.from({ length: 50 }, () => unique('many'))
  const asks = devices.map((device) => ({ device, at: now(), historic: false }))
  const [a, b] = await Promise.all([db.tx((ctx) => resolveDevices(ctx, asks)), db.tx((ctx) => resolveDevices(ctx, [...asks].reverse()))])
  expect([...b.entries()].sort()).toEqual([...a.entries()].sort())
  expect(new Set([...a.values()].map((subject) => subject.id)).size).toBe(50)
})
