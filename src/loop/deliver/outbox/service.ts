// The one way out: newsletters, scenarios and notices all queue here, and nothing else makes a delivery.

import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { heldOut } from '#loop/identify/arm/service.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { wakeSender } from '../sender/wake.ts'
import { NO_SOURCE, type Purpose } from '../tables.ts'
import { markUsed, templateOfVersions } from '../template/queries.ts'
import { type MailCaps, type Postponed, USUAL_PRIORITY } from './caps/contract.ts'
import type { Reach } from './caps/decide.ts'
import { foresee, readCaps } from './caps/service.ts'
import { mayReach, type NotReached } from './decide.ts'
import { followNames } from './meet.queries.ts'
import {
  cancelUnder,
  cancelWaiting,
  countUnknown,
  insertDeliveries,
  listUnknown,
  loadReachable,
  loadTopicStops,
  type NewDelivery,
  requeueHeld,
  requeueUnknown,
  restoreUnder,
  settleUnknown,
  type Under,
  type UnknownRow,
} from './queries.ts'

/** One mail to one person. */
export interface Mail {
  readonly subject: Subject
  /** `newsletter:<id>`, `run:<run>:<step>` or `notice:<name>:<id>`: unique for a person, so asking again sends nothing again. */
  readonly what: string
  readonly templateVersion: string
  readonly purpose: Purpose
  readonly notBefore?: Date
  /** 1 to 5; higher goes first within its source, and when two mails want the last place a cap leaves. */
  readonly priority?: number
  readonly newsletterId?: string
  readonly topicId?: string | null
  /** Whose name it carries; left out: as the newsletter or the mail settings say. */
  readonly sender?: 'company' | 'owner' | undefined
  /** The journal event behind it. */
  readonly causeId?: string
}

export interface Queued {
  readonly subject: Subject
  readonly what: string
  /** null: the person has this mail already (queued, sent or counted before). */
  readonly delivery: string | null
  /** Why it does not go out; null when it waits in the queue. */
  readonly reason: NotReached | null
  /** It waits for its time: the person has had enough for now, or it is not the hour. */
  readonly waits: { readonly reason: Postponed; readonly until: Date } | null
}

/**
 * Queues mails, set-based, in the caller's transaction. Whoever may not be reached becomes a row with the reason, so the
 * sum is always exact; basis and stop are read once more when the mail begins to leave. Commercial mail that is over a cap, or comes at
 * night, waits for its time and keeps its place.
 * @returns one answer per mail, in the order given
 */
export async function queue(ctx: Ctx, mails: readonly Mail[]): Promise<Queued[]> {
  if (!mails.length) return []
  const subjects = mails.map((mail) => mail.subject)
  const topics = [...new Set(mails.flatMap((mail) => (mail.topicId ? [mail.topicId] : [])))]
  const people = await loadReachable(ctx.db, subjects, ctx.now, (mail) => addressHash(ctx.house, mail))
  const stops = topics.length ? await loadTopicStops(ctx.db, subjects, topics) : new Set<string>()
  const held = await heldOut(
    ctx,
    mails.filter((mail) => mail.purpose === 'marketing').map((mail) => mail.subject),
  )
  const caps = await readCaps(ctx)
  const later = await foresee(
    ctx,
    caps,
    mails.map((mail) => ({ ...mail, notBefore: mail.notBefore ?? ctx.now })),
  )
  const rows = mails.map((mail, i): NewDelivery => {
    const reason = mayReach(people.get(mail.subject.id), mail.purpose) ?? (stops.has(`${mail.subject.id} ${mail.topicId}`) ? 'topic' : null)
    const isHeld = mail.purpose === 'marketing' && held.has(mail.subject.id)
    return rowOf(ctx, { mail, caps, reason: reason ?? (isHeld ? 'held_out' : null), later: later[i] ?? null })
  })
  const made = await insertDeliveries(
    ctx.db,
    [...rows].sort((a, b) => bySubject(a.subject, b.subject) || (a.what < b.what ? -1 : 1)),
    ctx.now,
  )
  await markUsed(ctx.db, [...new Set(mails.map((mail) => mail.templateVersion))], ctx.now)
  ctx.afterCommit(wakeSender)
  return rows.map((row, i) => {
    const waits = row.status === 'deferred' ? later[i] : null
    return {
      subject: row.subject,
      what: row.what,
      delivery: made.has(row.id) ? row.id : null,
      reason: row.status === 'suppressed' ? (row.reason as NotReached) : null,
      waits: waits?.kind === 'postpone' ? { reason: waits.reason, until: waits.until } : null,
    }
  })
}

