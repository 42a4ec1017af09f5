// The door for events from outside: a body comes in, a batch takes its messages, and 2xx is said only after COMMIT.

import { dayIn } from '#kernel/calendar.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal, Refusal } from '#kernel/errors.ts'
import { count, type Tally, takeBatch } from './accept.ts'
import { type Batcher, makeBatcher } from './batcher.ts'
import type { Sender } from './decide.ts'
import { brokenRefusal, culpritRefusal } from './faults.ts'
import type { Parsed, Rejected } from './incoming.ts'
import type { Item } from './passed.ts'
import { addCounts } from './queries.ts'
import { rulesAtHand, rulesOf, strangersOf } from './rules.ts'

const TAG: Actor = { kind: 'system', name: 'track' }
const MOST_PER_BATCH = 1_000
const MOST_WAITING = 10_000
const LANES = 1

/** What became of a body. */
export interface Answer {
  readonly accepted: number
  readonly rejected: readonly Rejected[]
}

const batchers = new WeakMap<House, Batcher<Item>>()

function batcherOf(house: House): Batcher<Item> {
  const found = batchers.get(house)
  if (found) return found
  const made = makeBatcher<Item>(async (items) => void (await withTx(house, TAG, (ctx) => takeBatch(ctx, items))), {
    most: MOST_PER_BATCH,
    lanes: LANES,
    longest: MOST_WAITING,
    full: () =>
      new Refusal('unavailable', 'ingest.full', 'More events are waiting than can be held. Nothing was stored: please repeat in a moment.'),
    culprit: (error) => culpritRefusal(house, error),
    broken: (error) => brokenRefusal(house, error),
  })
  batchers.set(house, made)
  return made
}

/**
 * Takes the messages of one body. Resolves only when they are committed; a message that cannot be stored is named by its index
 * and does not hold up the others.
 * @param key the write key as the request gives it; the body's own is used when absent
 * @throws Refusal unauthenticated for an unknown key, invalid when no message could be taken, unavailable when nothing was stored
 */
export async function accept(house: House, parsed: Parsed, sender: Sender, key: string | null): Promise<Answer> {
  const writeKey = key ?? parsed.key ?? ''
  if (!isAtHand(house, writeKey)) await knownKey(house, writeKey)
  const items = parsed.messages.map(({ message }): Item => ({ key: writeKey, message, sender }))
  const verdicts = await batcherOf(house).submit(items)
  if (!parsed.rejected.length && items.length && verdicts.every((verdict) => verdict === null))
    return { accepted: items.length, rejected: [] }
  const away = verdicts.find((verdict) => verdict?.kind === 'unavailable')
  if (away) throw away
  const refused = verdicts.flatMap((verdict, i) => {
    const index = parsed.messages[i]?.index ?? 0
    return verdict ? [{ index, field: verdict.errors[0]?.field ?? '', reason: verdict.errors[0]?.reason ?? verdict.message }] : []
  })
  const rejected = [...parsed.rejected, ...refused].sort((a, b) => a.index - b.index)
  if (rejected.length) await countRejected(house, writeKey, rejected)
  const accepted = parsed.messages.length - refused.length
  if (!accepted && rejected.length) throw unusable(rejected)
  return { accepted, rejected }
}

/** Nothing of the body could be taken. */
function unusable(rejected: readonly Rejected[]): Refusal {
  const first = rejected[0] as Rejected
  const errors = rejected.slice(0, 50).map((each) => ({
    field: [each.index || rejected.length > 1 ? `batch.${each.index}` : '', each.field].filter(Boolean).join('.'),
    reason: each.reason,
  }))
  return new Refusal('invalid', 'event.invalid', `${first.field || 'The event'} ${first.reason}.`, errors)
}

const isAtHand = (house: House, key: string): boolean => rulesAtHand(house)?.rules.sites.has(key) ?? false

/** Whether a site has this key. Known keys are not asked for again (the batch reads the sites anyway), unknown ones at most once a second. */
async function knownKey(house: House, key: string): Promise<void> {
  const at = rulesAtHand(house)
  const rules = !key || at?.fresh() ? null : await read(house)
  if (rules?.sites.has(key)) return
  strangersOf(house).n++
  throw new Refusal('unauthenticated', 'key.unknown', 'This write key is not known. Copy it from the snippet page of the site.')
}

async function read(house: House) {
  try {
    return await withRead(house, TAG, rulesOf)
  } catch (error) {
    throw asRefusal(error) ?? error
  }
}

async function countRejected(house: House, key: string, rejected: readonly Rejected[]): Promise<void> {
  await withTx(house, TAG, async (ctx) => {
    const rules = await rulesOf(ctx)
    const tally: Tally = new Map()
    const day = dayIn(rules.timeZone, ctx.now)
    for (const each of rejected) count(tally, day, rules.sites.get(key)?.id ?? null, 'invalid', fieldName(each.field))
    await addCounts(
      ctx.db,
      [...tally.values()].map((row) => ({ id: ctx.id(), ...row })),
    )
  })
}

/** Only the first part of a path: senders choose the rest, and a count per chosen name would grow without end. */
const fieldName = (field: string) => /^[A-Za-z]{1,30}/.exec(field)?.[0] ?? ''
