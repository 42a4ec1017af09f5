// M10: random paths through every way by which somebody comes to be known, agreed to, stopped, merged and mailed, and a plain model of
// the law beside them: commercial mail goes to an address only on a yes that was recorded for it, and never after a stop.
import { equal, ok } from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LightMyRequestResponse } from 'fastify'
import { sql } from 'kysely'
import { update as updateCompany } from '#access/company/service.ts'
import { create as createKey } from '#access/keys/service.ts'
import type { VirtualClock } from '#kernel/clock.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { Refusal } from '#kernel/errors.ts'
import { release, setHold } from '#kernel/hold.ts'
import { append } from '#kernel/journal.ts'
import type { ImportOptions } from '#loop/capture/import/contract.ts'
import { pathOf, sniff } from '#loop/capture/import/file.ts'
import { getImport } from '#loop/capture/import/reads.ts'
import { registerImport, startImport } from '#loop/capture/import/service.ts'
import { runSlice } from '#loop/capture/import/work.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { expandJob } from '#loop/deliver/newsletter/jobs.ts'
import { newslettersTick } from '#loop/deliver/newsletter/tick.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { resend } from '#loop/deliver/outbox/service.ts'
import { doubtMail } from '#loop/deliver/restore/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { MAIL_PART } from '#loop/deliver/tables.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { findPerson } from '#loop/identify/leads/service.ts'
import { identify } from '#loop/identify/service.ts'
import { PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { bulkJob } from '#loop/segment/lists/bulk/jobs.ts'
import { buildHttp } from '#server/http.ts'
import { publicRoutes, rooms } from '#server/wire.ts'
import {
  checkExports,
  checkMailbox,
  checkSent,
  type Figures,
  fresh,
  maySend,
  of,
  type Path,
  type Said,
  type Sent,
} from './consentOracle.ts'

const SYSTEM: Actor = { kind: 'system', name: 'test' }
const BASES = ['card', 'relation', 'published', 'consent'] as const
const BEGIN = 'custom.consent_path'
const draft: Draft = { subject: 'ご案内', preheader: '', blocks: [{ id: 'f', kind: 'footer', note: '' }] }

export interface ConsentWorld {
  /** Walks one path of random acts. Fails with an AssertionError that names what did not hold. */
  path(draw: () => number, acts: number): Promise<void>
  readonly figures: Figures
  close(): Promise<void>
}

/** Opens the world on an empty house with a virtual clock. */
export async function consentWorld(house: House, clock: VirtualClock): Promise<ConsentWorld> {
  const tx = <T>(run: (ctx: Ctx) => Promise<T>, actor: Actor = SYSTEM): Promise<T> => withTx(house, actor, run)
  const rows = async <T>(text: string, values: unknown[] = []): Promise<T[]> => (await house.pool.query(text, values)).rows as T[]
  await tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
  // Hundreds of paths go on through nights and weekends, and nobody here is written to too often.
  await tx((ctx) => saveCaps(ctx, { ...OPEN_CAPS, perDay: 50, perWeek: 200 }))
  const compiled = await compileOrRefuse(draft)
  const template = await tx((ctx) => make(ctx, { name: '案内', draft }, compiled))
  await tx((ctx) => mailingScenario(ctx, template.id))
  const { key } = await tx((ctx) => createKey(ctx, { name: 'paths', scopes: ['admin'] }))
  const app = await buildHttp({ house, rooms, publicRoutes, adminFolder: null, trustProxy: [], health: async () => ({ status: 'ok' }) })
  const figures: Figures = { acts: 0, sent: 0, tests: 0, refusedTests: 0, exported: 0, held: 0, agreed: 0 }
  let paths = 0
  return {
    figures,
    close: () => app.close(),
    path: (draw, acts) => walk({ house, clock, app, key, template: template.id, tx, rows, figures, no: ++paths, draw, ...fresh() }, acts),
  }
}

async function mailingScenario(ctx: Ctx, template: string): Promise<void> {
  const made = await scenarios.create(ctx, { name: 'paths', starter: 'blank', language: 'ja' }, {})
  const saved = await scenarios.save(ctx, {
    id: made.id,
    name: 'paths',
    graph: {
      triggers: [{ kind: 'event', id: 't', match: { event: BEGIN, filters: [] } }],
      entry: { kind: 'each' },
      ...PLAIN,
      steps: [{ kind: 'mail', id: 'm', name: '', template, purpose: 'marketing' }],
    },
    revision: made.revision,
  })
  await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
}

const ADDRESSES = 8
const pick = <T>(path: Path, list: readonly T[]): T => list[Math.floor(path.draw() * list.length)] as T
const anAddress = (path: Path): string => `p${path.no}-${Math.floor(path.draw() * ADDRESSES)}@example.co.jp`
async function call(path: Path, method: 'POST' | 'PATCH', url: string, payload?: object): Promise<LightMyRequestResponse> {
  const answer = await path.app.inject({
    method,
    url: `/api${url}`,
    headers: { authorization: `Bearer ${path.key}` },
    ...(payload ? { payload } : {}),
  })
  ok(
    answer.statusCode < 500 && answer.statusCode !== 401 && answer.statusCode !== 429,
    `${method} ${url}: ${answer.statusCode} ${answer.body}`,
  )
  return answer
}

/** The address of a lead now, by any id they ever had; null for none, or nobody. */
function mailOf(path: Path, id: string): Promise<string | null> {
  return withRead(path.house, SYSTEM, (ctx) => findPerson(ctx, id)).then(
    (row) => row.mail,
    () => null,
  )
}
const holderOf = async (path: Path, address: string): Promise<string | undefined> =>
  (await path.rows<{ person_id: string }>("SELECT person_id FROM identity WHERE kind = 'mail' AND value = $1", [address]))[0]?.person_id
function know(path: Path, id: string): void {
  if (!path.leads.includes(id)) path.leads.push(id)
}
/** Whoever is named is out of the trash. */
function back(path: Path, address: string): void {
  of(path, address).away = false
}

type Act = (path: Path) => Promise<void>

const apiCreate: Act = async (path) => {
  const mail = anAddress(path)
  const answer = await call(path, 'POST', '/leads', { mail, fields: { familyName: '見本' } })
  if (answer.statusCode !== 200) return
  know(path, answer.json<{ id: string }>().id)
  back(path, mail)
}

const apiUpdate: Act = async (path) => {
  const id = pick(path, path.leads)
  const [from, to] = [await mailOf(path, id), anAddress(path)]
  const answer = await call(path, 'PATCH', `/leads/${id}`, path.draw() < 0.6 ? { mail: to } : { fields: { title: '部長' } })
  if (answer.statusCode !== 200) return
  for (const address of [from, await mailOf(path, id)])
    if (address !== null) Object.assign(of(path, address), { plain: false, away: false })
}

const apiBasis: Act = async (path) => {
  const id = pick(path, path.leads)
  const mail = await mailOf(path, id)
  const answer = await call(path, 'POST', `/leads/${id}/basis`, { basis: pick(path, BASES), text: '展示会で名刺を交換' })
  if (answer.statusCode === 200 && mail !== null) of(path, mail).yes = true
}

const apiStop: Act = async (path) => {
  const id = pick(path, path.leads)
  const mail = await mailOf(path, id)
  const answer = await call(path, 'POST', `/leads/${id}/stop`, {})
  if (answer.statusCode === 200 && mail !== null) of(path, mail).stop = 'hard'
}

const form: Act = async (path) => {
  const mail = anAddress(path)
  const agrees = path.draw() < 0.5
  const [made] = await path.tx((ctx) =>
    identify(ctx, [
      { mail, route: 'form', at: ctx.now, ...(agrees ? { consent: { basis: 'consent', text: '受け取ります', textVersion: 'f:1' } } : {}) },
    ]),
  )
  if (!made) return
  know(path, made.subject.id)
  back(path, mail)
  if (agrees) of(path, mail).yes = true
}

/** A file says on what ground its people stand; that holds for whom nobody knew before. */
const imported: Act = async (path) => {
  const mails = [...new Set([anAddress(path), anAddress(path)])]
  const basis = pick(path, ['none', ...BASES] as const)
  const known = await Promise.all(mails.map((mail) => holderOf(path, mail)))
  const content = `姓,メールアドレス\n${mails.map((mail) => `見本,${mail}`).join('\n')}\n`
  const id = await path.tx(async (ctx) => ctx.id())
  const file = pathOf(path.house, id)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
  const found = await sniff(path.house, id)
  await path.tx((ctx) => registerImport(ctx, { id, name: 'リスト.csv', bytes: Buffer.byteLength(content), ...found }))
  const seen = await withRead(path.house, SYSTEM, (ctx) => getImport(ctx, { id }))
  const options: ImportOptions = {
    basis,
    basisText: '2026年春の展示会',
    policy: pick(path, ['fill', 'update', 'skip'] as const),
    match: pick(path, ['mail', 'personMail'] as const),
    source: '',
    interest: [],
    tags: [],
    campaignId: null,
    campaignStatus: '',
    allOrNothing: path.draw() < 0.2,
  }
  await path.tx((ctx) => startImport(ctx, { ...seen, options }))
  while (await runSlice(path.house, id));
  for (const [at, mail] of mails.entries()) {
    const holder = await holderOf(path, mail)
    if (holder) know(path, holder)
    if (holder && !known[at] && basis !== 'none') of(path, mail).yes = true
    // A file may bring somebody back from the trash; the model then only says what must not happen.
    if (of(path, mail).away) Object.assign(of(path, mail), { away: false, plain: false })
  }
}

const scenarioMails: Act = async (path) => {
  const id = pick(path, path.leads)
  if ((await mailOf(path, id)) === null) return
  await path.tx((ctx) => append(ctx, [{ subject: subjectOf(id), id: ctx.id(), name: BEGIN, occurredAt: ctx.now, props: {} }]))
  await turnUntilQuiet(path.house)
}

/** A live segment of everybody of this path, as its own room would write it. */
async function segment(path: Path): Promise<string> {
  return path.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES (${id}, ${id}, 'leads', 1, ${ctx.now}, 'test', ${ctx.now})`.execute(
      ctx.db,
    )
    await sql`INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because)
      SELECT p.bucket, p.id, ${id}::uuid, 1, true, ${ctx.now}::timestamptz, '[]' FROM person p WHERE p.id = ANY(${path.leads}::uuid[]) ORDER BY 1, 2`.execute(
      ctx.db,
    )
    return id
  })
}

const newsletter: Act = async (path) => {
  const include = [await segment(path)]
  const made = await call(path, 'POST', '/newsletters', {
    name: `案内${path.no}`,
    templateId: path.template,
    include,
    exclude: [],
    topicId: null,
  })
  equal(made.statusCode, 200, made.body)
  const crowd = await call(path, 'POST', '/newsletter-audience', { include, exclude: [], topicId: null })
  await call(path, 'POST', `/newsletters/${made.json<{ id: string }>().id}/start`, { confirmed: crowd.json<{ people: number }>().people })
}

const deliver: Act = async (path) => {
  path.clock.advance(5_000)
  await newslettersTick(path.house)
  const begun = await path.rows<{ id: string }>("SELECT id FROM newsletter WHERE status = 'sending' AND expanded_at IS NULL ORDER BY id")
  for (const { id } of begun) await expandJob.run(path.house, { id })
  await sendDue(path.house)
  await checkSent(path)
}

/** A draft to one's own eyes is no way round: whoever is a lead gets it on the same terms as any commercial mail. */
const testSend: Act = async (path) => {
  const to = anAddress(path)
  const answer = await call(path, 'POST', '/mail/test', { draft, to })
  const isLead = (await path.rows('SELECT 1 FROM person WHERE mail = $1 AND identified_at IS NOT NULL', [to])).length > 0
  if (answer.statusCode !== 200) {
    path.figures.refusedTests++
    return
  }
  path.tests++
  path.figures.tests++
  const said = of(path, to)
  equal(said.stop, 'none', `a test went to ${to}, who has stopped our mail`)
  ok(!isLead || said.yes, `a test went to ${to}, a lead without a ground`)
}

const byLink: Act = async (path) => {
  const sent = await path.rows<Sent>(
    "SELECT id, person_id, address FROM delivery WHERE person_id = ANY($1) AND status = 'sent' ORDER BY marked_at, id",
    [path.leads],
  )
  const one = pick(path, sent)
  if (!one) return
  const token = mailToken(tokenKeys(path.house), { personId: one.person_id, deliveryId: one.id })
  const own = await mailOf(path, one.person_id)
  const stays = path.draw() < 0.35
  const answer = await path.app.inject({
    method: 'POST',
    url: stays ? `/u/${token}/preferences` : `/u/${token}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: stays ? 'lang=ja&receive=1' : 'List-Unsubscribe=One-Click',
  })
  equal(answer.statusCode, 200, answer.body)
  if (!stays) for (const address of new Set([one.address, own])) if (address) strengthen(of(path, address))
  // Only their own unsubscribe, and only for the address the mail went to.
  if (stays && own === one.address && of(path, own).stop === 'unsubscribe') Object.assign(of(path, own), { stop: 'none', yes: true })
}
function strengthen(said: Said): void {
  if (said.stop === 'none') said.stop = 'unsubscribe'
}

