// What comes back from a mail: opens, clicks, stops and preferences.
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { type Choice, liftUnsubscribe, recordChoices } from '#loop/identify/consent/service.ts'
import { resolveSubject, stopMail } from '#loop/identify/service.ts'
import type { Verdict } from '../truth/evidence/contract.ts'
import { type Seen, takeHit } from '../truth/service.ts'
import {
  findDelivery,
  type Hitable,
  isTrackedHost,
  loadPreferences,
  lockDelivery,
  lockPerson,
  noteStopped,
  type Preferences,
  setTopicStops,
} from './queries.ts'
import type { StopReason } from './reasons/contract.ts'
import { type MailRef, readMailToken, tokenKeys } from './token.ts'
import { wayToken } from './way.ts'

/** The delivery a token names, wherever its person's rows lie now; null when the token is none of ours or the row is gone. */
export async function deliveryOf<T>(
  ctx: Ctx,
  token: string,
  find: (subject: Subject, ref: MailRef) => Promise<T | undefined>,
): Promise<T | null> {
  const ref = readMailToken(tokenKeys(ctx.house), token)
  if (!ref) return null
  const found = await find(subjectOf(ref.personId), ref)
  if (found) return found
  const moved = await resolveSubject(ctx, ref.personId)
  return (moved && (await find(moved, ref))) ?? null
}

const locked = (ctx: Ctx, token: string) => deliveryOf(ctx, token, (subject, ref) => lockDelivery(ctx.db, subject, ref.deliveryId))

/** Notes that the pixel was fetched. @returns what is thought of it; null when it is none of ours or they are not counted */
export async function opened(ctx: Ctx, token: string, seen: Seen): Promise<Verdict | null> {
  const row = await locked(ctx, token)
  return row?.tracked ? takeHit(ctx, row, 'open', -1, seen) : null
}

export interface Followed {
  readonly agent: Verdict
  /** Where the link leads; only ever one of the stored addresses. Null for the trap. */
  readonly url: string | null
}

/** Notes that a link was followed and tells where it leads. */
export async function followed(ctx: Ctx, token: string, link: number, seen: Seen): Promise<Followed | null> {
  const row = await locked(ctx, token)
  const url = row?.links[link - 1]
  if (!row || (link !== 0 && url === undefined)) return null
  // Whoever refused to be counted is taken where the link leads, and nothing is written down.
  if (!row.tracked) return { agent: 'human', url: url ?? null }
  const agent = await takeHit(ctx, row, 'click', link, seen)
  return { agent, url: url !== undefined && agent !== 'machine' ? await withWay(ctx, row, url) : (url ?? null) }
}

/** On our own tracked sites a person's click brings a short-lived pass, by which the tag's device can be tied to them. */
async function withWay(ctx: Ctx, row: Hitable, url: string): Promise<string> {
  const target = new URL(url)
  if (!(await isTrackedHost(ctx.db, target.hostname))) return url
  target.searchParams.set('hgk', wayToken(ctx.house, row.person_id, ctx.now))
  return target.toString()
}

async function tell(ctx: Ctx, row: Hitable, name: string, id: string, props: Record<string, string | number>): Promise<void> {
  await append(ctx, [
    {
      subject: { bucket: row.bucket, id: row.person_id },
      id,
      name,
      occurredAt: ctx.now,
      via: 'mail',
      props: { delivery: row.id, what: row.what, template: row.template_id, name: row.template_name, ...props },
    },
  ])
}

/** Stops all advertising mail, with the reason they ticked. Asking twice changes nothing. @returns false when the token is none of ours */
export async function stopped(ctx: Ctx, token: string, how: 'one-click' | 'page', why?: StopReason): Promise<boolean> {
  const found = await deliveryOf(ctx, token, (subject, ref) => findDelivery(ctx.db, subject, ref.deliveryId))
  if (!found) return false
  const subject = { bucket: found.bucket, id: found.person_id }
  await lockPerson(ctx.db, subject)
  const preferences = await loadPreferences(ctx.db, subject, ctx.now)
  const addresses = new Set([found.address, preferences?.mail].filter((mail) => typeof mail === 'string'))
  for (const address of [...addresses].sort())
    await stopMail(ctx, { address, reason: 'unsubscribe', at: ctx.now, source: `mail:${how}`, subject, ...(why ? { why } : {}) })
  const row = await locked(ctx, token)
  // A mail program that posts once more, or a second press, says nothing new; after a resumption it does.
  if (!row || (row.stopped_at && preferences && preferences.mail_stop > 0)) return true
  await noteStopped(ctx.db, row, row.stopped_at ?? ctx.now)
  await tell(ctx, row, 'mail.unsubscribed', derivedId(row.id, 'deliver', `unsubscribed:${ctx.now.toISOString()}`), {
    how,
    ...(why ? { reason: why } : {}),
  })
  return true
}

