// The truth of opens and clicks: every hit is kept with what is thought of it and why, and thought of again when another one comes.
import { amend } from '#kernel/amend.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { append, derivedId, eventId, type NewEvent } from '#kernel/journal.ts'
import type { Hitable } from '../feedback/queries.ts'
import { type Hit, HOLD_MS, isHeldBack, judge, type MailFacts } from './decide.ts'
import { isSweptAt } from './domains.ts'
import type { Verdict } from './evidence/contract.ts'
import { whereIs } from './networks.ts'
import { ownRanges } from './own.ts'
import { foldHits, type HitRow, type Judged, listHits, MOST_HITS, pagesSince, putHits } from './queries.ts'

/** What a request shows of who made it. */
export interface Seen {
  readonly method: string
  readonly userAgent: string
  /** Value of Purpose / Sec-Purpose / X-Moz headers. */
  readonly purpose: string
  /** The network is kept, the address is not. */
  readonly address?: string
  /** Sec-Fetch-User: a person's act began the navigation. */
  readonly activated?: boolean
}

/** Takes one hit of a locked delivery. @returns what is thought of it now */
export async function takeHit(ctx: Ctx, mail: Hitable, kind: 'open' | 'click', link: number, seen: Seen): Promise<Verdict> {
  const known = await listHits(ctx.db, mail)
  const { network, owner } = whereIs(seen.address ?? '', await ownRanges(ctx))
  const row: HitRow = {
    id: ctx.id(),
    at: ctx.now,
    kind,
    link,
    method: seen.method.slice(0, 20),
    user_agent: seen.userAgent.slice(0, 500),
    purpose: seen.purpose.slice(0, 100),
    network,
    network_of: owner,
    activated: seen.activated === true,
    verdict: 'unknown',
    due_at: null,
    event_id: null,
    because: [],
  }
  const judged = await lookAgain(ctx, mail, known, known.length < MOST_HITS ? row : null)
  return judged.get(row.id) ?? 'machine'
}

/** Judges all hits of a mail together, tells those that are new or through, and says aloud which were thought of otherwise before. */
export async function lookAgain(ctx: Ctx, mail: Hitable, known: readonly HitRow[], fresh: HitRow | null): Promise<Map<string, Verdict>> {
  const rows = fresh ? [...known, fresh] : known
  const facts = await factsOf(ctx, mail, rows)
  const swept = rows.some(({ kind, event_id }) => kind === 'click' && event_id === null) && (await isSweptAt(ctx, mail.address))
  // What was learned since speaks of nothing that was told before.
  const hits = rows.map((row) => ({ ...hitOf(row), swept: row.event_id === null ? swept : row.because.includes('swept_domain') }))
  const judged = rows.map((row, i) => ({ row, ...judge(hits[i] as Hit, hits, facts) }))
  const told = judged.map((one) => (isWaiting(ctx, one, fresh) ? hold(ctx, one, judged, facts, fresh) : through(one)))
  const events = told.flatMap((one) => eventOf(mail, one) ?? [])
  const changed = told.filter(({ row, verdict }) => row.event_id !== null && row.verdict !== verdict)
  const written = told.map((one) => ({
    ...one,
    row: { ...one.row, event_id: one.row.due_at ? null : (one.row.event_id ?? idOf(mail, one)) },
  }))
  await putHits(
    ctx.db,
    mail,
    written.filter((one, i) => one.row.id === fresh?.id || one.verdict !== rows[i]?.verdict || one.row.event_id !== rows[i]?.event_id),
  )
  await foldHits(ctx.db, mail)
  await append(ctx, [...events, ...changed.map((one) => rejudged(ctx, mail, one))])
  if (changed.length) await amend(ctx, { bucket: mail.bucket, id: mail.person_id }, changed.map(correction))
  return new Map(told.map((one) => [one.row.id, one.verdict]))
}

const hitOf = (row: HitRow): Hit => ({
  kind: row.kind,
  at: row.at.getTime(),
  method: row.method,
  userAgent: row.user_agent,
  purpose: row.purpose,
  link: row.link,
  network: row.network,
  activated: row.activated,
})