const bulk: Act = async (path) => {
  const kind = pick(path, ['trash', 'stop', 'tags'] as const)
  const ids = [...new Set([pick(path, path.leads), pick(path, path.leads)])]
  const mails = await Promise.all(ids.map((id) => mailOf(path, id)))
  const act = kind === 'tags' ? { kind, add: ['重点'], remove: [] } : { kind }
  const answer = await call(path, 'POST', '/bulk', { act, ids })
  if (answer.statusCode !== 200) return
  await bulkJob.run(path.house, answer.json<{ id: string }>())
  if (kind === 'trash') path.trashed.push(answer.json<{ id: string }>().id)
  for (const mail of mails) {
    if (mail === null) continue
    if (kind === 'stop') of(path, mail).stop = 'hard'
    if (kind === 'trash') of(path, mail).away = true
  }
}

const undoBulk: Act = async (path) => {
  const id = pick(path, path.trashed)
  if (!id) return
  await call(path, 'POST', `/bulk/${id}/undo`, {})
  await bulkJob.run(path.house, { id })
  await path
    .rows<{ mail: string }>('SELECT mail FROM person WHERE id = ANY($1) AND identified_at IS NOT NULL AND mail IS NOT NULL', [path.leads])
    .then((there) => {
      for (const { mail } of there) back(path, mail)
    })
}

