// Scores: the loop's first stage. News in, ledger lines and sums out, and the journal told what changed.
import { companyProfile } from '#access/company/service.ts'
import { appendHeard } from '#kernel/conclude.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { newsOf, noteChange, type Pass } from '#kernel/pass.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { attributeRules, behaviourRules, GIVEN_EVENT } from './decide.ts'
import { loadScores, loadTimers } from './ledger/queries.ts'
import { bookAttributes, bookEvents, factsForScores, type Pair, pairKey, remake } from './ledger/service.ts'
import { type Attributes, changesOf, type Rows, type Summed, sumUp } from './sums/service.ts'
import { holdVersions, type OpenVersion } from './versions/service.ts'

/** After these a person's history is another one (a click was a scanner's after all): everything is made anew. */
const REBORN: ReadonlySet<string> = new Set(['lead.adopted', 'lead.released', 'mail.rejudged'])

/** Scores the people of a pass under every open version; appends `score.changed` and `heat.changed` for the live ones. */
export async function react(ctx: Ctx, pass: Pass): Promise<void> {
  const versions = await holdVersions(ctx)
  if (versions.length) await scoreAll(ctx, { ...pass, people: await concerned(ctx, pass, versions) }, versions)
}

/** Whoever there is news of, and of the others those who are due or were never scored; the rest are woken at their next instant. */
async function concerned(ctx: Ctx, pass: Pass, versions: readonly OpenVersion[]): Promise<readonly Subject[]> {
  const quiet = pass.news.size ? pass.people.filter(({ id }) => !newsOf(pass, id).length) : pass.people
  const timers = await loadTimers(ctx.db, quiet, versions)
  for (const { personId, next } of timers.values()) if (next && next > pass.at) pass.wake(personId, next)
  return pass.people.filter(({ id }) => {
    const timer = timers.get(id)
    return newsOf(pass, id).length > 0 || (timer && (timer.rows < versions.length || (timer.next && timer.next <= pass.at)))
  })
}

async function scoreAll(ctx: Ctx, pass: Pass, versions: readonly OpenVersion[]): Promise<void> {
  if (!pass.people.length) return
  const rows = await openRows(ctx, pass, versions)
  const reborn = pass.people.filter(({ id }) => newsOf(pass, id).some((news) => REBORN.has(news.name)))
  for (const of of versions) await remake(ctx, of, reborn)
  const fresh = pass.people.filter((person) => !reborn.includes(person)).map((subject) => ({ subject, events: newsOf(pass, subject.id) }))
  const booked = await bookEvents(ctx, versions, fresh)
  const attributes = await lookAtAttributes(ctx, pass, versions, rows)
  const touched = touchedPairs(
    pass,
    versions,
    rows,
    [...booked, ...reborn.flatMap((subject) => versions.map((of) => ({ subject, of })))],
    attributes,
  )
  const summed = await sumUp(ctx, touched, rows, attributes)
  await tell(ctx, pass, summed)
  wakeAll(pass, rows, summed)
}

/** Which events the open versions read: by their rules, by what may change a fact of theirs, and by what makes a history anew. */
export async function hears(ctx: Ctx): Promise<(event: Pick<NewEvent, 'name'>) => boolean> {
  const versions = await holdVersions(ctx)
  const asked = versions.flatMap((of) => attributeRules(of.rules))
  const facts = asked.length ? await factsForScores(ctx) : new Map<string, Fact>()
  const names = new Set([
    ...REBORN,
    GIVEN_EVENT,
    ...versions.flatMap((of) => behaviourRules(of.rules).map((rule) => rule.match.event)),
    ...asked.flatMap((rule) => facts.get(rule.fact)?.after ?? []),
  ])
  return ({ name }) => names.has(name)
}

