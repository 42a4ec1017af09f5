// Claims people with news or due, lets the loop turn for them, and settles. One person that fails never holds up the others.
import { claimCrowd, findCrowd } from '#kernel/crowd.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { BUCKETS, type Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { asRefusal, codeOf } from '#kernel/errors.ts'
import { claim, lockPulses, type News, park, settle, takeNews } from '#kernel/journal.ts'
import { announce, announcePeople } from '#kernel/live.ts'
import { releaseFailed } from '#kernel/parked.ts'
import { forward } from '#loop/identify/adopt/service.ts'
import { react } from '#loop/loop.ts'
import { type After, afterPass, errorReason, feedingReason, splitByHop } from './decide.ts'
import { lastLinks } from './queries.ts'

const REACTOR: Actor = { kind: 'system', name: 'reactor' }

/**
 * How many people a pass takes at the most. It takes those who have news now: a handful while events come singly, so that nobody waits, and
 * this many of a backlog, where the two dozen statements of a pass are shared by all of them. An adoption waits for a whole pass.
 */
export const BATCH = 400

const everyBucket = Array.from({ length: BUCKETS }, (_, i) => i)

/** People of a crowd who are judged in one transaction: an event of one of them waits for a fraction of a second. */
const CROWD = 1_000

/** What a pass found: how many people, and how many of them were only due. */
interface Passed {
  readonly people: number
  readonly quiet: number
}

const NOBODY: Passed = { people: 0, quiet: 0 }

/**
 * One pass: claim, react, settle, commit. A failing batch is halved until the culprit stands alone; that person is parked with the error.
 * @param buckets those this worker leases
 * @returns how many people were reacted to; 0 means there is nothing to do now
 */
export async function turn(house: House, buckets: readonly number[] = everyBucket, most: number = BATCH): Promise<number> {
  return (await passOf(house, (ctx) => claim(ctx, buckets, most))).people
}

/**
 * One pass for many people who are due at once, bucket by bucket, when there are that many.
 * @param least how many make a crowd
 * @returns how many people were reacted to; 0 means there is no crowd
 */
export async function turnCrowd(house: House, buckets: readonly number[] = everyBucket, least?: number): Promise<number> {
  const passed = await passOf(house, async (ctx) => {
    const from = await findCrowd(ctx, buckets, least)
    return from === null ? [] : claimCrowd(ctx, buckets, from, CROWD)
  })
  return passed.people
}

/**
 * What a worker repeats: a pass for whoever there is news of, and while a crowd is due, one for a part of it. In turns, so that nobody's
 * news wait for the crowd. After a fault whoever is due goes with everybody else: a crowd that cannot be claimed holds nobody up.
 */
export function turning(house: House, buckets: () => readonly number[] = () => everyBucket): () => Promise<number> {
  let isCrowded = false
  return async () => {
    const own = buckets()
    const wasCrowded = isCrowded
    isCrowded = false
    const { people, quiet } = await passOf(house, (ctx) => claim(ctx, own, BATCH, wasCrowded ? null : ctx.now))
    if (!wasCrowded && (people < BATCH || quiet < BATCH / 2)) return people
    const many = await turnCrowd(house, own)
    isCrowded = many > 0
    // When the crowd is over, the few who are left of it are due still.
    return people + many + (wasCrowded && !isCrowded ? 1 : 0)
  }
}

async function passOf(house: House, claimed: (ctx: Ctx) => Promise<Subject[]>): Promise<Passed> {
  let people: readonly Subject[] = []
  try {
    return await withTx(
      house,
      REACTOR,
      async (ctx) => {
        people = await claimed(ctx)
        return people.length ? { people: people.length, quiet: await pass(ctx, people) } : NOBODY
      },
      { claim: true },
    )
  } catch (error) {
    if (!people.length || isNobodysFault(error)) throw error
    house.log.warn({ err: error, people: people.length }, 'a pass failed: looking for the person it fails for')
    await apart(house, people, error)
    return { people: people.length, quiet: 0 }
  }
}

