import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, eventId } from '#kernel/journal.ts'
import { doorOf } from '#kernel/serve.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { followed, opened, stopped } from '../feedback/service.ts'
import { mailToken, tokenKeys } from '../feedback/token.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { settleHits } from '../truth/tick.ts'
import type { Draft } from './contract.ts'
import * as folders from './folders/service.ts'
import * as report from './report/service.ts'
import * as templates from './service.ts'

let db: TestDatabase
const OWNER: Actor = { kind: 'user', id: '00000000-0000-7000-8000-00000000000a', name: '社長', role: 'owner' }
const ANN: Actor = { kind: 'user', id: '00000000-0000-7000-8000-00000000000b', name: '見本 一郎', role: 'marketer' }
const BEN: Actor = { kind: 'user', id: '00000000-0000-7000-8000-00000000000c', name: '見本 二郎', role: 'marketer' }
const as = <T>(actor: Actor, run: (ctx: Ctx) => Promise<T>) => withTx(db.house, actor, run)
const doorFor = (actor: Actor) => doorOf(db.house, actor, { ip: '127.0.0.1', headers: {} })

beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
})
afterAll(() => db.close())

const draft = (subject: string): Draft => ({
  subject,
  preheader: '',
  blocks: [{ id: 'b', kind: 'button', label: '料金を見る', href: 'https://www.mihon.example/pricing', align: 'center', color: '#4f63d8' }],
})
const EVERYBODY = { everyone: 'none' as const, users: [], roles: [] }

test('NUR-05 folders are made, renamed, moved and removed, and templates move with them', async () => {
  const a = await as(ANN, (ctx) => folders.create(ctx, { name: 'メルマガ', parentId: null, sharing: null }))
  const b = await as(ANN, (ctx) => folders.create(ctx, { name: '2026年', parentId: a.id, sharing: null }))
  await expect(as(ANN, (ctx) => folders.create(ctx, { name: '2026年', parentId: a.id, sharing: null }))).rejects.toMatchObject({
    code: 'folder.name',
  })
  const template = await templates.create(doorFor(ANN), { name: '1月号', draft: draft('1月号'), folderId: b.id })
  const inside = (id: string | 'none') =>
    as(ANN, (ctx) => templates.list(ctx, { limit: 50, folder: id })).then(({ items }) => items.map((one) => one.id))
  expect(await inside(b.id)).toEqual([template.id])
  expect(await inside('none')).not.toContain(template.id)
  await expect(as(ANN, (ctx) => folders.update(ctx, { ...a, parentId: b.id }))).rejects.toMatchObject({ code: 'folder.loop' })
  const renamed = await as(ANN, (ctx) => folders.update(ctx, { ...b, name: '2027年', parentId: null }))
  expect([renamed.name, renamed.parentId, renamed.templates]).toEqual(['2027年', null, 1])
  await as(ANN, (ctx) => folders.place(ctx, { ids: [template.id], folderId: a.id }))
  expect([await inside(a.id), await inside(b.id)]).toEqual([[template.id], []])
  await as(ANN, (ctx) => folders.remove(ctx, { id: a.id }))
  expect(await inside('none')).toContain(template.id)
})