/** Rows of versions no longer open are left aside: their due instants would wake people for ever (reactor.md C5). */
async function openRows(ctx: Ctx, pass: Pass, versions: readonly OpenVersion[]): Promise<Rows> {
  const open = new Set(versions.map((of) => `${of.model}/${of.version}`))
  const rows = (await loadScores(ctx.db, pass.people)).filter((row) => open.has(`${row.model}/${row.version}`))
  return new Map(rows.map((row) => [pairKey(row.subject.id, row), row]))
}

/** Attribute rules are looked at for people never scored, after events that may change a fact they read, and when one is due. */
async function lookAtAttributes(ctx: Ctx, pass: Pass, versions: readonly OpenVersion[], rows: Rows): Promise<Attributes> {
  const withAttributes = versions.filter((of) => attributeRules(of.rules).length > 0)
  if (!withAttributes.length) return new Map()
  const facts = await factsForScores(ctx)
  const pairs: Pair[] = []
  for (const of of withAttributes) {
    const after = new Set(attributeRules(of.rules).flatMap((rule) => facts.get(rule.fact)?.after ?? []))
    for (const subject of pass.people) {
      const row = rows.get(pairKey(subject.id, of))
      const isDue = !row || (row.attributesDueAt !== null && row.attributesDueAt <= ctx.now)
      if (isDue || newsOf(pass, subject.id).some((news) => after.has(news.name) || REBORN.has(news.name))) pairs.push({ subject, of })
    }
  }
  return pairs.length ? bookAttributes(ctx, pairs, facts, (await companyProfile(ctx)).timeZone) : new Map()
}

function touchedPairs(pass: Pass, versions: readonly OpenVersion[], rows: Rows, booked: readonly Pair[], attributes: Attributes): Pair[] {
  const touched = new Map(booked.map((pair) => [pairKey(pair.subject.id, pair.of), pair]))
  for (const of of versions)
    for (const subject of pass.people) {
      const key = pairKey(subject.id, of)
      const row = rows.get(key)
      const isDue = !row || (row.nextChangeAt !== null && row.nextChangeAt <= pass.at)
      if (isDue || attributes.has(key)) touched.set(key, { subject, of })
    }
  return [...touched.values()]
}

/** Journals changes of live scores. They are historic when everything that caused them is. */
async function tell(ctx: Ctx, pass: Pass, summed: readonly Summed[]): Promise<void> {
  const events: NewEvent[] = []
  for (const one of summed.filter(({ of }) => of.isLive)) {
    const { subject } = one.after
    const news = newsOf(pass, subject.id)
    const cause = news.at(-1)
    const made = changesOf(one, {
      causeId: cause?.eventId ?? derivedId(subject.id, 'score', 'due', ctx.now.getTime()),
      hop: Math.max(0, ...news.map((each) => each.hop)) + (news.length ? 1 : 0),
      historic: news.length > 0 && news.every((each) => each.historic),
      at: ctx.now,
      isCaused: cause !== undefined,
    })
    if (made.length) noteChange(pass, subject.id, `score.${one.after.model}`)
    events.push(...made)
  }
  await appendHeard(ctx, events)
}

/** The next instant of every person: from the new sums, else from the row that was there. */
function wakeAll(pass: Pass, rows: Rows, summed: readonly Summed[]): void {
  const next = new Map([...rows].map(([key, row]) => [key, row]))
  for (const { of, after } of summed) next.set(pairKey(after.subject.id, of), after)
  for (const row of next.values()) if (row.nextChangeAt) pass.wake(row.subject.id, row.nextChangeAt)
}

/** Points that a scenario, an API client or a colleague gives; they count as soon as the loop turns. */
export async function addPoints(
  ctx: Ctx,
  gifts: readonly { subject: Subject; model: string; points: number; reason: string; causeId: string; hop?: number }[],
): Promise<void> {
  await append(
    ctx,
    gifts.map(({ subject, model, points, reason, causeId, hop }) => ({
      subject,
      id: derivedId(causeId, 'score', `points:${model}`),
      name: GIVEN_EVENT,
      occurredAt: ctx.now,
      causeId,
      hop: hop ?? 0,
      props: { model, points, reason },
    })),
  )
}