/** What the holder of a token receives. */
export async function preferences(ctx: Ctx, token: string): Promise<Preferences | null> {
  const found = await deliveryOf(ctx, token, (subject, ref) => findDelivery(ctx.db, subject, ref.deliveryId))
  return found ? loadPreferences(ctx.db, { bucket: found.bucket, id: found.person_id }, ctx.now) : null
}

/** Topics as the person chose them; resubscribing is their own act and is recorded as consent. */
export async function choose(
  ctx: Ctx,
  token: string,
  choice: {
    readonly receive: boolean
    readonly topics: readonly string[]
    /** Days of quiet from now on; 0 ends a pause, absent leaves it. */
    readonly pauseDays?: number | undefined
    /** Whether opens and clicks may be counted; absent leaves it. */
    readonly tracking?: boolean | undefined
  },
): Promise<boolean> {
  const found = await deliveryOf(ctx, token, (subject, ref) => findDelivery(ctx.db, subject, ref.deliveryId))
  if (!found) return false
  if (!choice.receive) return stopped(ctx, token, 'page')
  const subject = { bucket: found.bucket, id: found.person_id }
  await lockPerson(ctx.db, subject)
  const before = await loadPreferences(ctx.db, subject, ctx.now)
  // A mail that went to an address they have left (or to somebody merged into them) makes things stricter only.
  const own = found.address !== null && found.address === before?.mail
  if (own && before.mail_stop > 0) await liftUnsubscribe(ctx, { subject, address: found.address, at: ctx.now, route: 'preference' })
  const unwanted = (before?.topics ?? [])
    .filter((topic) => !choice.topics.includes(topic.id) || (!own && topic.stopped))
    .map((topic) => topic.id)
  const { added, removed } = await setTopicStops(ctx.db, subject, unwanted, ctx.now)
  await record(ctx, { subject, delivery: found.id, added, removed, own, before, choice })
  if (added.length || removed.length) {
    const id = derivedId(found.id, 'deliver', `preferences:${ctx.now.toISOString()}`)
    await append(ctx, [
      {
        subject,
        id,
        name: 'mail.preferences',
        occurredAt: ctx.now,
        via: 'mail',
        props: { delivery: found.id, stopped: added, resumed: removed },
      },
    ])
  }
  return true
}

/** Each change in the ledger. From an old mail (an address they have left) things only get stricter. */
async function record(
  ctx: Ctx,
  chosen: {
    subject: Subject
    delivery: string
    added: readonly string[]
    removed: readonly string[]
    own: boolean
    before: Preferences | null
    choice: { readonly pauseDays?: number | undefined; readonly tracking?: boolean | undefined }
  },
): Promise<void> {
  const { subject, delivery, before, choice, own } = chosen
  const base = { subject, at: ctx.now, route: 'preference', basis: 'preference', evidence: { delivery } }
  const choices: Choice[] = [
    ...chosen.added.map((topicId) => ({ ...base, purpose: 'topic' as const, given: false, topicId })),
    ...chosen.removed.map((topicId) => ({ ...base, purpose: 'topic' as const, given: true, topicId })),
  ]
  if (choice.pauseDays)
    choices.push({ ...base, purpose: 'pause', given: false, until: new Date(ctx.now.getTime() + choice.pauseDays * DAY) })
  else if (choice.pauseDays === 0 && own && before?.pausedUntil) choices.push({ ...base, purpose: 'pause', given: true })
  if (choice.tracking !== undefined && choice.tracking !== before?.tracked && (own || !choice.tracking))
    choices.push({ ...base, purpose: 'tracking_email', given: choice.tracking })
  await recordChoices(ctx, choices)
}