async function factsOf(ctx: Ctx, mail: Hitable, rows: readonly HitRow[]): Promise<MailFacts> {
  const first = rows.find((row) => row.kind === 'click')
  const pagesAt = first ? await pagesSince(ctx.db, { bucket: mail.bucket, id: mail.person_id }, first.at) : []
  return { sentAt: (mail.sent_at ?? mail.marked_at)?.getTime() ?? null, links: mail.links.length, pagesAt }
}

/** Held back no longer. */
const through = (one: Judged): Judged => (one.row.due_at ? { ...one, row: { ...one.row, due_at: null } } : one)

/** New, or held back until now. */
const isWaiting = (ctx: Ctx, { row }: Judged, fresh: HitRow | null): boolean =>
  row === fresh || (row.due_at !== null && row.due_at > ctx.now)

function hold(ctx: Ctx, one: Judged, all: readonly Judged[], facts: MailFacts, fresh: HitRow | null): Judged {
  const person = all.some(
    ({ row, verdict }) => row.event_id !== null && verdict === 'human' && one.row.at.getTime() - row.at.getTime() >= 3_000,
  )
  const isHeld = isHeldBack(hitOf(one.row), one, facts, person)
  const due = one.row === fresh ? new Date(ctx.now.getTime() + HOLD_MS) : one.row.due_at
  return { ...one, row: { ...one.row, due_at: isHeld ? due : null } }
}

const NAMES = { open: 'mail.opened', click: 'mail.clicked' } as const

/** One open an hour is told (a preview pane fetches its pictures all day), and one click of a link in ten seconds. */
function idOf(mail: Hitable, { row, verdict }: Judged): string {
  if (row.kind === 'open') return eventId('mail-open', `${mail.id}:${verdict}:${row.at.toISOString().slice(0, 13)}`)
  return eventId('mail-click', `${mail.id}:${row.link}:${verdict}:${Math.floor(row.at.getTime() / 10_000)}`)
}

/** What acts (scores, branches, segments, signals) asks for `agent`: doubt does not act. Reports show `verdict`. */
const said = ({ row, verdict, likely, because }: Judged) => ({
  agent: verdict === 'human' ? 'human' : 'machine',
  verdict,
  likely: Math.round(likely * 100) / 100,
  because: because.join(' '),
  ...(row.network_of && { network: row.network_of }),
})

const about = (mail: Hitable) => ({ delivery: mail.id, what: mail.what, template: mail.template_id, name: mail.template_name })

function eventOf(mail: Hitable, one: Judged): NewEvent | null {
  const { row, verdict } = one
  if (row.event_id !== null || row.due_at !== null || row.link === 0) return null
  const url = row.kind === 'click' ? { link: row.link, url: mail.links[row.link - 1] ?? '' } : {}
  return {
    subject: { bucket: mail.bucket, id: mail.person_id },
    id: idOf(mail, one),
    name: NAMES[row.kind],
    occurredAt: row.at,
    via: 'mail',
    // Machines and doubt are kept and counted, and start nothing.
    silent: verdict !== 'human',
    props: { ...about(mail), ...said(one), ...url },
  }
}

/** Nothing is un-counted in silence: what was told otherwise is told again, with the reason. */
function rejudged(ctx: Ctx, mail: Hitable, one: Judged): NewEvent {
  const { row, verdict } = one
  return {
    subject: { bucket: mail.bucket, id: mail.person_id },
    id: derivedId(row.id, 'deliver', `rejudged:${row.verdict}:${verdict}:${ctx.now.toISOString()}`),
    name: 'mail.rejudged',
    occurredAt: ctx.now,
    via: 'mail',
    props: {
      ...about(mail),
      of: row.event_id ?? '',
      kind: row.kind,
      link: row.link,
      from: row.verdict,
      to: verdict,
      because: one.because.join(' '),
    },
  }
}

const correction = (one: Judged) => ({ id: one.row.event_id ?? '', props: { ...said(one), before: one.row.verdict } })
