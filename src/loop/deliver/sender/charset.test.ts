// Mails in ISO-2022-JP through real SMTP: whoever's words fit gets it, whoever's do not gets UTF-8, and nobody's are changed.
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { type Sink, startSink } from '../../../../test/sink.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { queue } from '../outbox/service.ts'
import type { Draft } from '../template/contract.ts'
import { compile } from '../template/kitchen.ts'
import { charset } from '../template/preflight/service.ts'
import { make } from '../template/service.ts'
import { EMPTY_MAIL, type MailSettings } from './contract.ts'
import { sendDue } from './lanes.ts'
import { testSend } from './service.ts'
import { saveMail } from './settings.ts'

let db: TestDatabase
let sink: Sink
const settings = (more: Partial<MailSettings> = {}) =>
  db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1, ...more }),
  )
beforeAll(async () => {
  db = await testHouse()
  sink = await startSink()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
      address: '東京都港区見本町1-2-3',
      contactEmail: 'info@mihon.example',
    }),
  )
  await settings()
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

const button = {
  kind: 'button' as const,
  id: 'b',
  label: '申し込む',
  href: 'https://mihon.example/a',
  align: 'center' as const,
  color: '#4f63d8',
}
const draftOf = (more: Partial<Draft> = {}): Draft => ({
  subject: '{{ lead.family_name }}様へ、秋の相談会のご案内',
  preheader: '',
  blocks: [{ kind: 'heading', id: 'h', text: '料金は〜10%お得', level: 1, align: 'left' }, button],
  ...more,
})

let n = 0
async function sent(draft: Draft, family: string) {
  const compiled = await compile(draft)
  const { versionId } = await db.tx((ctx) => make(ctx, { name: `見本${n}`, draft }, compiled))
  const subject = await db.tx(async (ctx) => {
    const [made] = await identify(ctx, [{ mail: `reader${n++}@example.co.jp`, at: ctx.now, route: 'form' as const }])
    const one = made?.subject as { bucket: number; id: string }
    await sql`UPDATE person SET family_name = ${family}, given_name = '一郎' WHERE bucket = ${one.bucket} AND id = ${one.id}`.execute(
      ctx.db,
    )
    return one
  })
  await db.tx((ctx) => queue(ctx, [{ subject, what: `notice:charset:${n}`, templateVersion: versionId, purpose: 'transactional' }]))
  await sendDue(db.house)
  return read()
}
async function read() {
  const raw = Buffer.from(sink.taken.at(-1)?.raw ?? '', 'latin1')
  const { subject, text, to } = await PostalMime.parse(raw)
  return {
    jis: /charset=iso-2022-jp/i.test(raw.toString('latin1')),
    ascii: raw.every((byte) => byte < 0x80),
    subject,
    text: text ?? '',
    to: to?.[0]?.name,
  }
}

test('E3 a template set to ISO-2022-JP goes out in it; a reader whose name does not fit gets the very same words in UTF-8', async () => {
  const draft = draftOf({ charset: 'iso-2022-jp' })
  const plain = await sent(draft, '見本')
  expect(plain).toMatchObject({ jis: true, ascii: true, subject: '見本様へ、秋の相談会のご案内', to: '見本 一郎' })
  expect(plain.text).toContain('→ 申し込む')
  expect(plain.text).toContain('株式会社見本')
  const odd = await sent(draft, '髙橋')
  expect(odd).toMatchObject({ jis: false, subject: '髙橋様へ、秋の相談会のご案内', to: '髙橋 一郎' })
  expect(odd.text).toContain('料金は〜10%お得')
})

test('E3 the company’s choice holds where a template says nothing, and a template may say UTF-8', async () => {
  expect((await sent(draftOf(), '見本')).jis).toBe(false)
  await settings({ charset: 'iso-2022-jp' })
  expect((await sent(draftOf(), '見本')).jis).toBe(true)
  expect((await sent(draftOf({ charset: 'utf-8' }), '見本')).jis).toBe(false)
  expect((await sent(draftOf({ blocks: [{ kind: 'heading', id: 'h', text: '①', level: 1, align: 'left' }] }), '見本')).jis).toBe(false)
  await settings()
})

const door = () => ({ house: db.house, read: db.read, tx: db.tx, actor: { kind: 'system', name: 'test' } }) as never

test('E3 a test send is in the charset the mail would go in', async () => {
  await testSend(door(), { draft: draftOf({ charset: 'iso-2022-jp' }), to: 'me@example.co.jp' })
  expect(await read()).toMatchObject({ jis: true, subject: '【テスト】見本様へ、秋の相談会のご案内' })
})

test('E3 the pre-flight says what would be sent, and names the leads whose mail goes in UTF-8', async () => {
  const good = await charset(door(), { draft: draftOf({ charset: 'iso-2022-jp' }), audience: 'leads' })
  expect(good).toMatchObject({ wanted: 'iso-2022-jp', sentAs: 'iso-2022-jp' })
  expect(good.findings.map(({ char, kind }) => `${char} ${kind}`)).toEqual(['〜 twin'])
  expect(good.people).toMatchObject({ looked: n, more: false, falling: 1, items: [{ name: '髙橋 一郎', field: 'to', chars: ['髙'] }] })
  const bad = await charset(door(), { draft: draftOf({ charset: 'iso-2022-jp', subject: '㈱見本のご案内' }) })
  expect(bad).toMatchObject({ sentAs: 'utf-8', people: null, mended: { subject: '(株)見本のご案内' } })
})
