// What the outside says of our mails (bounces, complaints, stops), from wherever it comes: proved, counted, and acted upon once.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { bySubject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { addressHash, type Stop, stopMany } from '#loop/identify/consent/service.ts'
import { resolveSubjects } from '#loop/identify/service.ts'
import { tokenKeys } from '../feedback/token.ts'
import { readVerp, type VerpRef } from '../feedback/verp.ts'
import { countsAgainst, type Finding, isGivenUp } from './decide.ts'
import { storable } from './marks.ts'
import {
  findByMessage,
  findByTail,
  insertBounces,
  markBounced,
  markComplained,
  markStopped,
  type NewBounce,
  type Returned,
  softRuns,
  takeKeys,
  tally,
} from './queries.ts'

export const SOURCES = ['mailbox', 'ses', 'sendgrid', 'mailgun', 'postmark'] as const
export type Source = (typeof SOURCES)[number]

/** One thing said of one mail. */
export interface Said {
  /** The same notice has the same key: the second time it has no effect. */
  readonly key: string
  readonly kind: 'failed' | 'complained' | 'unsubscribed'
  /** The address it is about, as far as it says; '' when it does not. */
  readonly address: string
  /** Addresses the notice came to: one of ours with a true tag names the mail. */
  readonly to: readonly string[]
  /** Message-ID of the mail it is about. */
  readonly about: string | null
  /** What failed and why; only of kind `failed`. */
  readonly finding: Finding | null
  readonly at: Date
}

/** How many were taken, were there before, or proved nothing. */
export interface Taken {
  readonly taken: number
  readonly repeated: number
  readonly unproven: number
}

interface Located {
  readonly said: Said
  readonly mail: Returned | null
}

/**
 * Takes what was said, set-based, in the caller's transaction. `signed`: the relay we chose signed it, so that an address alone is enough.
 * Without, only a mail that proves itself is heard: by a VERP address with our tag, or by the Message-ID of a mail that went to that very address.
 */
export async function takeSaid(ctx: Ctx, source: Source, signed: boolean, given: readonly Said[]): Promise<Taken> {
  const all = given.map((said) => keepable(said, ctx.now))
  const fresh = await takeKeys(
    ctx.db,
    source,
    all.map((said) => said.key),
    ctx.now,
  )
  const firsts = all.filter((said, i) => fresh.has(said.key) && all.findIndex((other) => other.key === said.key) === i)
  const located = await locate(ctx, firsts)
  const heard = located.filter(({ said, mail }) => mail !== null || (signed && said.address !== ''))
  const counts = { taken: heard.length, repeated: all.length - firsts.length, unproven: located.length - heard.length }
  await act(ctx, source, heard)
  await tally(ctx.db, source, new Map(Object.entries(counts)), ctx.now)
  return counts
}

/** What the outside says as the database can keep it: one strange sign must not make a whole post fail, for ever. */
function keepable(said: Said, now: Date): Said {
  const { finding } = said
  return {
    ...said,
    key: storable(said.key),
    address: storable(said.address),
    about: said.about && storable(said.about),
    finding: finding && { ...finding, address: storable(finding.address), said: storable(finding.said) },
    at: said.at.getTime() > 0 && said.at <= now ? said.at : now,
  }
}

/** The mails that are spoken of: by the tag in the address first, else by Message-ID and recipient. */
async function locate(ctx: Ctx, all: readonly Said[]): Promise<Located[]> {
  const keys = tokenKeys(ctx.house)
  const named = all.map((said) => said.to.map((address) => readVerp(keys, address)).find((ref) => ref !== null) ?? null)
  const refs = named.filter((ref): ref is VerpRef => ref !== null)
  const subjects = refs.length
    ? await resolveSubjects(
        ctx,
        refs.map((ref) => ref.personId),
      )
    : new Map<string, Subject>()
  const tails = refs.flatMap(({ personId, tail }) => {
    const subject = subjects.get(personId)
    return subject ? [{ subject, tail }] : []
  })
  const byTail = new Map(
    (tails.length ? await findByTail(ctx.db, tails) : []).map((row) => [`${row.person_id} ${row.id.replaceAll('-', '').slice(16)}`, row]),
  )
  const messages = all.flatMap((said, i) => {
    const deliveryId = deliveryIn(said.about)
    return named[i] || !deliveryId || !said.address ? [] : [{ deliveryId, address: said.address.toLowerCase() }]
  })
  const byMessage = new Map(
    (messages.length ? await findByMessage(ctx.db, messages) : []).map((row) => [`${row.id} ${row.address?.toLowerCase()}`, row]),
  )
  return all.map((said, i) => {
    const ref = named[i]
    const person = ref && subjects.get(ref.personId)
    const mail =
      person && ref ? byTail.get(`${person.id} ${ref.tail}`) : byMessage.get(`${deliveryIn(said.about)} ${said.address.toLowerCase()}`)
    return { said, mail: mail ?? null }
  })
}

