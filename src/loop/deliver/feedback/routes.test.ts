import Fastify, { type FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { queue } from '../outbox/service.ts'
import { EMPTY_MAIL } from '../sender/contract.ts'
import { sendDue } from '../sender/lanes.ts'
import { saveMail } from '../sender/settings.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { publicRoutes } from './routes.ts'
import { mailToken, tokenKeys } from './token.ts'

let db: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  db = await testHouse()
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
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
  await app.close()
  await db.close()
})

let n = 0
async function mailed(): Promise<{ subject: Subject; token: string }> {
  n++
  const draft = {
    subject: 'x',
    preheader: '',
    blocks: [
      {
        id: 'a',
        kind: 'button' as const,
        label: 'x',
        href: 'https://www.mihon.example/pricing',
        align: 'center' as const,
        color: '#000000',
      },
    ],
  }
  const compiled = await compile(draft)
  const template = await db.tx((ctx) => make(ctx, { name: 'x', draft }, compiled))
  const [made] = await db.tx((ctx) =>
    identify(ctx, [{ mail: `reader${n}@example.co.jp`, at: ctx.now, route: 'form', consent: { basis: 'consent' } }]),
  )
  const subject = made?.subject as Subject
  const [answer] = await db.tx((ctx) =>
    queue(ctx, [{ subject, what: `notice:x:${n}`, templateVersion: template.versionId, purpose: 'marketing' }]),
  )
  await sendDue(db.house)
  db.clock.advance(60_000)
  return { subject, token: mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: answer?.delivery ?? '' }) }
}

const stopOf = async (subject: Subject) =>
  (
    await db.read((ctx) =>
      sql<{ mail_stop: number }>`SELECT mail_stop FROM person WHERE bucket = ${subject.bucket} AND id = ${subject.id}`.execute(ctx.db),
    )
  ).rows[0]?.mail_stop
const UA = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/142' }

test('X8 looking at the way out changes nothing, whoever looks', async () => {
  const { subject, token } = await mailed()
  for (const method of ['GET', 'HEAD'] as const) {
    const answer = await app.inject({ method, url: `/u/${token}`, headers: UA })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toBeUndefined()
  }
  await app.inject({ method: 'GET', url: `/u/${token}?List-Unsubscribe=One-Click`, headers: UA })
  expect((await app.inject({ method: 'GET', url: `/u/${token}/preferences` })).statusCode).toBe(404)
  expect(await stopOf(subject)).toBe(0)
})

test('GEN-01 one click unsubscribes without cookie or redirect, in every form mail programs post it', async () => {
  const boundary = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
  for (const [type, payload] of [
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['multipart/form-data; boundary=b', boundary],
    ['text/plain', ''],
  ] as const) {
    const { subject, token } = await mailed()
    const answer = await app.inject({ method: 'POST', url: `/u/${token}`, headers: { 'content-type': type }, payload })
    expect(answer.statusCode, type).toBe(200)
    expect(answer.headers.location).toBeUndefined()
    expect(await stopOf(subject), type).toBe(1)
    const again = await app.inject({ method: 'POST', url: `/u/${token}`, headers: { 'content-type': type }, payload })
    expect(again.statusCode).toBe(200)
  }
})

test('GEN-01 the same stop posted again has no second effect, and a stop after a resumption is told again', async () => {
  const { subject, token } = await mailed()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const stop = () => app.inject({ method: 'POST', url: `/u/${token}`, headers: form, payload: 'List-Unsubscribe=One-Click' })
  const told = async () =>
    Number(
      (
        await db.house.pool.query<{ n: number }>("SELECT count(*) AS n FROM journal WHERE person_id = $1 AND name = 'mail.unsubscribed'", [
          subject.id,
        ])
      ).rows[0]?.n,
    )
  const first = await Promise.all([stop(), stop(), stop()])
  db.clock.advance(1_000)
  for (const answer of [...first, await stop()]) expect(answer.statusCode).toBe(200)
  expect(await told()).toBe(1)
  await app.inject({ method: 'POST', url: `/u/${token}/preferences`, headers: form, payload: 'lang=ja&receive=1' })
  expect(await stopOf(subject)).toBe(0)
  db.clock.advance(1_000)
  await stop()
  expect([await stopOf(subject), await told()]).toEqual([1, 2])
})