test('NUR-06 a template in a folder kept from somebody is not there for them, by any road; one for viewing cannot be changed', async () => {
  const closed = await as(ANN, (ctx) => folders.create(ctx, { name: '機密', parentId: null, sharing: EVERYBODY }))
  const looked = await as(ANN, (ctx) =>
    folders.create(ctx, { name: '閲覧のみ', parentId: null, sharing: { ...EVERYBODY, everyone: 'view' } }),
  )
  const secret = await templates.create(doorFor(ANN), { name: '機密', draft: draft('機密'), folderId: closed.id })
  const shown = await templates.create(doorFor(ANN), { name: '見本', draft: draft('見本'), folderId: looked.id })
  const { items } = await as(BEN, (ctx) => templates.list(ctx, { limit: 200 }))
  expect(items.map((one) => one.id)).toContain(shown.id)
  expect(items.map((one) => one.id)).not.toContain(secret.id)
  expect((await as(BEN, (ctx) => folders.list(ctx))).items.map((one) => one.name)).not.toContain('機密')
  const hidden = { code: 'template.missing' }
  const id = secret.id
  const draftOf = draft('x')
  await expect(as(BEN, (ctx) => templates.get(ctx, { id }))).rejects.toMatchObject(hidden)
  await expect(as(BEN, (ctx) => templates.versions(ctx, { id }))).rejects.toMatchObject(hidden)
  await expect(as(BEN, (ctx) => templates.remove(ctx, { id }))).rejects.toMatchObject(hidden)
  await expect(as(BEN, (ctx) => report.get(ctx, { id }))).rejects.toMatchObject(hidden)
  await expect(as(BEN, (ctx) => report.people(ctx, { id, of: 'sent', limit: 50 }))).rejects.toMatchObject(hidden)
  await expect(as(BEN, (ctx) => folders.place(ctx, { ids: [id], folderId: null }))).rejects.toMatchObject(hidden)
  await expect(templates.copy(doorFor(BEN), { id })).rejects.toMatchObject(hidden)
  await expect(templates.update(doorFor(BEN), { id, name: 'x', draft: draftOf })).rejects.toMatchObject(hidden)
  await expect(templates.create(doorFor(BEN), { name: 'x', draft: draftOf, folderId: closed.id })).rejects.toMatchObject(hidden)
  const readOnly = { code: 'folder.readOnly' }
  expect((await as(BEN, (ctx) => templates.get(ctx, { id: shown.id }))).mine).toBe('view')
  await expect(templates.update(doorFor(BEN), { id: shown.id, name: 'x', draft: draftOf })).rejects.toMatchObject(readOnly)
  await expect(as(BEN, (ctx) => templates.remove(ctx, { id: shown.id }))).rejects.toMatchObject(readOnly)
  await expect(as(BEN, (ctx) => folders.place(ctx, { ids: [shown.id], folderId: null }))).rejects.toMatchObject(readOnly)
  await expect(as(BEN, (ctx) => folders.update(ctx, { ...looked, name: 'x' }))).rejects.toMatchObject(readOnly)
  await expect(as(BEN, (ctx) => folders.remove(ctx, { id: looked.id }))).rejects.toMatchObject(readOnly)
  // Removing a closed folder would open what lies in it.
  await expect(as(ANN, (ctx) => folders.remove(ctx, { id: closed.id }))).rejects.toMatchObject({ code: 'folder.full' })
  expect((await as(OWNER, (ctx) => templates.get(ctx, { id }))).mine).toBe('edit')
})

const HUMAN = {
  method: 'GET',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142 Safari/537.36',
  purpose: '',
}
const MACHINE = { method: 'GET', userAgent: 'Barracuda Sentinel', purpose: '' }

let n = 0
const leads = (count: number): Promise<Subject[]> =>
  db.tx(async (ctx) =>
    (
      await identify(
        ctx,
        Array.from({ length: count }, () => ({
          mail: `reader${++n}@example.co.jp`,
          fields: { familyName: `見本${n}` },
          at: ctx.now,
          route: 'form' as const,
          consent: { basis: 'consent' as const, text: '同意します' },
        })),
      )
    ).map((one) => one.subject),
  )

async function sendTo(people: readonly Subject[], versionId: string): Promise<string[]> {
  await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({
        subject,
        what: `t:${versionId}:${subject.id}`,
        templateVersion: versionId,
        purpose: 'marketing' as const,
      })),
    ),
  )
  await sendDue(db.house)
  db.clock.advance(20 * 60_000)
  const rows = await db.read((ctx) =>
    sql<{ id: string; person_id: string }>`SELECT id, person_id FROM delivery WHERE version_id = ${versionId}`.execute(ctx.db),
  )
  return people.map((subject) =>
    mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: rows.rows.find((row) => row.person_id === subject.id)?.id ?? '' }),
  )
}

test('NUR-01 an edit of the words makes a new version, a new name none, and an edit of a version that is no longer the last is refused', async () => {
  const door = doorFor(ANN)
  const template = await templates.create(door, { name: '見本', draft: draft('はじめの件名'), folderId: null })
  const edited = await templates.update(door, { id: template.id, name: '見本', draft: draft('新しい件名'), basedOn: 1 })
  expect(edited.version).toBe(2)
  expect(edited.versionId).not.toBe(template.versionId)
  const same = await templates.update(door, { id: template.id, name: '改名', draft: draft('新しい件名') })
  expect(same).toMatchObject({ version: 2, name: '改名' })
  await expect(templates.update(door, { id: template.id, name: '見本', draft: draft('三'), basedOn: 1 })).rejects.toMatchObject({
    code: 'template.changed',
  })
})

