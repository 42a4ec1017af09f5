import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { derivedId, lockPulses, type NewEvent } from '#kernel/journal.ts'
import type { IdentifyAct, IdentifyOutcome } from '../acts.ts'
import { adopt } from '../adopt/service.ts'
import { bookGrants, grantEvents, stopsOf } from '../consent/service.ts'
import { MAIL_BASIS } from '../decide.ts'
import { type Draft, fillFrom, newPerson, reachedBy, settled, settledNew, toldOf, toldOfNew } from '../fields/decide.ts'
import { parseMail } from '../normalise/decide.ts'
import * as queries from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { takeTrash } from '../trash/queries.ts'
import { bringIn, tellAll } from './bulk.ts'
import { decideNaming, type Found, type Holder, inRounds } from './decide.ts'
import { type Asked, consentOf, eventsOf, grantOf, type NamedKey, type Plan, shown, type Written } from './plan.ts'
import { insertCandidates } from './queries.ts'
import { partWeak } from './weak.ts'

const MOST_TRIES = 6

/** Names people in sets; see `identify` in ../service.ts. */
export async function nameAll(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<IdentifyOutcome[]> {
  const asked = acts.map((act, index) => readAct(ctx, act, index))
  await partWeak(ctx, asked)
  const outcomes: IdentifyOutcome[] = []
  for (const round of inRounds(asked, keyNames)) {
    let left = round
    for (let stuck = 0; left.length; ) {
      const before = left.length
      left = await nameRound(ctx, left, outcomes)
      stuck = left.length < before ? 0 : stuck + 1
      if (stuck === MOST_TRIES)
        refuse('unavailable', 'identify.busy', { message: 'Many are naming the same people at this moment: please repeat.' })
    }
  }
  return outcomes
}

function readAct(ctx: Ctx, act: IdentifyAct, index: number): Asked {
  const mail = act.mail === undefined || act.mail.trim() === '' ? null : parseMail(act.mail)
  if (mail && !mail.ok) refuse('unprocessable', 'mail.malformed', { message: mail.reason, field: 'mail' })
  const external = act.externalId?.trim() || null
  const device = act.device ?? null
  const keys = [named('mail', mail?.mail), named('external', external), named('device', device)].filter((key) => key !== null)
  return { act, index, mail, external, device, causeId: act.causeId ?? ctx.id(), keys }
}

const named = (kind: queries.IdentityKind, value: string | null | undefined): NamedKey | null =>
  value ? { kind, value, name: `${kind}\n${value}` } : null
const keyName = (key: queries.IdentityKey): string => `${key.kind}\n${key.value}`
const keysOf = (asked: Asked): readonly NamedKey[] => asked.keys
const keyNames = (asked: Asked): string[] => asked.keys.map((key) => key.name)

/** @returns the acts that lost a race, or concern somebody whom another act of this round concerns; nothing was written for them */
async function nameRound(ctx: Ctx, round: readonly Asked[], outcomes: IdentifyOutcome[]): Promise<Asked[]> {
  const before = await lookUp(ctx, round.flatMap(keysOf))
  const { first, later } = apart(planAll(ctx, round, before))
  const pairs = first.flatMap(({ decision }) => (decision.kind === 'adopt' ? [decision.visitor, decision.subject] : []))
  if (pairs.length) await lockPulses(ctx, distinctSubjects(pairs))
  const stops = await stopsOf(
    ctx,
    round.flatMap((asked) => (asked.mail ? [asked.mail.mail] : [])),
  )
  const won = new Set(
    (
      await queries.insertIdentities(
        ctx.db,
        first.flatMap((plan) => plan.fresh),
        ctx.now,
      )
    ).map(keyName),
  )
  const locked = await queries.lockPeople(ctx.db, distinctSubjects(first.flatMap(involved)))
  // Keys that were won are ours until commit: only those that somebody held need another look.
  const now = await lookUp(
    ctx,
    round.flatMap(keysOf).filter((key) => before.has(key.name)),
  )
  // In key order from here on: what is written of them goes in it, and finds it done.
  const good = first.filter((plan) => stillHolds(plan, before, now, won)).sort((a, b) => bySubject(a.subject, b.subject))
  const held = new Set(good)
  const lost = first.filter((plan) => !held.has(plan))
  await queries.deleteIdentities(
    ctx.db,
    lost.flatMap((plan) => plan.fresh.filter((key) => won.has(keyName(key)))),
  )
  await perform(ctx, good, locked, stops, outcomes)
  return [...lost, ...later].map((plan) => plan.asked)
}

/** One act per person at a time: two keys may lead to the same one, and the second act must see what the first did. */
function apart(plans: readonly Plan[]): { first: Plan[]; later: Plan[] } {
  const taken = new Set<string>()
  const isFirst = new Set(
    plans.filter((plan) => {
      const ids = [plan.subject, ...involved(plan)].map((subject) => subject.id)
      if (ids.some((id) => taken.has(id))) return false
      for (const id of ids) taken.add(id)
      return true
    }),
  )
  return { first: plans.filter((plan) => isFirst.has(plan)), later: plans.filter((plan) => !isFirst.has(plan)) }
}

type Known = Map<string, Holder>

async function lookUp(ctx: Ctx, keys: readonly queries.IdentityKey[]): Promise<Known> {
  const holders = await queries.findHolders(ctx.db, keys)
  const people = await queries.selectPeople(ctx.db, distinctSubjects(holders.map(({ bucket, id }) => ({ bucket, id }))))
  return new Map(
    holders.map((holder) => {
      const row = people.get(holder.id)
      return [
        keyName(holder),
        {
          subject: { bucket: holder.bucket, id: holder.id },
          identified: row?.identified_at != null || row?.mail != null,
          hasMail: row?.mail != null,
        },
      ]
    }),
  )
}

function planAll(ctx: Ctx, round: readonly Asked[], known: Known): Plan[] {
  return round.map((asked) => {
    const found = foundFor(asked, known)
    const { decision, ambiguity } = decideNaming(found)
    const subject = decision.kind === 'create' ? subjectOf(ctx.id()) : decision.subject
    const fresh = asked.keys.flatMap(({ kind, value, name }) => (known.has(name) ? [] : [{ kind, value, ...subject }]))
    return { asked, decision, ambiguity, subject, fresh }
  })
}

function foundFor(asked: Asked, known: Known): Found {
  const holder = (kind: queries.IdentityKind) => {
    const key = asked.keys.find((one) => one.kind === kind)
    return key && { [kind]: known.get(key.name) ?? null }
  }
  const { familyName, givenName, companyName, phone } = asked.act.fields ?? {}
  return {
    ...holder('mail'),
    ...holder('external'),
    ...holder('device'),
    tellsName: asked.act.route !== 'api' && [familyName, givenName, companyName, phone].some((text) => text?.trim()),
  }
}

function involved(plan: Plan): Subject[] {
  const { decision } = plan
  if (decision.kind === 'create') return []
  return decision.kind === 'adopt' ? [decision.subject, decision.visitor] : [decision.subject]
}

/** After the locks: every fresh key was won, and whoever held the others still does, in the same state. */
function stillHolds(plan: Plan, before: Known, now: Known, won: ReadonlySet<string>): boolean {
  if (plan.fresh.some((key) => !won.has(keyName(key)))) return false
  const { keys } = plan.asked
  if (plan.fresh.length === keys.length) return true
  const fresh = new Set(plan.fresh.map(keyName))
  return keys.every(({ name }) => fresh.has(name) || JSON.stringify(before.get(name)) === JSON.stringify(now.get(name)))
}

async function perform(
  ctx: Ctx,
  plans: readonly Plan[],
  locked: Map<string, PersonRow>,
  stops: ReadonlyMap<string, number>,
  outcomes: IdentifyOutcome[],
): Promise<void> {
  await leaveTrash(ctx, plans, locked)
  const written = plans.map((plan) => rowAfter(ctx, plan, locked, stops))
  const made = written.filter(({ plan }) => plan.decision.kind === 'create')
  await bringIn(
    ctx,
    made.map(({ row }) => row),
  )
  for (const { plan, changes } of written) {
    const { decision } = plan
    if (decision.kind === 'adopt')
      await adopt(ctx, {
        from: decision.visitor,
        to: decision.subject,
        causeId: plan.asked.causeId,
        byHand: false,
        changes,
        weak: plan.asked.act.weak === true,
      })
  }
  await queries.updatePeople(
    ctx.db,
    written
      .filter(
        ({ plan, changes }) =>
          plan.decision.kind === 'name' ||
          (plan.decision.kind !== 'create' && (changes.length || comesBack(plan, locked.get(plan.subject.id)))),
      )
      .map(({ row }) => row),
  )
  await relink(ctx, plans)
  await insertCandidates(
    ctx.db,
    plans.flatMap(({ ambiguity }) => (ambiguity ? [ambiguity] : [])),
    ctx.now,
  )
  const grants = written.flatMap(grantOf)
  const newcomers = new Set(made.map(({ plan }) => plan.subject.id))
  const events = written.flatMap((one) => [
    ...eventsOf(ctx, one),
    ...(one.plan.decision.kind !== 'name' && comesBack(one.plan, locked.get(one.plan.subject.id)) ? [backEvent(ctx, one.plan)] : []),
  ])
  await tellAll(ctx, [...events, ...grantEvents(ctx, grants)], (event) => newcomers.has(event.subject.id))
  await bookGrants(ctx, grants, newcomers)
  for (const { plan, changes } of written)
    outcomes[plan.asked.index] = {
      subject: plan.subject,
      outcome: OUTCOMES[plan.decision.kind],
      fieldsChanged: shown(changes),
      changes,
      keys: plan.fresh.map(({ kind, value }) => ({ kind, value })),
      ...(comesBack(plan, locked.get(plan.subject.id)) ? { cameBack: true } : {}),
    }
}

const OUTCOMES = { create: 'created', name: 'named', adopt: 'adopted', relink: 'relinked', existing: 'existing', traits: 'traits' } as const

/** The lead's row after the act; for an adoption the visitor's own traits fill what is empty. */
function rowAfter(ctx: Ctx, plan: Plan, locked: Map<string, PersonRow>, stops: ReadonlyMap<string, number>): Written {
  const { act, mail } = plan.asked
  const { decision } = plan
  const found = locked.get(plan.subject.id)
  const visitor = decision.kind === 'adopt' ? locked.get(decision.visitor.id) : undefined
  // A row of this act's own from here on: it is changed in place, a page has thousands of them.
  const next: Draft = found ? toldOf(visitor ? fillFrom(found, visitor) : found, act) : toldOfNew(blank(plan), act)
  // Whoever may only fill in what is empty (a public key, a lead typed in twice) does not move an address either.
  const moves = !act.onlyEmpty && (decision.kind === 'existing' || decision.kind === 'name')
  if (mail && next.mail !== mail.mail && (next.mail === null || moves)) {
    // A basis was given for one address: another one needs its own.
    if (next.mail !== null) next.mail_basis = 0
    next.mail_stop = stops.get(mail.mail) ?? 0
    Object.assign(next, reachedBy(mail))
  }
  // Whoever lies in the trash and tells us who they are is a lead again.
  const names = decision.kind === 'create' || decision.kind === 'name' || comesBack(plan, found)
  const given = consentOf(plan, next.mail)
  if (given) next.mail_basis = Math.max(next.mail_basis, MAIL_BASIS[given.basis])
  if (names) next.identified_at ??= act.historic ? act.at : ctx.now
  return found ? { plan, ...settled(found, next) } : { plan, row: settledNew(next), changes: [] }
}

/** Who was only told of was never seen. */
function blank({ subject, asked: { act } }: Plan): PersonRow {
  const made = newPerson(subject, act.at, act.historic === true)
  return act.device ? made : Object.assign(made, { last_seen_at: null })
}

/** A lead in the trash has an address or an external id and is not identified for the time being. */
const comesBack = (plan: Plan, row: PersonRow | undefined): boolean =>
  row?.identified_at === null && plan.decision.kind !== 'traits' && (plan.asked.mail !== null || plan.asked.external !== null)

/** Whoever comes back lies in the trash no more; how long their row is kept is again as it was. */
async function leaveTrash(ctx: Ctx, plans: readonly Plan[], locked: Map<string, PersonRow>): Promise<void> {
  const back = plans.filter((plan) => comesBack(plan, locked.get(plan.subject.id))).map((plan) => plan.subject)
  if (!back.length) return
  for (const [id, note] of await takeTrash(ctx.db, back)) {
    const row = locked.get(id)
    if (row) locked.set(id, { ...row, keep: note.keep })
  }
}

const backEvent = (ctx: Ctx, { subject, asked }: Plan): NewEvent => ({
  subject,
  id: derivedId(asked.causeId, 'identify', 'back', asked.index),
  name: 'lead.restored',
  occurredAt: ctx.now,
  causeId: asked.causeId,
  historic: asked.act.historic === true,
  props: { route: asked.act.route },
})

/** Devices that belong to somebody else from now on, and the dated history of every link made here. */
async function relink(ctx: Ctx, plans: readonly Plan[]): Promise<void> {
  const moved = plans.filter(
    ({ asked, decision, fresh }) =>
      asked.device !== null && (decision.kind === 'relink' || decision.kind === 'create') && !fresh.some((key) => key.kind === 'device'),
  )
  const links = moved.map((plan) => ({ kind: 'device' as const, value: plan.asked.device ?? '', ...plan.subject }))
  const from = await queries.findHolders(ctx.db, links)
  await queries.repointIdentities(ctx.db, links, ctx.now)
  await queries.closeHistory(ctx.db, from, ctx.now)
  const begun = [...links, ...plans.flatMap((plan) => plan.fresh)]
  await queries.insertHistory(
    ctx.db,
    begun.map((link) => ({ ...link, historyId: ctx.id(), cause: 'named' })),
    ctx.now,
  )
}
