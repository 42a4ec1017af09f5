// What follows from mails that left, in the transaction that tells of them, where nobody would do more with them than keep the books.
import { COMPANY_KEY } from '#access/company/service.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { bySubject, distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { together } from '#kernel/db/connection.ts'
import { append, holdIdle, type NewEvent } from '#kernel/journal.ts'
import { peopleNotice } from '#kernel/live.ts'
import type { SettingRow } from '#kernel/settings.ts'
import { isHeardBesides } from '#loop/loop.ts'
import { sentCounted } from '#loop/measure/rollup/service.ts'
import { SETTINGS as NEGLECT, sentFolded } from '#loop/sales/neglect/service.ts'
import { pastNew } from '#loop/sales/stage/queries.ts'
import { hears as scoreHears } from '#loop/score/service.ts'
import { hears as segmentHears } from '#loop/segment/live/service.ts'
import { listenersHeld, type Stamps } from './queries.ts'

/** Whose part is done here: the days and the touches are written, and the stage of whoever is past "new" does not move. */
const BOOKS: ReadonlySet<string> = new Set(['stage: nurturing begins', 'nobody forgotten: touches and plans', 'fold'])

type IsHeard = (event: NewEvent) => boolean

/** What the rules of a stamp hear, which says nothing else than they do. */
const known = new WeakMap<House, Pick<Stamps, 'score' | 'segment'> & { readonly isHeard: IsHeard }>()

/**
 * Appends `mail.sent` events. Whom the loop would turn for to no more than keep the books (days, touches) is not
 * queued: the books are kept here, under the same lock as a pass holds. Told as ever is what a rule in force reads (the stamps are held until
 * commit), and whoever is just being worked on, merged or parked, or is still new. Nobody is waited for, so no order of locks is broken.
 */
export async function tellSent(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  if (!events.length) return
  const people = Object.freeze(distinctSubjects(events.map(({ subject }) => subject)).sort(bySubject))
  const [held, idle, past] = await together(ctx.db, listenersHeld(), holdIdle(people), pastNew(people))
  const isHeard = await hearing(ctx, held[0])
  const still = new Set(past.map((row) => row.person_id))
  const booked = new Set(idle.flatMap((row) => (still.has(row.person_id) ? [row.person_id] : [])))
  const isQuiet = (event: NewEvent): boolean => booked.has(event.subject.id) && !isHeard(event)
  const told = events.map((event) => (isQuiet(event) ? { ...event, silent: true } : event))
  const fresh = await append(ctx, told)
  const quiet = told.filter((event) => event.silent && fresh.has(event.id)).map(({ subject, occurredAt }) => ({ subject, at: occurredAt }))
  if (quiet.length) await keepBooks(ctx, settingsOf(held[0]), quiet)
}

const settingsOf = (held: Stamps | undefined): SettingRow[] =>
  held
    ? [
        { key: COMPANY_KEY, value: held.company },
        { key: NEGLECT, value: held.neglect },
      ].filter(({ value }) => value !== null)
    : []

/** One count for each mail, one touch for each person. */
async function keepBooks(ctx: Ctx, settings: readonly SettingRow[], mails: readonly { subject: Subject; at: Date }[]): Promise<void> {
  const people = distinctSubjects(mails.map(({ subject }) => subject))
  const inTime = [...mails].sort((a, b) => a.at.getTime() - b.at.getTime())
  const last = new Map(inTime.map(({ subject, at }) => [subject.id, at]))
  await together(ctx.db, sentCounted(settings, mails), sentFolded(settings, last), peopleNotice(people, ['measure']))
}

/** Which of these events somebody listens to. Everything, where the rules are just being changed. */
async function hearing(ctx: Ctx, held: Stamps | undefined): Promise<IsHeard> {
  if (!held || held.isAwaited) return () => true
  const found = known.get(ctx.house)
  if (found && found.score === held.score && found.segment === held.segment) return found.isHeard
  const byRules = [await scoreHears(ctx), await segmentHears(ctx)]
  const isHeard: IsHeard = (event) => byRules.some((hears) => hears(event)) || isHeardBesides(event, BOOKS)
  known.set(ctx.house, { score: held.score, segment: held.segment, isHeard })
  return isHeard
}
