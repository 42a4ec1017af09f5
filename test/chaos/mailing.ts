// The world of the sending rows: a company, leads with a basis, a newsletter to all of them, and an SMTP server that keeps book.
import { sql } from 'kysely'
import { update as updateCompany } from '#access/company/service.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { readMail, saveMail } from '#loop/deliver/sender/settings.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { identify } from '#loop/identify/service.ts'
import { selfSigned } from '../certificate.ts'
import { type Fault, type Sink, startSink } from '../sink.ts'
import { until } from '../world.ts'
import { type Arena, SYSTEM } from './arena.ts'

export const LANES = 10
const PAGE = 500

const draft: Draft = {
  subject: 'ご案内',
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
  ],
}

export const addressOf = (n: number): string => `lead${n}@example.co.jp`

/** An SMTP server that speaks TLS from the first byte, with a certificate of its own. */
export const startServer = (fault?: (recipient: string) => Fault, delayMs = 0): Promise<Sink> =>
  startSink(fault, delayMs, { ...selfSigned('localhost', new Date('2020-01-01T00:00:00Z')), way: 'tls' })

/** `n` leads, all with consent, in one live segment; answers the segment's id. */
export async function makeLeads(house: House, n: number, of: (n: number) => string = addressOf): Promise<string> {
  const segment = await withTx(house, SYSTEM, async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES (${id}, 'all', 'leads', 1, ${ctx.now}, 'chaos', ${ctx.now})`.execute(
      ctx.db,
    )
    return id
  })
  for (let from = 0; from < n; from += PAGE) {
    await withTx(house, SYSTEM, async (ctx) => {
      const acts = Array.from({ length: Math.min(PAGE, n - from) }, (_, at) => ({
        mail: of(from + at),
        fields: { familyName: `見本${from + at}`, companyName: '株式会社サンプル' },
        at: ctx.now,
        route: 'form' as const,
        consent: { basis: 'consent' as const, text: '同意します' },
      }))
      const subjects = (await identify(ctx, acts)).map((outcome) => outcome.subject)
      await sql`INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because)
        SELECT x.b, x.i, ${segment}::uuid, 1, true, ${ctx.now}::timestamptz, '[]'
        FROM unnest(${subjects.map((s) => s.bucket)}::smallint[], ${subjects.map((s) => s.id)}::uuid[]) x(b, i)`.execute(ctx.db)
    })
  }
  return segment
}

/** A newsletter to `n` new leads, ready to start; nothing is sent yet. */
export async function makeMailing(arena: Arena, n: number): Promise<string> {
  await prepareCompany(arena)
  return makeNewsletter(arena, await makeLeads(await arena.house(), n))
}

/** The legal sender, and as many lines to the mail server as the rows reckon with. */
export async function prepareCompany(arena: Arena, lines = LANES): Promise<void> {
  const house = await arena.house()
  await withTx(house, SYSTEM, async (ctx) => {
    await updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
    })
    const { password: _, ...settings } = await readMail(ctx)
    await saveMail(ctx, { ...settings, connections: lines })
    // Rows run at any hour of the day; that mails are counted for each person costs what it costs.
    await saveCaps(ctx, { ...OPEN_CAPS, perDay: 50, perWeek: 200 })
  })
}

/** A newsletter to a segment, as a draft that may start. */
export async function makeNewsletter(arena: Arena, segment: string, letter: Draft = draft): Promise<string> {
  const house = await arena.house()
  const compiled = await compile(letter)
  return withTx(house, SYSTEM, async (ctx) => {
    const template = await make(ctx, { name: '見本', draft: letter }, compiled)
    const made = await newsletters.create(ctx, { name: '見本', templateId: template.id, include: [segment], exclude: [], topicId: null })
    return made.id
  })
}

/** Starts it, as its button does. */
export async function startMailing(arena: Arena, id: string, people: number): Promise<void> {
  await withTx(await arena.house(), SYSTEM, (ctx) => newsletters.start(ctx, { id, confirmed: people }))
}

/** Deliveries of the newsletter by state. */
export async function statesOf(arena: Arena, id: string): Promise<Record<string, number>> {
  const { rows } = await arena.pool.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM delivery WHERE source = $1 GROUP BY 1',
    [id],
  )
  return Object.fromEntries(rows.map((row) => [row.status, row.n]))
}

const OPEN = ['queued', 'claimed', 'transmitting', 'deferred']

/** Waits until all `people` have a delivery and none of them is open. */
export async function settled(arena: Arena, id: string, people: number, within = 120_000): Promise<Record<string, number>> {
  let last: Record<string, number> = {}
  return until(
    async () => {
      last = await statesOf(arena, id)
      const total = Object.values(last).reduce((sum, n) => sum + n, 0)
      return total === people && OPEN.every((state) => !last[state]) ? last : undefined
    },
    { within, every: 250, what: 'every delivery to end' },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; states: ${JSON.stringify(last)}`)
  })
}

/** Settings that make a product process send to this port in clear: what is measured is not TLS. */
export const toSink = (port: number): Record<string, string> => ({ SMTP_URL: `smtp://127.0.0.1:${port}?tls=no` })

/** Settings that make a product process send to `startServer`. */
export const toServer = (port: number): Record<string, string> => ({ SMTP_URL: `smtps://127.0.0.1:${port}?certificate=any` })
