import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { type Basis, identify, stopMail } from '#loop/identify/service.ts'
import { testHouse } from '../../../test/house.ts'
import { aSegment, db, HUMAN, openMailing, aTemplate as templateOf } from '../../../test/mailing.ts'
import { choose, followed, opened, stopped } from './feedback/service.ts'
import { mailToken, tokenKeys } from './feedback/token.ts'
import { queue, unknowns } from './outbox/service.ts'
import { sendDue } from './sender/lanes.ts'
import type { Draft } from './template/contract.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())
beforeEach(async () => {
  db.clock.advance(60_000)
  await db.tx((ctx) => sql`DELETE FROM mailbox_mail`.execute(ctx.db))
})

/** A mail as its reader's program sees it. */
const openMail = async (raw: Buffer) => {
  const mail = await PostalMime.parse(raw)
  return { html: mail.html ?? '', text: mail.text ?? '', headers: mail.headers.map((h) => ({ name: h.originalKey, value: h.value })) }
}

const draft = (subject = '{{ lead.family_name }}様へのご案内'): Draft => ({
  subject,
  preheader: '',
  blocks: [
    {
      id: 'a',
      kind: 'text',
      doc: {
        type: 'doc',
        content: [{ type: 'paragraph', content: [{ type: 'mergeField', attrs: { field: 'lead.salutation', fallback: '' } }] }],
      },
    },
    { id: 'b', kind: 'button', label: '料金を見る', href: 'https://www.mihon.example/pricing?x=1&y=2', align: 'center', color: '#4f63d8' },
    { id: 'c', kind: 'button', label: '事例', href: 'https://www.mihon.example/cases', align: 'center', color: '#4f63d8' },
  ],
})

const aTemplate = (given = draft()) => templateOf(given)

let people = 0
const someLeads = (n: number, basis: Basis | null = 'consent'): Promise<Subject[]> =>
  db.tx(async (ctx) => {
    const acts = Array.from({ length: n }, () => {
      people++
      return {
        mail: `lead${people}@example.co.jp`,
        fields: { familyName: `見本${people}`, companyName: '株式会社サンプル01' },
        at: ctx.now,
        route: 'form' as const,
        ...(basis ? { consent: { basis, text: '同意します' } } : {}),
      }
    })
    return (await identify(ctx, acts)).map((o) => o.subject)
  })

const mails = async () =>
  (
    await db.read((ctx) =>
      sql<{
        envelope_to: string
        raw: Buffer
        message_id: string
      }>`SELECT envelope_to, raw, message_id FROM mailbox_mail ORDER BY at, id`.execute(ctx.db),
    )
  ).rows
const deliveries = async (what: string) =>
  (
    await db.read((ctx) =>
      sql<{
        id: string
        person_id: string
        status: string
        reason: string | null
      }>`SELECT id, person_id, status, reason FROM delivery WHERE what = ${what} ORDER BY id`.execute(ctx.db),
    )
  ).rows
const events = async (subject: Subject, name: string) =>
  (
    await db.read((ctx) =>
      sql<{
        props: Record<string, unknown>
      }>`SELECT props FROM journal WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND name = ${name}`.execute(ctx.db),
    )
  ).rows.map((r) => r.props)
const status = async (subject: Subject, what: string) => (await deliveries(what)).find((d) => d.person_id === subject.id)

async function oneSent(what: string): Promise<{ subject: Subject; token: string; delivery: string }> {
  const template = await aTemplate()
  const [subject] = (await someLeads(1)) as [Subject]
  await db.tx((ctx) => queue(ctx, [{ subject, what, templateVersion: template.versionId, purpose: 'marketing' }]))
  await sendDue(db.house)
  const delivery = (await status(subject, what))?.id ?? ''
  return { subject, delivery, token: mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: delivery }) }
}

