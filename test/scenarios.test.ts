import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signature } from '#connect/egress/webhook.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { grantConsent, identify } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as people from '#loop/orchestrate/people/service.ts'
import { claimCalls } from '#loop/orchestrate/perform/calls/queries.ts'
import { retryCalls } from '#loop/orchestrate/perform/calls/service.ts'
import { sweepCalls } from '#loop/orchestrate/perform/calls/sweep.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

interface Got {
  readonly headers: Record<string, unknown>
  readonly body: string
}

let db: TestDatabase
let receiver: Server
const got: Got[] = []
let status = 200
let url = ''
beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += String(part)
    })
    request.on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  db = await testHouse({ egressAllow: ['127.0.0.1'] })
})
afterAll(async () => {
  await db.close()
  receiver.close()
})

let serial = 0
async function someone(): Promise<Subject> {
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ mail: `act${++serial}@example.co.jp`, route: 'hand', at: ctx.now }]))
  if (!outcome) throw new Error('nobody')
  await turnUntilQuiet(db.house)
  return outcome.subject
}
async function scenario(steps: Step[], event: string, goal: Graph['goal'] = null): Promise<string> {
  const graph: Graph = {
    ...PLAIN,
    triggers: [{ kind: 'event', id: 't', match: { event, filters: [] } }],
    entry: { kind: 'each' },
    goal,
    steps,
  }
  return db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: event, starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: event, graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}
async function happens(who: Subject, name: string): Promise<void> {
  await db.tx((ctx) => append(ctx, [{ subject: who, id: eventId('test', `a${++serial}`), name, occurredAt: ctx.now, props: {} }]))
  await turnUntilQuiet(db.house)
}
const rows = async (text: string, values: unknown[]): Promise<Record<string, unknown>[]> => (await db.house.pool.query(text, values)).rows

/** What the history says of a step. */
const saidOf = async (who: Subject, step: string) =>
  (await rows('SELECT because FROM run_step WHERE person_id = $1 AND step = $2', [who.id, step])).map((row) => row['because'])

test('NUR-16 a webhook is signed as Standard Webhooks has it, and repeats with growing pauses under the same id until it is taken', async () => {
  await scenario([{ kind: 'webhook', id: 'w', name: '', url }], 'call.me')
  const who = await someone()
  await happens(who, 'call.me')
  status = 503
  expect(await sweepCalls(db.house)).toBe(1)
  expect(await saidOf(who, 'w')).toEqual([{ kind: 'done', outcome: 'call_retrying', detail: 'status 503' }])
  db.clock.advance(9_999)
  expect(await sweepCalls(db.house)).toBe(0)
  status = 200
  db.clock.advance(1)
  expect(await sweepCalls(db.house)).toBe(1)
  expect(await saidOf(who, 'w')).toEqual([{ kind: 'done' }])
  const [first, second] = got
  if (!first || !second) throw new Error('nothing was sent')
  expect(JSON.parse(first.body)).toMatchObject({ type: 'scenario.step', data: { person: who.id, step: 'w' } })
  const id = String(first.headers['webhook-id'])
  expect([second.headers['webhook-id'], second.body]).toEqual([id, first.body])
  const mine = signature(db.house.secret('webhook'), id, String(first.headers['webhook-timestamp']), first.body)
  expect(first.headers['webhook-signature']).toBe(`v1,${mine}`)
  const { secret } = await db.tx((ctx) => scenarios.webhookSecret(ctx))
  expect(signature(Buffer.from(secret.slice('whsec_'.length), 'base64'), id, String(first.headers['webhook-timestamp']), first.body)).toBe(
    mine,
  )
})

test('NUR-16 a webhook that never gets through is given up after about a day; the step says why, and it can be tried anew', async () => {
  await scenario([{ kind: 'webhook', id: 'w', name: '', url }], 'call.in.vain')
  const who = await someone()
  await happens(who, 'call.in.vain')
  got.length = 0
  status = 500
  const begun = db.clock.now()
  for (let calls = 0, looks = 0; looks < 3_000 && calls < 12; looks++) {
    calls += await sweepCalls(db.house)
    db.clock.advance(60_000)
  }
  expect(got).toHaveLength(12)
  expect(new Set(got.map((one) => one.headers['webhook-id'])).size).toBe(1)
  const hours = (db.clock.now().getTime() - begun.getTime()) / 3_600_000
  expect(hours).toBeGreaterThan(20)
  expect(hours).toBeLessThan(28)
  expect(await saidOf(who, 'w')).toEqual([{ kind: 'done', outcome: 'call_failed', detail: 'status 500' }])
  status = 200
  const [run] = await rows('SELECT id FROM run WHERE person_id = $1', [who.id])
  expect(await db.tx((ctx) => retryCalls(ctx, [String(run?.['id'])], 'w'))).toBe(1)
  expect(await sweepCalls(db.house)).toBe(1)
  expect(await saidOf(who, 'w')).toEqual([{ kind: 'done' }])
})

test('X3 a webhook to an address inside the house is refused at once, with the reason at the step', async () => {
  await scenario([{ kind: 'webhook', id: 'w', name: '', url: 'http://169.254.169.254/latest/meta-data' }], 'call.inside')
  const who = await someone()
  await happens(who, 'call.inside')
  expect(await sweepCalls(db.house)).toBe(1)
  expect(await saidOf(who, 'w')).toMatchObject([{ outcome: 'call_failed' }])
  db.clock.advance(86_400_000)
  expect(await sweepCalls(db.house)).toBe(0)
})

