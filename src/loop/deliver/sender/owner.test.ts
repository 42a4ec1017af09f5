// Who a mail is from: the company or the owner of the lead, through real SMTP, with DNS that says whose domain it is.
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withRead } from '#kernel/db/tx.ts'
import { identify } from '#loop/identify/service.ts'
import { SYSTEM, type TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { type Sink, startSink } from '../../../../test/sink.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { type Mail, queue } from '../outbox/service.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { EMPTY_MAIL } from './contract.ts'
import type { Answer, Names } from './domain/port.ts'
import { bulkFault, check, read } from './domain/service.ts'
import { makeDkim, readKeys, rotateDkim } from './keys.ts'
import { sendDue } from './lanes.ts'
import { saveMail } from './settings.ts'

const OWN = '01a20120-8695-71a9-b0d2-498a0910cc01'
const FAR = '01a20120-8695-71a9-b0d2-498a0910cc02'

const records = new Map<string, string>()
const answer = (name: string): Promise<Answer> => {
  const record = records.get(name)
  return Promise.resolve(record === undefined ? { kind: 'none' } : { kind: 'found', records: [record] })
}
const none = (): Promise<Answer> => Promise.resolve({ kind: 'none' })
const names: Names = { text: answer, exchangers: none, addresses: none, names: none }

let db: TestDatabase
let sink: Sink
let version = ''
beforeAll(async () => {
  db = await testHouse({ ports: { names }, publicUrl: 'https://mail.mihon.co.jp' })
  sink = await startSink()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) => updateCompany(ctx, { legalName: '株式会社見本', senderEmail: 'news@mihon.example', senderName: '見本ニュース' }))
  await db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1 }),
  )
  await db.tx((ctx) =>
    sql`INSERT INTO auth_user (id, name, email, email_verified, role, created_at, updated_at) VALUES ('01a20120-8695-71a9-b0d2-498a0910cc01', '見本 花子', 'hanako@mihon.example', true, 'sales', ${ctx.now}, ${ctx.now}), ('01a20120-8695-71a9-b0d2-498a0910cc02', '見本 次郎', 'jiro@other.example', true, 'sales', ${ctx.now}, ${ctx.now})`.execute(
      ctx.db,
    ),
  )
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  version = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).versionId
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

let n = 0
async function letter(owner: string | null, sender: Mail['sender']) {
  const subject: Subject = await db.tx(async (ctx) => {
    const [made] = await identify(ctx, [{ mail: `owned${n++}@example.co.jp`, at: ctx.now, route: 'form' as const }])
    const one = made?.subject as Subject
    await sql`UPDATE person SET owner_id = ${owner} WHERE bucket = ${one.bucket} AND id = ${one.id}`.execute(ctx.db)
    return one
  })
  const mail = { subject, what: `notice:owner:${n}`, templateVersion: version, purpose: 'transactional' as const, sender }
  await db.tx((ctx) => queue(ctx, [mail]))
  await sendDue(db.house)
  const read = await PostalMime.parse(Buffer.from(sink.taken.at(-1)?.raw ?? '', 'latin1'))
  const selectors = [...(sink.taken.at(-1)?.raw ?? '').matchAll(/a=(\S+); c=[\s\S]*?s=([^;]+);/g)].map((found) => `${found[1]} ${found[2]}`)
  return { from: `${read.from?.name} <${read.from?.address}>`, replyTo: read.replyTo?.[0]?.address ?? null, selectors }
}
const publish = async () => {
  const keys = await db.read(readKeys)
  for (const key of [keys, keys?.ed25519, keys?.next]) if (key && keys) records.set(`${key.selector}._domainkey.${keys.domain}`, key.record)
}
const look = () => check({ house: db.house, read: (run) => db.read(run), tx: (run) => db.tx(run) })

test('NUR-12 the owner’s name and Reply-To stand in the mail where that is wished; the address stays the company’s until the domain is proven', async () => {
  expect(await letter(OWN, undefined)).toMatchObject({ from: '見本ニュース <news@mihon.example>', replyTo: null })
  expect(await letter(OWN, 'owner')).toMatchObject({ from: '見本 花子 <news@mihon.example>', replyTo: 'hanako@mihon.example' })
  expect(await letter(null, 'owner')).toMatchObject({ from: '見本ニュース <news@mihon.example>', replyTo: null })
})