test('NUR-04 a mail queued for one person leaves once, in their words, with its link tracked and its unsubscribe signed in', async () => {
  const { subject, token } = await oneSent('run:1:2')
  await sendDue(db.house)
  const all = await mails()
  expect(all).toHaveLength(1)
  const mail = await openMail(all[0]?.raw as Buffer)
  const header = (name: string) => mail.headers.find((h) => h.name === name)?.value
  expect(mail.text).toContain('株式会社サンプル01')
  expect(mail.html).toContain(`http://hagukumi.test/c/${token}/1`)
  expect(mail.html).toContain(`/o/${token}.gif`)
  expect(mail.html).not.toContain('mihon.example/pricing')
  expect(mail.text).toContain('株式会社見本')
  expect(mail.text).toContain('東京都見本区1-2-3')
  expect(header('List-Unsubscribe')).toBe(`<http://hagukumi.test/u/${token}>`)
  expect(header('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
  expect(await events(subject, 'mail.sent')).toHaveLength(1)
})

test('GEN-04 nobody without basis, address or with a stop is mailed, and each is counted with the reason', async () => {
  const template = await aTemplate()
  const [ok, stoppedLead] = (await someLeads(2)) as [Subject, Subject]
  const [noBasis] = (await someLeads(1, null)) as [Subject]
  await db.tx(async (ctx) => stopMail(ctx, { address: `lead${people - 1}@example.co.jp`, reason: 'manual', at: ctx.now }))
  const answers = await db.tx((ctx) =>
    queue(
      ctx,
      [ok, stoppedLead, noBasis].map((subject) => ({
        subject,
        what: 'notice:a',
        templateVersion: template.versionId,
        purpose: 'marketing' as const,
      })),
    ),
  )
  expect(answers.map((a) => a.reason)).toEqual([null, 'stopped', 'no_basis'])
  const again = await db.tx((ctx) =>
    queue(ctx, [{ subject: ok, what: 'notice:a', templateVersion: template.versionId, purpose: 'marketing' }]),
  )
  expect(again[0]?.delivery).toBeNull()
  await sendDue(db.house)
  expect((await mails()).map((m) => m.envelope_to)).toEqual([`lead${people - 2}@example.co.jp`])
})

test('GEN-01 whoever unsubscribes between queue and mark gets nothing, and the row says why', async () => {
  const template = await aTemplate()
  const [subject] = (await someLeads(1)) as [Subject]
  await db.tx((ctx) => queue(ctx, [{ subject, what: 'notice:b', templateVersion: template.versionId, purpose: 'marketing' }]))
  await db.tx((ctx) => stopMail(ctx, { address: `lead${people}@example.co.jp`, reason: 'unsubscribe', at: ctx.now }))
  await sendDue(db.house)
  expect(await mails()).toHaveLength(0)
  expect(await status(subject, 'notice:b')).toMatchObject({ status: 'suppressed', reason: 'unsubscribed' })
})

test('NUR-03 a block is shown only to those in its segment', async () => {
  const [inside, outside] = (await someLeads(2)) as [Subject, Subject]
  const segmentId = await aSegment([inside])
  const template = await aTemplate({
    ...draft(),
    blocks: [{ id: 'x', kind: 'heading', text: '会員限定', level: 1, align: 'left', when: { kind: 'segment', segmentId, isIn: true } }],
  })
  await db.tx((ctx) =>
    queue(
      ctx,
      [inside, outside].map((subject) => ({
        subject,
        what: 'notice:seg',
        templateVersion: template.versionId,
        purpose: 'marketing' as const,
      })),
    ),
  )
  await sendDue(db.house)
  const texts = await Promise.all(
    (await mails()).map(async (m) => [m.envelope_to, (await openMail(m.raw)).text.includes('会員限定')] as const),
  )
  expect(new Map(texts)).toEqual(
    new Map([
      [`lead${people - 1}@example.co.jp`, true],
      [`lead${people}@example.co.jp`, false],
    ]),
  )
})

test('TRK-13 opens and clicks count for people, machines are kept apart and start nothing', async () => {
  const { subject, token } = await oneSent('run:9:1')
  db.clock.advance(60_000)
  expect(await db.tx((ctx) => followed(ctx, token, 1, { ...HUMAN, userAgent: 'Barracuda Sentinel (EE)' }))).toEqual({
    agent: 'machine',
    url: 'https://www.mihon.example/pricing?x=1&y=2',
  })
  expect(await db.tx((ctx) => opened(ctx, token, HUMAN))).toBe('human')
  db.clock.advance(5_000)
  expect(await db.tx((ctx) => followed(ctx, token, 1, HUMAN))).toMatchObject({ agent: 'human' })
  db.clock.advance(500)
  expect(await db.tx((ctx) => followed(ctx, token, 2, HUMAN))).toMatchObject({ agent: 'machine' })
  // Two links within half a second: the first of them was the scanner's as well, and that is said aloud.
  expect((await events(subject, 'mail.clicked')).map((p) => p['agent']).sort()).toEqual(['machine', 'machine', 'machine'])
  expect(await events(subject, 'mail.rejudged')).toMatchObject([{ kind: 'click', link: 1, from: 'human', to: 'machine' }])
  const news = await db.read((ctx) =>
    sql<{ name: string }>`SELECT name FROM news WHERE person_id = ${subject.id} AND name LIKE 'mail.%' ORDER BY seq`.execute(ctx.db),
  )
  expect(news.rows.map((r) => r.name)).toEqual(['mail.sent', 'mail.opened', 'mail.clicked', 'mail.rejudged'])
})

test('TRK-13 the link nobody sees gives a scanner away for all that it touches near it', async () => {
  const { token } = await oneSent('run:9:2')
  db.clock.advance(60_000)
  expect(await db.tx((ctx) => followed(ctx, token, 0, HUMAN))).toEqual({ agent: 'machine', url: null })
  db.clock.advance(10_000)
  expect(await db.tx((ctx) => followed(ctx, token, 2, HUMAN))).toMatchObject({ agent: 'machine' })
  db.clock.advance(3_600_000)
  expect(await db.tx((ctx) => followed(ctx, token, 2, HUMAN))).toMatchObject({ agent: 'human' })
})

test('GEN-02 topics and the global stop are chosen by the person, each change logged, and only they come back', async () => {
  const { subject, token } = await oneSent('run:9:3')
  const topic = await db.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO mail_topic (id, ja, en, created_at) VALUES (${id}, '製品情報', 'Products', ${ctx.now})`.execute(ctx.db)
    return id
  })
  const template = await aTemplate()
  await db.tx((ctx) => choose(ctx, token, { receive: true, topics: [] }))
  expect(await events(subject, 'mail.preferences')).toMatchObject([{ stopped: [topic], resumed: [] }])
  const [answer] = await db.tx((ctx) =>
    queue(ctx, [{ subject, what: 'notice:topic', templateVersion: template.versionId, purpose: 'marketing', topicId: topic }]),
  )
  expect(answer?.reason).toBe('topic')
  await db.tx((ctx) => stopped(ctx, token, 'page'))
  const stop = async () =>
    (
      await db.read((ctx) =>
        sql<{ mail_stop: number }>`SELECT mail_stop FROM person WHERE bucket = ${subject.bucket} AND id = ${subject.id}`.execute(ctx.db),
      )
    ).rows[0]?.mail_stop
  expect(await stop()).toBe(1)
  db.clock.advance(1_000)
  await db.tx((ctx) => choose(ctx, token, { receive: true, topics: [topic] }))
  expect(await stop()).toBe(0)
  expect(await events(subject, 'consent.given')).not.toHaveLength(0)
})

test('S3 a worker that slept through its lease marks nothing, and what it held goes out once', async () => {
  const template = await aTemplate()
  const [subject] = (await someLeads(1)) as [Subject]
  await db.tx((ctx) => queue(ctx, [{ subject, what: 'notice:s3', templateVersion: template.versionId, purpose: 'marketing' }]))
  const { openLedger } = await import('./sender/ledger.ts')
  const { takeRound } = await import('./sender/round.ts')
  const { beat } = await import('./sender/queries.ts')
  const sleeper = '00000000-0000-7000-8000-00000000aaaa'
  await db.tx((ctx) => beat(ctx.db, sleeper, new Date(ctx.now.getTime() + 15_000)))
  const [row] = (await takeRound(db.house, sleeper, 10)).rows
  if (!row) throw new Error('nothing was claimed')
  db.clock.advance(300_000)
  await sendDue(db.house)
  expect(await mails()).toHaveLength(1)
  const late = await openLedger(db.house, sleeper).mark({
    bucket: row.bucket,
    person_id: row.person_id,
    id: row.id,
    fence: row.fence,
    address: `lead${people}@example.co.jp`,
    displayId: null,
  })
  expect(late).toBe(false)
})

test('S1 what was on the wire when its worker died is held as unknown, never sent again by itself', async () => {
  const template = await aTemplate()
  const [subject] = (await someLeads(1)) as [Subject]
  await db.tx((ctx) => queue(ctx, [{ subject, what: 'notice:s1', templateVersion: template.versionId, purpose: 'marketing' }]))
  const { openLedger } = await import('./sender/ledger.ts')
  const { takeRound } = await import('./sender/round.ts')
  const dead = '00000000-0000-7000-8000-00000000bbbb'
  const [row] = (await takeRound(db.house, dead, 10)).rows
  if (!row) throw new Error('nothing was claimed')
  expect(
    await openLedger(db.house, dead).mark({
      bucket: row.bucket,
      person_id: row.person_id,
      id: row.id,
      fence: row.fence,
      address: `lead${people}@example.co.jp`,
      displayId: null,
    }),
  ).toBe(true)
  await sendDue(db.house)
  await sendDue(db.house)
  expect(await mails()).toHaveLength(0)
  expect(await status(subject, 'notice:s1')).toMatchObject({ status: 'unknown' })
  expect((await db.read((ctx) => unknowns(ctx, null, 10))).total).toBe(1)
  // An open proves that it arrived.
  db.clock.advance(60_000)
  await db.tx((ctx) => opened(ctx, mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: row.id }), HUMAN))
  expect(await status(subject, 'notice:s1')).toMatchObject({ status: 'sent' })
})