/** Our Message-IDs begin with the delivery's id. */
export const deliveryIn = (messageId: string | null): string | null =>
  /^<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/i.exec(messageId ?? '')?.[1]?.toLowerCase() ?? null

async function act(ctx: Ctx, source: Source, heard: readonly Located[]): Promise<void> {
  if (!heard.length) return
  const bounces = heard.flatMap((one) => bounceOf(ctx, source, one) ?? []).sort((a, b) => bySubject(a.subject, b.subject))
  if (bounces.length) {
    await insertBounces(ctx.db, bounces)
    await markBounced(ctx.db, bounces)
  }
  const complained = heard.flatMap(({ said, mail }) => (said.kind === 'complained' && mail ? [mail] : []))
  if (complained.length) await markComplained(ctx.db, complained, ctx.now)
  const stopped = heard.flatMap(({ said, mail }) => (said.kind === 'unsubscribed' && mail ? [mail] : []))
  if (stopped.length) await markStopped(ctx.db, stopped, ctx.now)
  await append(
    ctx,
    heard.flatMap((one) => eventOf(ctx, source, one)),
  )
  const stops = [...heard.flatMap((one) => stopOf(source, one)), ...(await givenUp(ctx, bounces, heard))]
  if (stops.length) await stopMany(ctx, stops)
}

const addressOf = ({ said, mail }: Located): string => mail?.address ?? said.address
const subjectOf = (mail: Returned): Subject => ({ bucket: mail.bucket, id: mail.person_id })

function bounceOf(ctx: Ctx, source: Source, one: Located): NewBounce | null {
  const { said, mail } = one
  const { finding } = said
  if (!finding || !mail) return null
  const { reason, hard, delayed, status, reply } = finding
  return {
    subject: subjectOf(mail),
    id: derivedId(mail.id, 'deliver', `bounce:${source}:${said.key}`),
    deliveryId: mail.id,
    at: said.at,
    via: source,
    addressHash: addressHash(ctx.house, addressOf(one)),
    reason,
    hard,
    delayed,
    counts: countsAgainst(finding),
    status,
    reply,
    said: finding.said,
  }
}

const NAMES = { failed: 'mail.bounced', complained: 'mail.complained', unsubscribed: 'mail.unsubscribed' } as const

/** One event per mail and kind, however often it is said; what is only late is none. */
function eventOf(ctx: Ctx, source: Source, { said, mail }: Located): NewEvent[] {
  if (!mail || said.finding?.delayed || (said.kind === 'failed' && mail.bounced_at)) return []
  const why = said.finding ? { hard: said.finding.hard, reason: said.finding.reason } : { how: source }
  return [
    {
      subject: subjectOf(mail),
      id: derivedId(mail.id, 'deliver', said.kind === 'failed' ? 'bounced' : said.kind),
      name: NAMES[said.kind],
      occurredAt: said.at < ctx.now ? said.at : ctx.now,
      via: 'mail',
      props: { delivery: mail.id, what: mail.what, template: mail.template_id, name: mail.template_name, source, ...why },
    },
  ]
}

function stopOf(source: Source, one: Located): Stop[] {
  const { said, mail } = one
  const reason =
    said.kind === 'complained' ? 'complaint' : said.kind === 'unsubscribed' ? 'unsubscribe' : said.finding?.hard ? 'hard_bounce' : null
  const address = addressOf(one)
  if (!reason || !address) return []
  return [{ address, reason, at: said.at, source: mail ? `delivery:${mail.id}` : source, ...(mail ? { subject: subjectOf(mail) } : {}) }]
}

/** Addresses that have failed softly too often and too long. */
async function givenUp(ctx: Ctx, bounces: readonly NewBounce[], heard: readonly Located[]): Promise<Stop[]> {
  const soft = bounces.filter((bounce) => bounce.counts)
  if (!soft.length) return []
  const runs = await softRuns(ctx.db, soft)
  return soft.flatMap((bounce) => {
    const run = runs.get(bounce.subject.id)
    const one = heard.find(({ mail }) => mail?.id === bounce.deliveryId)
    if (!run || !one || !isGivenUp(run)) return []
    return [
      { address: addressOf(one), reason: 'hard_bounce' as const, at: bounce.at, source: `soft:${bounce.reason}`, subject: bounce.subject },
    ]
  })
}
