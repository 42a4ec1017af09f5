// Addresses that old phone carriers gave out and that break RFC 5321: taken in, kept, quoted where they must be, and delivered.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { readAnswers } from '#loop/capture/forms/decide.ts'
import { readRow } from '#loop/capture/import/decide.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { type Sink, startSink } from '../../../../test/sink.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { queue } from '../outbox/service.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { EMPTY_MAIL } from './contract.ts'
import { sendDue } from './lanes.ts'
import { saveMail } from './settings.ts'

const long = 'x'.repeat(64)
/** As typed, as kept, and as it goes over the wire. */
const TAKEN: readonly (readonly [typed: string, kept: string, wire: string])[] = [
  ['a..b@docomo.ne.jp', 'a..b@docomo.ne.jp', '"a..b"@docomo.ne.jp'],
  ['.abc@docomo.ne.jp', '.abc@docomo.ne.jp', '".abc"@docomo.ne.jp'],
  ['abc.@docomo.ne.jp', 'abc.@docomo.ne.jp', '"abc."@docomo.ne.jp'],
  ['c...d@ezweb.ne.jp', 'c...d@ezweb.ne.jp', '"c...d"@ezweb.ne.jp'],
  ['..@ezweb.ne.jp', '..@ezweb.ne.jp', '".."@ezweb.ne.jp'],
  ['.e.@au.com', '.e.@au.com', '".e."@au.com'],
  ['-abc@docomo.ne.jp', '-abc@docomo.ne.jp', '-abc@docomo.ne.jp'],
  ['abc-@docomo.ne.jp', 'abc-@docomo.ne.jp', 'abc-@docomo.ne.jp'],
  ['_abc_@ezweb.ne.jp', '_abc_@ezweb.ne.jp', '_abc_@ezweb.ne.jp'],
  ['f_g..h-i@ezweb.ne.jp', 'f_g..h-i@ezweb.ne.jp', '"f_g..h-i"@ezweb.ne.jp'],
  ['-..-@ezweb.ne.jp', '-..-@ezweb.ne.jp', '"-..-"@ezweb.ne.jp'],
  ['taro+news@docomo.ne.jp', 'taro+news@docomo.ne.jp', 'taro+news@docomo.ne.jp'],
  ['taro+..news@docomo.ne.jp', 'taro+..news@docomo.ne.jp', '"taro+..news"@docomo.ne.jp'],
  ['a/b@docomo.ne.jp', 'a/b@docomo.ne.jp', 'a/b@docomo.ne.jp'],
  ['a?b..@docomo.ne.jp', 'a?b..@docomo.ne.jp', '"a?b.."@docomo.ne.jp'],
  ["!#$%&'*@docomo.ne.jp", "!#$%&'*@docomo.ne.jp", "!#$%&'*@docomo.ne.jp"],
  ['a=b@softbank.ne.jp', 'a=b@softbank.ne.jp', 'a=b@softbank.ne.jp'],
  ['{j|k}~@softbank.ne.jp', '{j|k}~@softbank.ne.jp', '{j|k}~@softbank.ne.jp'],
  ['^`l..@softbank.ne.jp', '^`l..@softbank.ne.jp', '"^`l.."@softbank.ne.jp'],
  [`${long}@docomo.ne.jp`, `${long}@docomo.ne.jp`, `${long}@docomo.ne.jp`],
  [`${long.slice(0, 62)}..@docomo.ne.jp`, `${long.slice(0, 62)}..@docomo.ne.jp`, `"${long.slice(0, 62)}.."@docomo.ne.jp`],
  ['"m..n"@docomo.ne.jp', 'm..n@docomo.ne.jp', '"m..n"@docomo.ne.jp'],
  ['".o"@ezweb.ne.jp', '.o@ezweb.ne.jp', '".o"@ezweb.ne.jp'],
  ['"plain"@ezweb.ne.jp', 'plain@ezweb.ne.jp', 'plain@ezweb.ne.jp'],
  ['P..Q@DOCOMO.NE.JP', 'p..q@docomo.ne.jp', '"p..q"@docomo.ne.jp'],
  ['ｒ．．ｓ＠docomo.ne.jp', 'r..s@docomo.ne.jp', '"r..s"@docomo.ne.jp'],
  ['　t..u@docomo.ne.jp ', 't..u@docomo.ne.jp', '"t..u"@docomo.ne.jp'],
  ['a..b@t.vodafone.ne.jp', 'a..b@t.vodafone.ne.jp', '"a..b"@t.vodafone.ne.jp'],
  ['a..b@i.softbank.jp', 'a..b@i.softbank.jp', '"a..b"@i.softbank.jp'],
  ['...@disney.ne.jp', '...@disney.ne.jp', '"..."@disney.ne.jp'],
  ['a.-.b@willcom.com', 'a.-.b@willcom.com', 'a.-.b@willcom.com'],
  ['a..b@willcom.com', 'a..b@willcom.com', '"a..b"@willcom.com'],
  ['a..b@pdx.ne.jp', 'a..b@pdx.ne.jp', '"a..b"@pdx.ne.jp'],
  ['a.@di.pdx.ne.jp', 'a.@di.pdx.ne.jp', '"a."@di.pdx.ne.jp'],
  ['a..b@ymobile.ne.jp', 'a..b@ymobile.ne.jp', '"a..b"@ymobile.ne.jp'],
  ['a..b@emnet.ne.jp', 'a..b@emnet.ne.jp', '"a..b"@emnet.ne.jp'],
  ['a..b@wcm.ne.jp', 'a..b@wcm.ne.jp', '"a..b"@wcm.ne.jp'],
  ['1..2@docomo.ne.jp', '1..2@docomo.ne.jp', '"1..2"@docomo.ne.jp'],
  ['0@docomo.ne.jp', '0@docomo.ne.jp', '0@docomo.ne.jp'],
  ['0.@docomo.ne.jp', '0.@docomo.ne.jp', '"0."@docomo.ne.jp'],
]

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['a..b@example.co.jp', /携帯電話会社.*mobile carriers/],
  ['a.@example.co.jp', /携帯電話会社.*mobile carriers/],
  ['a b@docomo.ne.jp', /形式.*plain/],
  ['a@b@docomo.ne.jp', /形式.*plain/],
  ['"a b"@docomo.ne.jp', /形式.*plain/],
  ['"a\\"..b"@docomo.ne.jp', /形式.*plain/],
  ['a"b@docomo.ne.jp', /形式.*plain/],
  ['a,b@docomo.ne.jp', /形式.*plain/],
  ['<a..b@docomo.ne.jp>', /@より後ろ|形式/],
  ['見本@docomo.ne.jp', /形式.*plain/],
  [`${long}x@docomo.ne.jp`, /長すぎます.*too long/],
  ['a..b@docomo', /@より後ろ.*after @/],
  ['a..b@docomo..ne.jp', /@より後ろ.*after @/],
  ['@docomo.ne.jp', /形式.*plain/],
  ['a..b@docomo.ne.jp\r\nRCPT TO:<x@evil.example>', /@より後ろ|形式/],
]