test('N1 many workers at once make each call once; one whose worker died is made by another', async () => {
  await scenario([{ kind: 'webhook', id: 'w', name: '', url }], 'call.once')
  const crowd: Subject[] = []
  for (let i = 0; i < 40; i++) crowd.push(await someone())
  await db.tx((ctx) =>
    append(
      ctx,
      crowd.map((who) => ({ subject: who, id: eventId('test', `a${++serial}`), name: 'call.once', occurredAt: ctx.now, props: {} })),
    ),
  )
  await turnUntilQuiet(db.house)
  got.length = 0
  status = 200
  // One worker takes some and is gone before it has called.
  await db.tx((ctx) => claimCalls(ctx.db, ctx.now, new Date(ctx.now.getTime() + 120_000), 7))
  await Promise.all([sweepCalls(db.house), sweepCalls(db.house), sweepCalls(db.house)])
  expect(got).toHaveLength(33)
  db.clock.advance(120_000)
  await sweepCalls(db.house)
  expect(new Set(got.map((one) => one.headers['webhook-id'])).size).toBe(40)
  expect(got).toHaveLength(40)
})

test('QUA-10 SAL-07 a scenario hands a lead to sales once, tells the owner, and says in its history when sales had it already', async () => {
  const steps: Step[] = [
    { kind: 'points', id: 'p', name: '', score: 'main', amount: 5 },
    { kind: 'field', id: 'f', name: '', field: 'department', value: '情報システム部' },
    { kind: 'notify', id: 'n', name: '', by: 'signal', to: { kind: 'owner' }, channel: '', text: '見てください', urgent: true },
    { kind: 'handoff', id: 'h', name: '', note: '基準に達しました' },
  ]
  const id = await scenario(steps, 'hot.now')
  const who = await someone()
  await happens(who, 'hot.now')
  await happens(who, 'hot.now')
  expect(await rows('SELECT reason FROM handoff WHERE person_id = $1', [who.id])).toHaveLength(1)
  expect(await rows("SELECT text FROM signal WHERE person_id = $1 AND kind = 'scenario'", [who.id])).toMatchObject([
    { text: '見てください' },
    { text: '見てください' },
  ])
  expect(await rows('SELECT department FROM person WHERE id = $1', [who.id])).toEqual([{ department: '情報システム部' }])
  const { items } = await db.read((ctx) => people.runs(ctx, { person: who.id }))
  const outcomes = items.filter((run) => run.scenarioId === id).map((run) => run.steps.find((step) => step.step === 'h')?.because)
  expect(outcomes).toContainEqual({ kind: 'done', outcome: 'withSales' })
})

test('NUR-02 NUR-04 a mail goes to whom it may reach, the history says why not, the goal takes back what still waits, and each number of a mail lists its people', async () => {
  const draft: Draft = { subject: 'お礼', preheader: '', blocks: [{ id: 'f', kind: 'footer', note: '' }] }
  const compiled = await compileOrRefuse(draft)
  const template = await db.tx((ctx) => make(ctx, { name: 'お礼', draft }, compiled))
  const steps: Step[] = [
    { kind: 'mail', id: 'm', name: '', template: template.id, purpose: 'marketing' },
    { kind: 'wait', id: 'w', name: '', until: { kind: 'for', amount: 1, unit: 'days', businessHours: false } },
    { kind: 'mail', id: 'm2', name: '', template: template.id, purpose: 'marketing' },
  ]
  const id = await scenario(steps, 'mail.me', { kind: 'event', match: { event: 'goal.met', filters: [] } })
  const [silent, willing] = [await someone(), await someone()]
  await db.tx((ctx) => grantConsent(ctx, { subject: willing, purpose: 'marketing', basis: 'consent', at: ctx.now, route: 'form' }))
  await happens(silent, 'mail.me')
  await happens(willing, 'mail.me')
  const told = async (who: Subject) =>
    (await db.read((ctx) => people.runs(ctx, { person: who.id }))).items[0]?.steps.map((step) => step.because)
  expect(await told(silent)).toContainEqual({ kind: 'done', outcome: 'no_basis' })
  expect(await told(willing)).toContainEqual({ kind: 'done' })
  const statuses = async (who: Subject) =>
    (await rows('SELECT status FROM delivery WHERE person_id = $1 ORDER BY what', [who.id])).map((row) => row['status'])
  expect([await statuses(silent), await statuses(willing)]).toEqual([['suppressed'], ['queued']])
  await happens(willing, 'goal.met')
  expect(await statuses(willing)).toEqual(['cancelled'])
  db.clock.advance(86_400_000)
  expect(await turnTimers(db.house)).toBe(1)
  const counts = await db.read((ctx) => people.counts(ctx, { id }))
  expect(counts.ways).toContainEqual({ step: 'end', way: 'goal', n: 1 })
  expect(counts.mails).toContainEqual({ step: 'm', sent: 0, opened: 0, clicked: 0, waiting: 0, held: 2 })
  await rows("UPDATE delivery SET status = 'sent', sent_at = $2, opened_at = $2 WHERE person_id = $1", [willing.id, db.clock.now()])
  const later = (await db.read((ctx) => people.counts(ctx, { id }))).mails.find((one) => one.step === 'm')
  const behind = async (way: string) =>
    (await db.read((ctx) => people.people(ctx, { id, step: 'm', way, limit: 50 }))).items.map((one) => one.personId)
  expect(later).toMatchObject({ sent: 1, opened: 1, clicked: 0, held: 1 })
  expect([await behind('mail.sent'), await behind('mail.opened'), await behind('mail.clicked'), await behind('mail.held')]).toEqual([
    [willing.id],
    [willing.id],
    [],
    [silent.id],
  ])
})