test('NUR-12 GEN-05 once DKIM was seen to stand behind the domain the owner writes from their own address, an owner of another domain does not, and both signatures are there', async () => {
  await db.tx((ctx) => makeDkim(ctx, { domain: 'mihon.example', selector: 's1' }))
  expect((await letter(OWN, 'owner')).selectors).toEqual(['rsa-sha256 s1'])
  await publish()
  expect(await look()).toMatchObject({ aligned: 'yes', alignedBy: ['dkim'] })
  expect(await letter(OWN, 'owner')).toEqual({
    from: '見本 花子 <hanako@mihon.example>',
    replyTo: 'hanako@mihon.example',
    selectors: ['rsa-sha256 s1', 'ed25519-sha256 s1e'],
  })
  expect(await letter(FAR, 'owner')).toMatchObject({ from: '見本 次郎 <news@mihon.example>', replyTo: 'jiro@other.example' })
  expect(await letter(OWN, 'company')).toMatchObject({ from: '見本ニュース <news@mihon.example>', replyTo: null })
})

test('GEN-05 a key is exchanged without a gap: the present one signs until the next was seen, and its record is to stay for a week', async () => {
  await db.tx(rotateDkim)
  await look()
  expect((await letter(OWN, 'company')).selectors).toEqual(['rsa-sha256 s1', 'ed25519-sha256 s1e'])
  await publish()
  await look()
  expect((await letter(OWN, 'company')).selectors).toEqual(['rsa-sha256 s2', 'ed25519-sha256 s1e'])
  expect((await db.read(readKeys))?.old).toMatchObject([{ selector: 's1' }])
  db.clock.advance(8 * 86_400_000)
  await look()
  expect((await db.read(readKeys))?.old).toEqual([])
})

test('GEN-05 bulk mail is refused while nothing stands behind From, allowed once it does, and not asked of a trial on this machine', async () => {
  expect(await db.read(bulkFault)).toBeNull()
  const away = (bounceDomain: string) =>
    db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: 'smtp.mihon.example', security: 'tls', bounceDomain }))
  await away('')
  expect(await db.read(bulkFault)).toBe('unchecked')
  expect((await look()).aligned).toBe('yes')
  expect(await db.read(bulkFault)).toBeNull()
  records.clear()
  await away('bounce.mihon.example')
  expect((await look()).aligned).toBe('no')
  expect(await db.read(bulkFault)).toBe('unaligned')
})

test('GEN-05 a mail server on this machine passes mail on like any other: under a name that exists, DKIM must stand behind it', async () => {
  records.clear()
  await db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none' }))
  expect(await db.read(bulkFault)).toBeNull()
  await db.tx((ctx) => updateCompany(ctx, { senderEmail: 'news@mihon.co.jp' }))
  expect(await db.read(bulkFault)).toBe('unchecked')
  records.set('mihon.co.jp', 'v=spf1 mx -all')
  const found = await look()
  expect(found.aligned).toBe('no')
  expect(found.checks.find(({ what }) => what === 'spf')).toMatchObject({ light: 'good', record: null })
  expect(found.checks.map(({ what }) => what)).not.toContain('ptr')
  expect(await db.read(bulkFault)).toBe('unaligned')
  await db.tx((ctx) => makeDkim(ctx, { domain: 'mihon.co.jp', selector: 'own' }))
  await publish()
  expect((await look()).alignedBy).toEqual(['dkim'])
  expect(await db.read(bulkFault)).toBeNull()
})

test('GEN-02 no newsletter starts whose links nobody outside could follow: nobody could unsubscribe', async () => {
  const inside = { ...db.house, publicUrl: 'http://localhost:3000' }
  expect(await withRead(inside, SYSTEM, bulkFault)).toBe('private')
  expect(await withRead(inside, SYSTEM, read)).toMatchObject({ links: 'private', publicUrl: 'http://localhost:3000' })
})