const FORM = {
  fields: [{ id: 'm', key: 'mail', kind: 'email', label: { ja: 'メール', en: 'Mail' }, required: true, options: [] }],
  consent: { mode: 'none', text: { ja: '', en: '' } },
} as unknown as Parameters<typeof readAnswers>[0]

let db: TestDatabase
let sink: Sink
beforeAll(async () => {
  db = await testHouse()
  sink = await startSink()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) => updateCompany(ctx, { legalName: '株式会社見本', senderEmail: 'news@mihon.example', senderName: '見本ニュース' }))
  await db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none' }))
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

test('E1 CAP-13 forty crooked addresses of carriers are read by form, list and API alike; what is no address is refused with a reason', () => {
  expect(TAKEN.length).toBe(40)
  expect(new Set(TAKEN.map(([, kept]) => kept)).size).toBe(40)
  for (const [typed, kept] of TAKEN) {
    expect(parseMail(typed), typed).toMatchObject({ ok: true, mail: kept })
    expect(readRow([typed], { mapping: ['mail'], custom: [] }), typed).toMatchObject({ ok: true })
    expect(readAnswers(FORM, { m: typed }, 'ja'), typed).toMatchObject({ flaws: [], answers: { mail: typed.trim() } })
  }
  for (const [typed, why] of REFUSED) {
    const read = parseMail(typed)
    expect(read.ok ? typed : read.reason, typed).toMatch(why)
    expect(readAnswers(FORM, { m: typed }, 'ja').flaws, typed).toHaveLength(1)
  }
})

test('E1 X5 each of the forty is delivered to exactly the one mailbox it names, quoted where RFC 5321 asks for it', async () => {
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  const { versionId } = await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))
  await db.tx(async (ctx) => {
    const made = await identify(
      ctx,
      TAKEN.map(([mail]) => ({ mail, at: ctx.now, route: 'form' as const })),
    )
    await queue(
      ctx,
      made.map(({ subject }, i) => ({
        subject,
        what: `notice:crooked:${i}`,
        templateVersion: versionId,
        purpose: 'transactional' as const,
      })),
    )
  })
  const stored = await db.read((ctx) => sql<{ mail: string }>`SELECT mail FROM person ORDER BY mail COLLATE "C"`.execute(ctx.db))
  expect(stored.rows.map((row) => row.mail)).toEqual(TAKEN.map(([, kept]) => kept).sort())
  await sendDue(db.house)
  expect(sink.taken.map((one) => one.to).sort()).toEqual(TAKEN.map(([, , wire]) => [wire]).sort())
  for (const one of sink.taken) expect(one.raw).toMatch(new RegExp(`^To: ${one.to[0]?.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\r$`, 'm'))
})
