// Newsletters as tests send them: readers, words, lists, and everything that is due.
import { sql } from 'kysely'
import { update as updateCompany } from '#access/company/service.ts'
import type { Actor } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { doorOf } from '#kernel/serve.ts'
import { followed } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { newslettersTick } from '#loop/deliver/newsletter/tick.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from './database.ts'

/** The database of the test file, once `openMailing` has run. */
export let db: TestDatabase

/** Makes the house of a test file a company that may send mails. */
export async function openMailing(house: TestDatabase): Promise<void> {
  db = house
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
      timeZone: 'Asia/Tokyo',
    }),
  )
}

export const HUMAN = {
  method: 'GET',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142 Safari/537.36',
  purpose: '',
}

export const draft: Draft = {
  subject: '今月のお知らせ',
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
    { id: 'b', kind: 'button', label: '料金を見る', href: 'https://www.mihon.example/pricing', align: 'center', color: '#4f63d8' },
    { id: 'c', kind: 'button', label: 'もう一度、料金', href: 'https://www.mihon.example/pricing', align: 'center', color: '#4f63d8' },
  ],
}

/** A mail of so many links to pages of their own, and nothing else. */
export const linksDraft = (links: number): Draft => ({
  subject: 'x',
  preheader: '',
  blocks: Array.from({ length: links }, (_, i) => ({
    id: `b${i + 1}`,
    kind: 'button',
    label: `${i + 1}`,
    href: `https://www.mihon.example/p${i + 1}`,
    align: 'center',
    color: '#000000',
  })),
})

export const aTemplate = async (given = draft) => {
  const compiled = await compile(given)
  return db.tx((ctx) => make(ctx, { name: '見本', draft: given }, compiled))
}

let serial = 0
const CONSENT = { basis: 'consent' as const, text: '同意します' }
export const someLeads = (n: number, domain = 'example.co.jp', consent: typeof CONSENT | null = CONSENT): Promise<Subject[]> =>
  db.tx(async (ctx) => {
    const acts = Array.from({ length: n }, () => ({
      mail: `reader${++serial}@${domain}`,
      fields: { familyName: `見本${serial}` },
      at: ctx.now,
      route: 'form' as const,
      ...(consent && { consent }),
    }))
    return (await identify(ctx, acts)).map((one) => one.subject)
  })

/** A live segment with these members, written as its own room would. */
export const aSegment = (members: readonly Subject[]): Promise<string> =>
  db.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES (${id}, ${id}, 'leads', 1, ${ctx.now}, 'test', ${ctx.now})`.execute(
      ctx.db,
    )
    await sql`INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because) SELECT x.b, x.i, ${id}::uuid, 1, true, ${ctx.now}::timestamptz, '[]'
      FROM unnest(${members.map((m) => m.bucket)}::smallint[], ${members.map((m) => m.id)}::uuid[]) x(b, i)`.execute(ctx.db)
    return id
  })

export const edit = { name: '4月号', exclude: [], topicId: null }
export const aNewsletter = async (leads: readonly Subject[], more: object = {}) => {
  const template = await aTemplate()
  const include = [await aSegment(leads)]
  return db.tx((ctx) => newsletters.create(ctx, { ...edit, templateId: template.id, include, ...more }))
}
export const door = () => doorOf(db.house, { kind: 'system', name: 'test' }, { ip: '127.0.0.1', headers: {} })
export const user = (id: string): Actor => ({ kind: 'user', id, name: id, role: 'marketer' })
/** Lets everything that is due now happen. */
export const settle = async () => {
  for (let i = 0; i < 3; i++) {
    await newslettersTick(db.house)
    await db.drain()
    await sendDue(db.house)
  }
}
export const get = (id: string) => db.read((ctx) => newsletters.get(ctx, { id }))
export const rowsOf = async (id: string) =>
  (
    await db.read((ctx) =>
      sql<{ id: string; person_id: string; version_id: string; status: string; sent_at: Date | null; not_before: Date }>`
        SELECT id, person_id, version_id, status, sent_at, not_before FROM delivery WHERE source = ${id} ORDER BY person_id`.execute(
        ctx.db,
      ),
    )
  ).rows
export const click = (row: { id: string; person_id: string }, n: number) =>
  db.tx((ctx) => followed(ctx, mailToken(tokenKeys(db.house), { personId: row.person_id, deliveryId: row.id }), n, HUMAN))
export const HOUR = 3_600_000