/** Turns until nobody has news and nobody is due: tests, the command line, the demo. @returns the number of passes */
export async function turnUntilQuiet(house: House, most = 100_000): Promise<number> {
  const next = turning(house)
  for (let passes = 0; passes < most; passes++) if ((await next()) === 0) return passes
  throw new Error(`the loop did not come to rest within ${most} passes`)
}

/** The database being away is nobody's fault; a statement that took too long may be somebody's. */
function isNobodysFault(error: unknown): boolean {
  return codeOf(error) !== '57014' && asRefusal(error)?.kind === 'unavailable'
}

/** One more try for everybody the loop failed for: called when a worker begins, perhaps with what failed mended. Who fails again is parked again. */
export async function retryFailed(house: House): Promise<void> {
  const people = await withTx(house, REACTOR, (ctx) => releaseFailed(ctx))
  if (people) house.log.info({ people }, 'parked people have another try')
}

/** Each half by itself; the one who still fails alone is parked with the error, the rest commits. */
async function apart(house: House, subjects: readonly Subject[], error: unknown): Promise<void> {
  const [only] = subjects
  if (subjects.length === 1 && only) {
    house.log.error({ err: error, person: only.id }, 'a person was parked: the loop fails for them')
    await withTx(house, REACTOR, (ctx) => stop(ctx, only, errorReason(error)))
    return
  }
  const middle = Math.ceil(subjects.length / 2)
  for (const half of [subjects.slice(0, middle), subjects.slice(middle)]) {
    try {
      await withTx(house, REACTOR, (ctx) => again(ctx, half), { claim: true })
    } catch (failed) {
      if (isNobodysFault(failed)) throw failed
      await apart(house, half, failed)
    }
  }
}

/** Parks a person and tells the screens that list who is stopped. */
async function stop(ctx: Ctx, subject: Subject, reason: string): Promise<void> {
  await park(ctx, subject, reason)
  await announce(ctx, 'stuck', {})
}

async function again(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  await lockPulses(ctx, subjects)
  await pass(ctx, subjects)
}

/** What happens between the lock and the commit. @returns how many of them were only due */
async function pass(locked: Ctx, claimed: readonly Subject[]): Promise<number> {
  const people = Object.freeze(await forward(locked, Object.freeze(claimed)))
  if (!people.length) return 0
  const { ctx, news } = await takeNews(locked, people)
  const { fine, runaway } = splitByHop(news)
  const due = await react(ctx, { at: ctx.now, people, news: fine })
  const after: After[] = []
  for (const subject of people) {
    const over = runaway.get(subject.id)
    after.push(afterPass(subject, due.get(subject.id), ctx.now, over ? await feeding(ctx, subject, over) : null))
  }
  await settle(
    ctx,
    after.map(({ subject, dueAt }) => ({ subject, dueAt, eventIds: (fine.get(subject.id) ?? []).map((one) => one.eventId) })),
  )
  for (const { subject, parkedBecause } of after.filter((one) => one.parkedBecause)) {
    ctx.log.warn({ person: subject.id, why: parkedBecause }, 'a person was parked')
    await stop(ctx, subject, parkedBecause ?? '')
  }
  // Open screens look again at these people, or at anybody in their buckets where there are too many to be named.
  if (people.length > BATCH) await announce(ctx, 'people', { buckets: [...new Set(people.map(({ bucket }) => bucket))] })
  else await announcePeople(ctx, people)
  return people.length - news.size
}

/** Names the rules that feed each other, from the journal: only for the rare person it happens to. */
async function feeding(ctx: Ctx, subject: Subject, runaway: readonly News[]): Promise<string> {
  const since = new Date(Math.min(...runaway.map((one) => one.receivedAt.getTime())) - 3_600_000)
  return feedingReason(await lastLinks(ctx.db, subject, since))
}