test('GEN-02 the page stops and resumes, in the language of the reader', async () => {
  const { subject, token } = await mailed()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const stopped = await app.inject({ method: 'POST', url: `/u/${token}`, headers: form, payload: 'lang=en' })
  expect(stopped.body).toContain('You will not receive these mails any more.')
  expect(await stopOf(subject)).toBe(1)
  const back = await app.inject({ method: 'POST', url: `/u/${token}/preferences`, headers: form, payload: 'lang=ja&receive=1' })
  expect(back.body).toContain('設定を保存しました。')
  expect(await stopOf(subject)).toBe(0)
  expect(back.body).not.toContain(`reader${n}@`)
})

test('GEN-02 the page is in the language the browser asks for by weight; for whoever says nothing it is in that of our mails', async () => {
  const { token } = await mailed()
  const shown = async (language?: string) =>
    /<html lang="(\w+)">/.exec(
      (await app.inject({ method: 'GET', url: `/u/${token}`, headers: language === undefined ? {} : { 'accept-language': language } }))
        .body,
    )?.[1]
  expect(await shown('de-DE,de;q=0.9,en;q=0.8')).toBe('en')
  expect(await shown('zh-CN,en;q=0.5')).toBe('en')
  expect(await shown('fr')).toBe('en')
  expect(await shown('fr,ja;q=0.9,en;q=0.8')).toBe('ja')
  expect(await shown()).toBe('ja')
  await db.tx(async (ctx) => saveMail(ctx, { ...EMPTY_MAIL, language: 'en' }))
  expect(await shown()).toBe('en')
  expect(await shown('ja')).toBe('ja')
  await db.tx(async (ctx) => saveMail(ctx, EMPTY_MAIL))
})

test('GEN-02 the reason somebody ticks when they stop is told in the event and the ledger; what the page does not offer is left out', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const told = async (reason: string) => {
    const { subject, token } = await mailed()
    await app.inject({ method: 'POST', url: `/u/${token}`, headers: form, payload: `lang=ja&reason=${reason}` })
    const { rows } = await db.house.pool.query<{ reason: string | null; text: string | null }>(
      `SELECT j.props->>'reason' AS reason, c.text FROM journal j JOIN consent_entry c ON c.bucket = j.bucket AND c.person_id = j.person_id AND NOT c.given
       WHERE j.person_id = $1 AND j.name = 'mail.unsubscribed'`,
      [subject.id],
    )
    return rows
  }
  expect(await told('often')).toEqual([{ reason: 'often', text: 'often' }])
  expect(await told('%3Cb%3E')).toEqual([{ reason: null, text: null }])
})

test('GEN-04 a mail to an address they have left can stop more, and lifts nothing', async () => {
  const { subject, token } = await mailed()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  await db.tx((ctx) => updateLead(ctx, { id: subject.id, mail: `moved${n}@example.co.jp` }))
  await db.tx((ctx) => stopMail(ctx, { address: `moved${n}@example.co.jp`, reason: 'unsubscribe', at: ctx.now }))
  await app.inject({ method: 'POST', url: `/u/${token}/preferences`, headers: form, payload: 'lang=ja&receive=1' })
  expect(await stopOf(subject)).toBe(1)
})

test('TRK-13 a click is led to the stored address and nowhere else', async () => {
  const { token } = await mailed()
  const answer = await app.inject({ method: 'GET', url: `/c/${token}/1?url=https://evil.example&next=//evil.example`, headers: UA })
  expect([answer.statusCode, answer.headers.location]).toEqual([302, 'https://www.mihon.example/pricing'])
  for (const path of [
    `/c/${token}/2`,
    `/c/${token}/-1`,
    `/c/${token}/999`,
    `/c/${'A'.repeat(64)}/1`,
    `/c/x/1`,
    `/c/${token}/1%2f%2fevil.example`,
  ]) {
    const refused = await app.inject({ method: 'GET', url: path, headers: UA })
    expect(refused.statusCode, path).toBe(404)
    expect(refused.headers.location).toBeUndefined()
  }
  const pixel = await app.inject({ method: 'GET', url: `/o/${'A'.repeat(64)}.gif` })
  expect([pixel.statusCode, pixel.headers['content-type']]).toEqual([200, 'image/gif'])
})