interface Queueing {
  readonly mail: Mail
  readonly caps: MailCaps
  readonly reason: NotReached | null
  readonly later: Exclude<Reach, { kind: 'go' }> | null
}

function rowOf(ctx: Ctx, { mail, caps, reason, later }: Queueing): NewDelivery {
  const postponed = reason === null && later?.kind === 'postpone' ? later : null
  const over = reason ?? (later?.kind === 'giveUp' ? later.reason : null)
  return {
    subject: mail.subject,
    id: ctx.id(),
    what: mail.what,
    source: mail.newsletterId ?? NO_SOURCE,
    versionId: mail.templateVersion,
    purpose: mail.purpose,
    topicId: mail.topicId ?? null,
    status: over ? 'suppressed' : postponed ? 'deferred' : 'queued',
    reason: over ?? postponed?.reason ?? null,
    priority: mail.priority ?? (mail.newsletterId ? caps.newsletterPriority : USUAL_PRIORITY),
    notBefore: postponed?.until ?? mail.notBefore ?? ctx.now,
    causeId: mail.causeId ?? null,
    sender: mail.sender ?? null,
  }
}

/** Tries mails again that were not sent; whether their people may be reached is asked anew when they begin to leave. @returns what waits again */
export async function tryAgain(ctx: Ctx, mails: readonly Pick<Mail, 'subject' | 'what'>[]): Promise<Set<string>> {
  if (!mails.length) return new Set()
  const again = await requeueHeld(ctx.db, mails, ctx.now)
  if (again.size) ctx.afterCommit(wakeSender)
  return again
}

/** Takes back what still waits; what has begun to leave cannot be called back. @returns how many */
export function cancel(
  ctx: Ctx,
  mails: readonly { readonly subject: Subject; readonly what: string }[],
  reason = 'cancelled',
): Promise<number> {
  return mails.length ? cancelWaiting(ctx.db, mails, reason) : Promise.resolve(0)
}

/** Takes back all that still waits under some names. @returns how many */
export function cancelAll(ctx: Ctx, names: readonly Under[], reason: string): Promise<number> {
  return names.length ? cancelUnder(ctx.db, names, reason) : Promise.resolve(0)
}

/** Undoes `cancel` and `cancelAll`: what was taken back for that reason waits again, to be weighed anew when it leaves. @returns how many */
export async function takeUp(ctx: Ctx, names: readonly Under[], reason: string): Promise<number> {
  if (!names.length) return 0
  ctx.afterCommit(wakeSender)
  return restoreUnder(ctx.db, names, reason, ctx.now)
}

/** Mails under these names that have not left go along to another person; what has left stays with whom it went to. */
export async function carryTo(ctx: Ctx, from: Subject, to: Subject, names: readonly string[]): Promise<void> {
  if (names.length) await followNames(ctx, from, to, names)
}

/** Deliveries whose outcome is unknown, oldest first, and how many there are. */
export async function unknowns(
  ctx: Ctx,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<{ rows: UnknownRow[]; total: number }> {
  return { rows: await listUnknown(ctx.db, after, limit), total: await countUnknown(ctx.db) }
}

/** Sends unknown deliveries once more; ids null means all. Extra copies number at most the rows resent. */
export async function resend(ctx: Ctx, ids: readonly string[] | null): Promise<number> {
  const count = await requeueUnknown(ctx.db, ids, ctx.now)
  ctx.afterCommit(wakeSender)
  return count
}

/** Takes unknown deliveries for arrived. */
export async function settle(ctx: Ctx, ids: readonly string[] | null): Promise<number> {
  const rows = await settleUnknown(ctx.db, ids)
  const templates = await templateOfVersions(
    ctx.db,
    rows.map((r) => r.version_id),
  )
  await append(
    ctx,
    rows.map((row) => ({
      subject: { bucket: row.bucket, id: row.person_id },
      id: derivedId(row.id, 'deliver', 'sent'),
      name: 'mail.sent',
      occurredAt: row.marked_at,
      props: {
        delivery: row.id,
        what: row.what,
        template: templates.get(row.version_id)?.id ?? '',
        name: templates.get(row.version_id)?.name ?? '',
      },
    })),
  )
  return rows.length
}
