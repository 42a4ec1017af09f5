// Who is it? The face of this room: devices, naming, consent, people. Adoption, fields, leads and timeline have services of their own beside.
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { makePulses } from '#kernel/journal.ts'
import type { IdentifyAct, IdentifyOutcome } from './acts.ts'
import { type Grant, grant, type Stop, stop } from './consent/service.ts'
import { fitActs } from './fields/acts.ts'
import { newPerson } from './fields/decide.ts'
import { nameAll } from './naming/service.ts'
import * as queries from './queries.ts'
import { noteSeen, type Seen } from './seen.ts'
import type { PersonRow } from './tables.ts'

export type { IdentifyAct, IdentifyOutcome, PersonFields } from './acts.ts'
export type { Basis } from './decide.ts'

/** A device that somebody came with. */
export interface DeviceAsk {
  readonly device: string
  readonly at: Date
  /** From replay or import: the visitor made for it never expires by setting. */
  readonly historic: boolean
  /** What the device is known from (site, replay): kept in its history. */
  readonly source?: string
}

/**
 * Who holds these devices, in one set; devices nobody holds get a new visitor (person, pulse, identity). Safe under concurrency.
 * Also moves `last_seen_at` forward, at most once a minute per person and never waiting for a lock.
 * @returns device → subject; every device asked for is in it
 */
export async function resolveDevices(ctx: Ctx, asks: readonly DeviceAsk[]): Promise<Map<string, Subject>> {
  const first = firstByDevice(asks)
  const devices = [...first.keys()].sort()
  const found = asMap(await queries.findHolders(ctx.db, devices.map(deviceKey)))
  const unknown = devices.filter((device) => !found.has(device))
  if (unknown.length) for (const [device, subject] of await makeVisitors(ctx, unknown, first)) found.set(device, subject)
  await noteSeen(ctx, latestSeen(asks, found))
  return found
}

const deviceKey = (device: string): queries.IdentityKey => ({ kind: 'device', value: device })
const asMap = (holders: readonly queries.IdentityHolder[]): Map<string, Subject> =>
  new Map(holders.map(({ value, bucket, id }) => [value, { bucket, id }]))

function firstByDevice(asks: readonly DeviceAsk[]): Map<string, DeviceAsk> {
  const first = new Map<string, DeviceAsk>()
  for (const ask of asks) {
    const known = first.get(ask.device)
    if (!known || ask.at < known.at) first.set(ask.device, ask)
  }
  return first
}

/** The identity is won first, then the person is made: whoever lost waits for the winner's commit and takes theirs. */
async function makeVisitors(ctx: Ctx, devices: readonly string[], asks: ReadonlyMap<string, DeviceAsk>): Promise<Map<string, Subject>> {
  const wanted = devices.map((device) => ({ ...deviceKey(device), ...subjectOf(ctx.id()) }))
  const won = await queries.insertIdentities(ctx.db, wanted, ctx.now)
  const rows = won.map((holder) => {
    const ask = asks.get(holder.value)
    return newPerson(holder, ask?.at ?? ctx.now, ask?.historic === true)
  })
  await queries.insertPeople(ctx.db, rows)
  await makePulses(
    ctx,
    won.map(({ bucket, id }) => ({ bucket, id })),
  )
  await queries.insertHistory(
    ctx.db,
    won.map((holder) => ({ ...holder, historyId: ctx.id(), cause: asks.get(holder.value)?.source ?? 'seen' })),
    ctx.now,
  )
  const made = asMap(won)
  const lost = devices.filter((device) => !made.has(device))
  const others = lost.length ? asMap(await queries.findHolders(ctx.db, lost.map(deviceKey))) : new Map<string, Subject>()
  return new Map([...made, ...others])
}

function latestSeen(asks: readonly DeviceAsk[], found: ReadonlyMap<string, Subject>): Seen[] {
  const latest = new Map<string, Seen>()
  for (const ask of asks) {
    const subject = found.get(ask.device)
    const known = subject && latest.get(subject.id)
    if (subject && (!known || known.at < ask.at)) latest.set(subject.id, { subject, at: ask.at })
  }
  return [...latest.values()]
}

/**
 * Names people, set-based; the outcomes are in the order of the acts. Appends lead.created / lead.named / lead.adopted / field.changed / consent.given.
 * Never merges two identified people: an ambiguous pair goes to the review list.
 * @throws Refusal `mail.malformed` (field `mail`) when an address is not one plain address
 */
export async function identify(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<IdentifyOutcome[]> {
  return nameAll(ctx, await fitActs(ctx, acts))
}

/** Stops all commercial mail to an address: the suppression list and the holder's row, in this transaction, the person's row locked. */
export function stopMail(ctx: Ctx, input: Stop): Promise<void> {
  return stop(ctx, input)
}

/** Writes the consent ledger and mirrors the basis into `person.mail_basis`. Never lifts a stop (that is `liftUnsubscribe` in consent/service.ts). */
export function grantConsent(ctx: Ctx, input: Grant): Promise<void> {
  return grant(ctx, input)
}

/** The rows of these people, by id; ids that are nobody (any more) are absent. */
export function loadPeople(ctx: Ctx, subjects: readonly Subject[]): Promise<Map<string, PersonRow>> {
  return queries.selectPeople(ctx.db, subjects)
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The subject of an id or of an old id, through the aliases; null when nobody is behind it. */
export async function resolveSubject(ctx: Ctx, id: string): Promise<Subject | null> {
  return (await resolveSubjects(ctx, [id])).get(id) ?? null
}

/** The same for many ids at once; ids with nobody behind them are absent. */
export async function resolveSubjects(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Subject>> {
  const asked = [...new Set(ids)].filter((id) => UUID.test(id))
  const aliases = await queries.findAliases(ctx.db, asked)
  const people = await queries.selectPeople(
    ctx.db,
    asked.map((id) => aliases.get(id) ?? { bucket: bucketOf(id), id }),
  )
  return new Map(
    asked.flatMap((id) => {
      const subject = aliases.get(id) ?? { bucket: bucketOf(id), id }
      return people.has(subject.id) ? [[id, subject] as const] : []
    }),
  )
}