const merge: Act = async (path) => {
  const [keep, lose] = [pick(path, path.leads), pick(path, path.leads)]
  const mails = [await mailOf(path, keep), await mailOf(path, lose)]
  const chosen = path.draw() < 0.5 ? ['mail'] : []
  const id = await path.tx((ctx) => mergeByHand(ctx, { keep: subjectOf(keep), lose: subjectOf(lose), chosen }))
  if (id) path.merges.push(id)
  for (const mail of mails) if (mail !== null) Object.assign(of(path, mail), { plain: false, away: false })
}

const unmerge: Act = async (path) => {
  const id = pick(path, path.merges)
  if (id) await path.tx((ctx) => undoAdoption(ctx, id))
}

/** A restored installation comes up held, what was under way in doubt; an operator lets it go on and sends the doubtful ones again. */
const hold: Act = async (path) => {
  path.held = !path.held
  if (path.held) {
    await path.tx(async (ctx) => {
      await doubtMail(ctx)
      await setHold(ctx, [MAIL_PART], {})
    })
    path.figures.held++
    return
  }
  await path.tx((ctx) => release(ctx, [MAIL_PART]))
  if (path.draw() < 0.5) await path.tx((ctx) => resend(ctx, null))
  const paused = await path.rows<{ id: string }>("SELECT id FROM newsletter WHERE status = 'paused' ORDER BY id")
  for (const { id } of paused) await call(path, 'POST', `/newsletters/${id}/resume`, {})
}