test('GEN-02 GEN-03 whoever does not want to be counted gets no pixel and links that name nobody; the choice is in the ledger, and can be taken back', async () => {
  const { subject, token } = await mailed()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const prefer = (more: string) =>
    app.inject({ method: 'POST', url: `/u/${token}/preferences`, headers: form, payload: `lang=ja&receive=1&tracking_shown=1${more}` })
  const letter = async () => {
    n++
    const draft = {
      subject: 'y',
      preheader: '',
      blocks: [
        {
          id: 'a',
          kind: 'button' as const,
          label: 'x',
          href: 'https://www.mihon.example/next',
          align: 'center' as const,
          color: '#000000',
        },
      ],
    }
    const template = await db.tx(async (ctx) => make(ctx, { name: `y${n}`, draft }, await compile(draft)))
    await db.tx((ctx) => queue(ctx, [{ subject, what: `notice:y:${n}`, templateVersion: template.versionId, purpose: 'marketing' }]))
    await sendDue(db.house)
    const found = await db.read((ctx) =>
      sql<{ raw: Buffer }>`SELECT raw FROM mailbox_mail ORDER BY at DESC, id DESC LIMIT 1`.execute(ctx.db),
    )
    return { html: (await PostalMime.parse(found.rows[0]?.raw ?? Buffer.alloc(0))).html ?? '', version: template.versionId }
  }
  expect((await letter()).html).toContain('/o/')
  expect((await prefer('')).body).not.toContain('name="tracking" value="1" checked')
  db.clock.advance(60_000)
  const plain = await letter()
  expect(plain.html).not.toContain('/o/')
  expect(plain.html).not.toMatch(/\/c\//)
  const link = `/r/${plain.version}/1`
  expect(plain.html).toContain(link)
  const answer = await app.inject({ method: 'GET', url: link, headers: UA })
  expect([answer.statusCode, answer.headers.location]).toEqual([302, 'https://www.mihon.example/next'])
  expect((await app.inject({ method: 'GET', url: `/r/${plain.version}/9`, headers: UA })).statusCode).toBe(404)
  // Links in mails of before lead on, and nothing is written down.
  await app.inject({ method: 'GET', url: `/c/${token}/1`, headers: UA })
  const kept = await db.read((ctx) =>
    sql<{ n: number }>`SELECT count(*)::int AS n FROM mail_hit WHERE person_id = ${subject.id}`.execute(ctx.db),
  )
  expect(kept.rows[0]?.n).toBe(0)
  const ledger = await db.read((ctx) =>
    sql<{ given: boolean }>`SELECT given FROM consent_state WHERE person_id = ${subject.id} AND purpose = 'tracking_email'`.execute(ctx.db),
  )
  expect(ledger.rows).toEqual([{ given: false }])
  db.clock.advance(60_000)
  expect((await prefer('&tracking=1')).body).toContain('name="tracking" value="1" checked')
  db.clock.advance(60_000)
  expect((await letter()).html).toContain('/o/')
})

test('X8 M8 ten scanners of every kind look at the way out, and nobody is unsubscribed', async () => {
  const { subject, token } = await mailed()
  for (const agent of [
    'Barracuda',
    'Proofpoint',
    'Mimecast',
    '',
    'Mozilla/5.0',
    'curl/8',
    'bingbot',
    'python-requests/2',
    'Symantec',
    'Mozilla/5.0 (Windows NT 10.0) Chrome/142',
  ])
    for (const method of ['GET', 'HEAD'] as const)
      for (const path of ['', '?List-Unsubscribe=One-Click', '/preferences', '/confirm'])
        await app.inject({ method, url: `/u/${token}${path}`, headers: { 'user-agent': agent, purpose: 'prefetch' } })
  expect(await stopOf(subject)).toBe(0)
})
