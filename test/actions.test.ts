// What scenarios do in other rooms and outside, by the whole product's house; chats answer on a loopback server.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { addUser } from '#access/users/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { doorOf } from '#kernel/serve.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { identify, loadPeople } from '#loop/identify/service.ts'
import * as tasks from '#loop/identify/tasks/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import { sweepCalls } from '#loop/orchestrate/perform/calls/sweep.ts'
import { test as tryChannel } from '#loop/orchestrate/perform/channels/call.ts'
import * as channels from '#loop/orchestrate/perform/channels/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import * as campaigns from '#loop/plan/campaigns/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { NO_PLAN } from '#loop/sales/assignment/contract.ts'
import { savePlan } from '#loop/sales/assignment/service.ts'
import { SYSTEM, type TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

interface Got {
  readonly path: string
  readonly headers: Record<string, unknown>
  readonly body: string
}

let db: TestDatabase
let chat: Server
let got: Got[] = []
let status = 200
let base = ''
beforeAll(async () => {
  chat = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += String(part)
    })
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(status).end('ok')
    })
  })
  await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(chat.address() as AddressInfo).port}`
  db = await testHouse({ egressAllow: ['127.0.0.1'] })
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
})
afterAll(async () => {
  await db.close()
  chat.close()
})

let serial = 0
async function someone(more: { familyName?: string } = {}): Promise<Subject> {
  const mail = `doer${++serial}@doer${serial}.example.co.jp`
  const act = {
    mail,
    route: 'form' as const,
    at: db.clock.now(),
    consent: { basis: 'card' as const, text: '名刺' },
    ...(more.familyName ? { fields: { familyName: more.familyName } } : {}),
  }
  const [outcome] = await db.tx((ctx) => identify(ctx, [act]))
  if (!outcome) throw new Error('nobody')
  await turnUntilQuiet(db.house)
  return outcome.subject
}
async function scenario(name: string, steps: Step[]): Promise<string> {
  const graph: Graph = {
    ...PLAIN,
    triggers: [{ kind: 'event', id: 't', match: { event: name, filters: [] } }],
    entry: { kind: 'each' },
    goal: null,
    steps,
  }
  return db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name, starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name, graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}
async function happens(people: readonly Subject[], name: string): Promise<void> {
  await db.tx((ctx) =>
    append(
      ctx,
      people.map((subject) => ({ subject, id: eventId('test', `d${++serial}`), name, occurredAt: ctx.now, props: {} })),
    ),
  )
  await turnUntilQuiet(db.house)
}
const rows = async (text: string, values: unknown[]): Promise<Record<string, unknown>[]> => (await db.house.pool.query(text, values)).rows
const saidOf = async (who: Subject, step: string) =>
  (await rows('SELECT because FROM run_step WHERE person_id = $1 AND step = $2 ORDER BY left_at', [who.id, step])).map(
    (row) => row['because'],
  )
const tagsOf = async (who: Subject) => (await db.read((ctx) => loadPeople(ctx, [who]))).get(who.id)?.tags
const aUser = (name: string, role: 'owner' | 'marketer' | 'sales') =>
  db.tx(async (ctx) => {
    const email = `${name}@mihon.example`
    const id = await addUser(ctx, { name, email, password: 'a long password of tests', language: 'ja', role })
    return { id, email }
  })
const base0 = (id: string) => ({ id, name: '' })
const tag = (id: string): Step => ({ ...base0(id), kind: 'tag', tag: id, remove: false })
const notice = (more: Partial<Extract<Step, { kind: 'notify' }>>): Step => ({
  ...{ ...base0('n'), kind: 'notify', by: 'signal', to: { kind: 'owner' }, channel: '', text: '資料を見ました', urgent: true },
  ...more,
})

test('X9 notices go into Slack, Teams and Chatwork as text that mentions nobody; secrets are sealed and never given back', async () => {
  const made = await db.tx(async (ctx) => ({
    slack: await channels.create(ctx, { name: '営業', way: 'slack', secretUrl: `${base}/slack/T0/SECRET` }),
    teams: await channels.create(ctx, { name: '会議', way: 'teams', secretUrl: `${base}/teams/SECRET` }),
    chatwork: await channels.create(ctx, { name: '部屋', way: 'chatwork', secretUrl: `${base}/v2`, room: '4321', token: 'TOKENSECRET' }),
  }))
  const stored = JSON.stringify(await rows('SELECT * FROM notice_channel', []))
  expect(stored).not.toContain('SECRET')
  expect(JSON.stringify(await db.read((ctx) => channels.list(ctx)))).not.toContain('SECRET')
  const text = '<!channel> [To:1] *見て*'
  await scenario('chat.me', [
    notice({ id: 'n1', by: 'slack', channel: made.slack.id, text }),
    notice({ id: 'n2', by: 'teams', channel: made.teams.id, text }),
    notice({ id: 'n3', by: 'chatwork', channel: made.chatwork.id, text }),
  ])
  const who = await someone({ familyName: '見本' })
  got = []
  status = 200
  await happens([who], 'chat.me')
  expect(got).toEqual([])
  expect(await sweepCalls(db.house)).toBe(3)
  const of = (path: string) => got.find((one) => one.path.startsWith(path))
  const slack = JSON.parse(of('/slack/')?.body ?? '{}') as { text: string }
  expect(slack.text).toContain('&lt;!channel&gt;')
  expect(slack.text).toContain(`/leads/${who.id}`)
  expect(of('/slack/')?.body).toContain('見本')
  expect(of('/teams/')?.body).toContain('AdaptiveCard')
  expect(of('/teams/')?.body).toContain('\\\\*見て')
  expect(of('/v2/rooms/4321/messages')?.headers['x-chatworktoken']).toBe('TOKENSECRET')
  expect(new URLSearchParams(of('/v2/')?.body).get('body')).toContain('［To:1］')
})

test('a chat that is down is tried again under the same notice, and its fault stands at the channel and at the step', async () => {
  const slack = await db.tx((ctx) => channels.create(ctx, { name: '休み', way: 'slack', secretUrl: `${base}/slack/down` }))
  await scenario('chat.down', [notice({ by: 'slack', channel: slack.id })])
  const who = await someone()
  status = 503
  await happens([who], 'chat.down')
  await sweepCalls(db.house)
  expect(await saidOf(who, 'n')).toMatchObject([{ outcome: 'call_retrying', detail: 'status 503' }])
  expect((await db.read((ctx) => channels.list(ctx))).items.find((one) => one.id === slack.id)?.lastFault).toBe('status 503')
  status = 200
  db.clock.advance(10_000)
  await sweepCalls(db.house)
  expect(await saidOf(who, 'n')).toEqual([{ kind: 'done' }])
  const door = doorOf(db.house, SYSTEM, { ip: '', headers: {} })
  status = 404
  expect(await tryChannel(door, { id: slack.id })).toEqual({ ok: false, reason: 'status 404' })
})

test('a chat without an address keeps its notices in the house: scenarios can be tried before anybody is told', async () => {
  const kept = await db.tx((ctx) => channels.create(ctx, { name: 'ためし', way: 'teams' }))
  await scenario('chat.kept', [notice({ by: 'teams', channel: kept.id })])
  const who = await someone()
  got = []
  await happens([who], 'chat.kept')
  await sweepCalls(db.house)
  expect(got).toEqual([])
  expect((await db.read((ctx) => channels.kept(ctx, { id: kept.id }))).items[0]?.text).toContain('資料を見ました')
})

test('NUR-25 a call task carries its script; the result that sales chooses takes its branch, silence takes the other', async () => {
  const branch = (key: string, steps: Step[]) => ({ key, name: '', weight: 0, steps })
  const call: Step = {
    ...{ ...base0('call'), kind: 'task', title: '掘り起こしの電話', script: '前回の検討状況をうかがう', assignee: { kind: 'none' } },
    results: [
      { key: 'a', name: '興味あり' },
      { key: 'b', name: '時期ではない' },
    ],
    within: { amount: 5, unit: 'days' },
    branches: [branch('a', [tag('keen')]), branch('b', [tag('later')]), branch('timedOut', [tag('silent')])],
  }
  await scenario('lost.deal', [call, tag('all')])
  const [keen, silent] = [await someone(), await someone()]
  await happens([keen, silent], 'lost.deal')
  const { items } = await db.read((ctx) => tasks.list(ctx, { state: 'open', leadId: keen.id, limit: 10 }))
  expect(items).toMatchObject([{ title: '掘り起こしの電話', body: '前回の検討状況をうかがう', results: [{ key: 'a' }, { key: 'b' }] }])
  const id = items[0]?.id ?? ''
  await expect(db.tx((ctx) => tasks.change(ctx, { leadId: keen.id, id, done: true }))).rejects.toMatchObject({ code: 'task.result' })
  await expect(db.tx((ctx) => tasks.change(ctx, { leadId: keen.id, id, result: 'z' }))).rejects.toMatchObject({ code: 'task.result' })
  expect(await tagsOf(keen)).toEqual([])
  await db.tx((ctx) => tasks.change(ctx, { leadId: keen.id, id, result: 'a' }))
  await turnUntilQuiet(db.house)
  expect(await tagsOf(keen)).toEqual(['keen', 'all'])
  db.clock.advance(5 * 86_400_000)
  await turnTimers(db.house)
  await turnUntilQuiet(db.house)
  expect(await tagsOf(silent)).toEqual(['silent', 'all'])
})

test('an owner is given by a group in turn, by name, or taken away; whoever has one keeps it unless the step says otherwise', async () => {
  const [anna, ben] = [await aUser('anna', 'sales'), await aUser('ben', 'sales')]
  const group = { id: 'g', name: '営業', members: [anna, ben].map(({ id }) => ({ userId: id, weight: 1 })) }
  await db.tx((ctx) => savePlan(ctx, { ...NO_PLAN, groups: [group] }))
  const own = (rule: Extract<Step, { kind: 'owner' }>['rule'], replace = false): Step => ({ ...base0('o'), kind: 'owner', rule, replace })
  await scenario('turn.me', [own({ kind: 'roundRobin', group: 'g' })])
  await scenario('ben.me', [own({ kind: 'user', user: ben.id }, true)])
  await scenario('free.me', [own({ kind: 'none' })])
  const crowd = [await someone(), await someone(), await someone(), await someone()]
  await happens(crowd, 'turn.me')
  const owners = async () => {
    const found = await db.read((ctx) => loadPeople(ctx, crowd))
    return crowd.map((one) => found.get(one.id)?.owner_id)
  }
  expect((await owners()).filter((id) => id === anna.id)).toHaveLength(2)
  expect((await owners()).filter((id) => id === ben.id)).toHaveLength(2)
  await happens([crowd[0] as Subject], 'turn.me')
  expect((await saidOf(crowd[0] as Subject, 'o')).at(-1)).toMatchObject({ outcome: 'owner_kept' })
  await happens(crowd, 'ben.me')
  expect(new Set(await owners())).toEqual(new Set([ben.id]))
  await happens([crowd[0] as Subject], 'free.me')
  expect((await owners())[0]).toBeNull()
})

test('NUR-28 a status of a campaign is set, and one that is gone is the reason at the step', async () => {
  const { id } = await db.tx((ctx) => campaigns.create(ctx, { name: '展示会', kind: 'exhibition', statuses: ['招待', '来場'] }))
  await scenario('came', [
    { ...base0('c1'), kind: 'campaign', campaign: id, status: '来場' },
    { ...base0('c2'), kind: 'campaign', campaign: id, status: 'ない' },
  ])
  const who = await someone()
  await happens([who], 'came')
  expect((await db.read((ctx) => campaigns.ofLead(ctx, { leadId: who.id }))).items).toMatchObject([{ id, status: '来場' }])
  expect(await saidOf(who, 'c2')).toMatchObject([{ outcome: 'no_status' }])
})

test('GEN-04 a scenario asks for consent by double opt-in, once, and only people who may be reached at all', async () => {
  await scenario('ask.me', [{ ...base0('k'), kind: 'consent' }])
  const [who, stopped] = [await someone(), await someone()]
  await rows('UPDATE person SET mail_stop = 1 WHERE id = $1', [stopped.id])
  await happens([who, stopped], 'ask.me')
  await sendDue(db.house)
  const asked = await rows("SELECT person_id FROM delivery WHERE what LIKE 'optin:%' AND person_id = ANY($1)", [[who.id, stopped.id]])
  expect(asked).toEqual([{ person_id: who.id }])
  expect(await saidOf(stopped, 'k')).toMatchObject([{ outcome: 'unsubscribed' }])
})

test('NUR-17 a scenario starts another and takes people out of one', async () => {
  const wait: Step = { ...base0('w'), kind: 'wait', until: { kind: 'for', amount: 3, unit: 'days', businessHours: false } }
  const other = await scenario('other.begins', [tag('other'), wait, tag('never')])
  await scenario('start.other', [{ ...base0('s'), kind: 'scenario', scenario: other, do: 'start' }])
  await scenario('stop.other', [{ ...base0('s'), kind: 'scenario', scenario: other, do: 'stop' }])
  const who = await someone()
  await happens([who], 'start.other')
  expect(await tagsOf(who)).toEqual(['other'])
  await happens([who], 'stop.other')
  expect(await rows('SELECT how FROM run WHERE person_id = $1 AND scenario_id = $2', [who.id, other])).toEqual([{ how: 'stopped' }])
  db.clock.advance(4 * 86_400_000)
  await turnTimers(db.house)
  expect(await tagsOf(who)).toEqual(['other'])
})

test('SAL-07 a notice by mail reaches the owner, a role or an address, once for all leads of a batch', async () => {
  const carla = await aUser('carla', 'marketer')
  await scenario('mail.role', [notice({ by: 'mail', to: { kind: 'role', role: 'marketer' }, text: 'まとめて' })])
  await scenario('mail.address', [notice({ by: 'mail', to: { kind: 'address', address: 'desk@mihon.example' }, text: '窓口へ' })])
  const crowd = [await someone(), await someone(), await someone()]
  await happens(crowd, 'mail.role')
  await happens([crowd[0] as Subject], 'mail.address')
  await db.drain()
  const mails = await rows('SELECT envelope_to, count(*)::int AS n FROM mailbox_mail WHERE envelope_to = ANY($1) GROUP BY 1 ORDER BY 1', [
    [carla.email, 'desk@mihon.example'],
  ])
  expect(mails).toEqual([
    { envelope_to: 'carla@mihon.example', n: 1 },
    { envelope_to: 'desk@mihon.example', n: 1 },
  ])
})

test('what a step refers to and is gone keeps a scenario from being published, and the step is named', async () => {
  const gone = '00000000-0000-4000-8000-00000000dead'
  const steps: Step[] = [
    { ...base0('c'), kind: 'campaign', campaign: gone, status: '来場' },
    { ...base0('s'), kind: 'scenario', scenario: gone, do: 'start' },
    notice({ by: 'slack', channel: gone }),
  ]
  await expect(scenario('gone.things', steps)).rejects.toMatchObject({
    errors: ['c', 's', 'n'].map((field) => ({ field, reason: 'gone' })),
  })
})
