// Merge fields of deals, companies and every declared fact: what a reader really gets, through real SMTP.
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { EMPTY_MAIL } from '#loop/deliver/sender/contract.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { saveMail } from '#loop/deliver/sender/settings.ts'
import { type Draft, draft as draftSchema, factField } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make, preview } from '#loop/deliver/template/service.ts'
import { allFacts } from '#loop/identify/facts.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { identify } from '#loop/identify/service.ts'
import * as deals from '#loop/sales/deals/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { type Sink, startSink } from './sink.ts'

let db: TestDatabase
let sink: Sink
interface Person {
  readonly bucket: number
  readonly id: string
}
let withDeal: Person
let bare: Person
beforeAll(async () => {
  db = await testHouse()
  sink = await startSink()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) => updateCompany(ctx, { legalName: '株式会社見本', senderEmail: 'news@mihon.example', senderName: '見本ニュース' }))
  await db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none' }))
  await db.tx((ctx) =>
    createField(ctx, { key: 'renewal', type: 'date', ja: '更新日', en: 'Renewal', class: 'basic', options: [] } as never),
  )
  const [one, two] = await db.tx((ctx) =>
    identify(
      ctx,
      ['taro@example.co.jp', 'jiro@example.org'].map((mail) => ({ mail, at: ctx.now, route: 'form' as const })),
    ),
  )
  withDeal = one?.subject as Person
  bare = two?.subject as Person
  await db.tx(async (ctx) => {
    await sql`UPDATE person SET family_name = '見本', company_name = '株式会社サンプル01', industry = 'manufacturing', attrs = '{"renewal":"2026-09-01"}' WHERE bucket = ${withDeal.bucket} AND id = ${withDeal.id}`.execute(
      ctx.db,
    )
    await deals.create(ctx, { leadIds: [withDeal.id], name: '古い商談', amount: 1 })
  })
  db.clock.advance(60_000)
  await db.tx((ctx) =>
    deals.create(ctx, {
      leadIds: [withDeal.id],
      name: '<b>導入</b> & "見積"\r\nBcc: x@evil.example',
      amount: 1_200_000,
      expectedClose: '2026-06-30',
    }),
  )
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

const field = (name: string, fallback = '') => ({ type: 'mergeField' as const, attrs: { field: factField(name), fallback } })
const draftOf = (names: readonly string[]): Draft =>
  draftSchema.parse({
    subject: `商談：{{ ${factField('sales.deal_name')} | default: "なし" }}`,
    preheader: '',
    blocks: [
      {
        kind: 'text',
        id: 't',
        doc: {
          type: 'doc',
          content: names.map((name) => ({ type: 'paragraph', content: [{ type: 'text', text: `${name}=` }, field(name, '未定')] })),
        },
      },
    ],
  })
const DEAL = ['sales.deal_name', 'sales.deal_stage', 'sales.deal_amount', 'sales.deal_close', 'sales.open_deals', 'attrs.renewal']

let n = 0
async function sent(draft: Draft, people: readonly Person[]) {
  const compiled = await compile(draft)
  const { versionId } = await db.tx((ctx) => make(ctx, { name: `見本${n}`, draft }, compiled))
  await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what: `notice:merge:${n++}`, templateVersion: versionId, purpose: 'transactional' as const })),
    ),
  )
  const before = sink.taken.length
  await sendDue(db.house)
  const taken = sink.taken.slice(before)
  return new Map(
    await Promise.all(
      taken.map(async (one) => [one.to[0], { raw: one.raw, mail: await PostalMime.parse(Buffer.from(one.raw, 'latin1')) }] as const),
    ),
  )
}

test('NUR-07 a mail speaks of the newest open deal, of custom fields and of facts, in words; whoever has none gets the fallback', async () => {
  const got = await sent(draftOf(DEAL), [withDeal, bare])
  const said = (mail: string) => got.get(mail)?.mail.text?.match(/^[a-z_.]+=.*$/gm)
  expect(said('taro@example.co.jp')).toEqual([
    'sales.deal_name=<b>導入</b> & "見積"',
    expect.stringMatching(/^sales\.deal_stage=(?!未定|[a-z])/),
    'sales.deal_amount=1,200,000円',
    'sales.deal_close=2026年6月30日',
    'sales.open_deals=2',
    'attrs.renewal=2026年9月1日',
  ])
  expect(said('jiro@example.org')).toEqual(DEAL.map((name) => `${name}=${name === 'sales.open_deals' ? '0' : '未定'}`))
  expect(got.get('jiro@example.org')?.mail.subject).toBe('商談：なし')
})

test('NUR-07 X5 what stands in a deal’s name is text in the HTML and one line in the subject', async () => {
  const { mail, raw } = (await sent(draftOf(DEAL), [withDeal])).get('taro@example.co.jp') as {
    mail: { html?: string; subject?: string }
    raw: string
  }
  expect(mail.html).toContain('&lt;b&gt;導入&lt;/b&gt; &amp; &#34;見積&#34;')
  expect(mail.html).not.toContain('<b>導入</b>')
  expect(raw).not.toMatch(/^Bcc:/m)
  expect(mail.subject).toBe('商談：<b>導入</b> & "見積" Bcc: x@evil.example')
})

test('NUR-07 every fact that any room declares can stand in a mail, and the preview shows it for a real lead and for the made-up one', async () => {
  const names = (await db.read(allFacts)).map((fact) => fact.name)
  expect(names.length).toBeGreaterThan(60)
  const door = { house: db.house, read: db.read, tx: db.tx } as never
  const real = await preview(door, { draft: draftOf(names), personId: withDeal.id })
  for (const name of names) expect(real.text).toMatch(new RegExp(`^${name.replace(/[.]/g, '\\.')}=.+$`, 'm'))
  expect(real.text).toContain('company.known=')
  const sample = await preview(door, { draft: draftOf(['sales.deal_stage']) })
  expect(sample.text).toContain('sales.deal_stage=（進行中の商談の段階）')
})