const ACTS: readonly (readonly [Act, number])[] = [
  [apiCreate, 3],
  [form, 3],
  [imported, 2],
  [apiUpdate, 2],
  [apiBasis, 4],
  [apiStop, 1],
  [scenarioMails, 2],
  [newsletter, 2],
  [deliver, 4],
  [testSend, 1],
  [byLink, 2],
  [bulk, 1],
  [undoBulk, 1],
  [merge, 2],
  [unmerge, 1],
  [hold, 0.7],
]
const WEIGHT = ACTS.reduce((sum, [, weight]) => sum + weight, 0)
function anAct(path: Path): Act {
  let left = path.draw() * WEIGHT
  for (const [act, weight] of ACTS) {
    left -= weight
    if (left < 0) return act
  }
  return deliver
}

async function walk(path: Path, acts: number): Promise<void> {
  await form(path)
  await apiCreate(path)
  await form(path)
  for (let i = 0; i < acts; i++) {
    path.clock.advance(60_000)
    path.figures.acts++
    await anAct(path)(path).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
  }
  await settle(path)
}

/** The end of a path: what waits goes out, the model and the product agree about everybody, and each mail is in its person's own file. */
async function settle(path: Path): Promise<void> {
  await deliver(path)
  if (path.held) await hold(path)
  path.clock.advance(60_000)
  await deliver(path)
  await newsletter(path)
  await deliver(path)
  const last = await path.rows<{ mail: string; status: string }>(
    `SELECT p.mail, d.status FROM person p JOIN delivery d ON d.bucket = p.bucket AND d.person_id = p.id
     WHERE p.id = ANY($1) AND d.source = (SELECT id FROM newsletter ORDER BY created_at DESC, id DESC LIMIT 1)`,
    [path.leads],
  )
  for (const { mail, status } of last) {
    const said = of(path, mail)
    if (!said.plain) continue
    equal(status, maySend(said) ? 'sent' : 'suppressed', `${mail}: ${JSON.stringify(said)}`)
    path.figures.agreed++
  }
  await checkMailbox(path)
  await checkExports(path)
}