test('KPI-03 NUR-08 a deal or the goal of a scenario within seven days after the click converts a mail as a form does; a day later none does', async () => {
  const made = await templates.create(doorFor(ANN), { name: '成果', draft: draft('成果'), folderId: null })
  const people = await leads(4)
  for (const mail of await sendTo(people, made.versionId)) await db.tx((ctx) => followed(ctx, mail, 1, HUMAN))
  db.clock.advance(60_000)
  await settleHits(db.house)
  const comes = (at: number, name: string) =>
    db.tx((ctx) =>
      append(ctx, [{ subject: people[at] as Subject, id: eventId('t', `${name}${at}`), name, occurredAt: ctx.now, props: {} }]),
    )
  await comes(0, 'deal.created')
  await comes(1, 'scenario.goal')
  await comes(2, 'file.downloaded')
  db.clock.advance(8 * 24 * 3_600_000)
  await comes(3, 'deal.created')
  const found = await as(ANN, (ctx) => report.get(ctx, { id: made.id }))
  expect(found.total.figures).toMatchObject({ sent: 4, clicked: 4, converted: 2 })
  expect((await as(ANN, (ctx) => report.people(ctx, { id: made.id, of: 'converted', limit: 50 }))).items).toHaveLength(2)
})

test('NUR-08 NUR-09 M8 every template has its report by itself: editions side by side, people counted, machines beside, each number opens its people', async () => {
  const first = await templates.create(doorFor(ANN), { name: '事例', draft: draft('一'), folderId: null })
  const renamed = await templates.update(doorFor(ANN), { id: first.id, name: '事例', draft: draft('一の改'), basedOn: 1 })
  expect([renamed.version, renamed.edition]).toEqual([2, 1])
  const people = await leads(4)
  const [a, b, c] = await sendTo(people, renamed.versionId)
  await db.tx((ctx) => opened(ctx, a ?? '', HUMAN))
  await db.tx((ctx) => followed(ctx, a ?? '', 1, HUMAN))
  await db.tx((ctx) => followed(ctx, b ?? '', 1, MACHINE))
  await db.tx((ctx) => stopped(ctx, c ?? '', 'one-click'))
  db.clock.advance(60_000)
  await settleHits(db.house)
  await db.tx((ctx) =>
    append(ctx, [{ subject: people[0] as Subject, id: eventId('t', 'f'), name: 'form.submitted', occurredAt: ctx.now, props: {} }]),
  )
  const second = await templates.update(doorFor(ANN), { id: first.id, name: '事例', draft: draft('二'), basedOn: 2 })
  expect([second.version, second.edition, second.sent]).toEqual([3, 2, false])
  await sendTo(await leads(2), second.versionId)
  await db.tx((ctx) =>
    sql`UPDATE delivery SET bounced_at = ${ctx.now}, bounce_hard = true, bounce_reason = 'no_mailbox' WHERE version_id = ${second.versionId} AND sent_at IS NOT NULL`.execute(
      ctx.db,
    ),
  )

  const found = await as(ANN, (ctx) => report.get(ctx, { id: first.id }))
  expect(
    found.editions.map((one) => [
      one.edition,
      one.subject,
      one.figures.sent,
      one.figures.opened,
      one.figures.clicked,
      one.figures.rawClicked,
      one.figures.converted,
      one.figures.stopped,
      one.figures.undelivered,
    ]),
  ).toEqual([
    [2, '二', 2, 0, 0, 0, 0, 0, 2],
    [1, '一の改', 4, 1, 1, 2, 1, 1, 0],
  ])
  expect(found.total.figures).toMatchObject({ sent: 6, clicked: 1, rawClicked: 2, undelivered: 2 })
  expect(found.editions[1]?.rates.clicked).toMatchObject({ share: 0.25 })
  expect(found.editions[0]?.against.clicked).toBe('few')
  expect(found.editions[1]?.against.clicked).toBeNull()
  for (const edition of found.editions)
    for (const of of ['sent', 'undelivered', 'opened', 'clicked', 'rawClicked', 'converted', 'stopped'] as const) {
      const list = await as(ANN, (ctx) => report.people(ctx, { id: first.id, of, versionId: edition.versionId, limit: 50 }))
      expect(list.items, `${edition.edition} ${of}`).toHaveLength(edition.figures[of])
    }
  const paged = await as(ANN, (ctx) => report.people(ctx, { id: first.id, of: 'sent', limit: 4 }))
  const rest = await as(ANN, (ctx) => report.people(ctx, { id: first.id, of: 'sent', limit: 4, cursor: paged.next ?? '' }))
  expect(new Set([...paged.items, ...rest.items].map((one) => one.deliveryId)).size).toBe(6)
})
