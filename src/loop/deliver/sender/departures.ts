// The loop hears of mails that left a moment behind their record, many hands at once: a hand is ten mails, and telling is paid for by the hand.
// What is still to be told stands in the database since the record's own transaction.
import { idAt } from '#kernel/chance.ts'
import { SECOND } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { resolveSubjects } from '#loop/identify/service.ts'
import { SENDER } from './actor.ts'
import { departureAsk, listDepartures, type Mail, type SentMail, sentMails, takeDepartures } from './departures.queries.ts'

/** So many mails are told of at once, and at most so many where telling is slower than sending, */
const MANY = 100
const MOST = 500
/** or what there is after so long, in ms. */
const SOON_MS = 100
/** Whoever recorded these has had time enough to tell of them: it is gone, or its telling failed. */
const LEFT_MS = 10 * SECOND
/** Beyond so many that wait, their notes alone keep them: memory is bounded, and `tellLeft` finds them. */
const MOST_WAITING = 5_000
const PAGE = 100
/** Below every id. */
const LEAST = '00000000-0000-0000-0000-000000000000'

/** Mails of one hand, under the id of their note in the database. */
interface Hand {
  readonly id: string
  readonly sent: readonly NewEvent[]
}

export interface Departures {
  /** Tells of a hand soon; called once its record is committed. What cannot be told is left to `tellLeft`. */
  soon(hand: Hand): void
  /** Tells of what waits at once, and resolves when all of it was tried. */
  told(): Promise<void>
}

/** What one sender still has to tell. */
export function openDepartures(house: House): Departures {
  const waiting: Hand[] = []
  let mails = 0
  let timer: NodeJS.Timeout | null = null
  let busy: Promise<void> | null = null
  const run = (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    const hands: Hand[] = []
    while (waiting.length && mailsIn(hands) < MOST) hands.push(waiting.shift() as Hand)
    mails -= mailsIn(hands)
    busy = tellHands(house, hands)
      .catch((error: unknown) => house.log.warn({ err: error }, 'mails that left are told of a little later'))
      .then(() => {
        busy = null
        look()
      })
    return busy
  }
  const look = (): void => {
    if (busy || !waiting.length) return
    if (mails >= MANY) void run()
    // biome-ignore lint/plugin: a pause of milliseconds to gather a batch, not a domain timer
    else timer ??= setTimeout(() => void run(), SOON_MS)
  }
  return {
    soon: (hand) => {
      if (mails >= MOST_WAITING) return
      waiting.push(hand)
      mails += hand.sent.length
      look()
    },
    told: async () => {
      while (busy || waiting.length) await (busy ?? run())
    },
  }
}

const mailsIn = (hands: readonly Hand[]): number => hands.reduce((sum, { sent }) => sum + sent.length, 0)

/** Of whoever recorded them: one transaction takes the notes and tells of their mails. */
function tellHands(house: House, hands: readonly Hand[]): Promise<void> {
  return withTx(
    house,
    SENDER,
    async (ctx) => {
      const taken = new Set(
        (
          await takeDepartures(
            ctx.db,
            hands.map(({ id }) => id),
          )
        ).map(({ id }) => id),
      )
      await tell(
        ctx,
        hands.flatMap(({ id, sent }) => (taken.has(id) ? sent : [])),
      )
    },
    { claim: true },
  )
}

const tell = (ctx: Ctx, events: readonly NewEvent[]): Promise<unknown> => (ctx.house.ports.tellSent ?? append)(ctx, events)

/** Writes a note anew: not all that it names had really left. */
export async function correctDeparture(ctx: Ctx, id: string, mails: readonly Mail[]): Promise<void> {
  await takeDepartures(ctx.db, [id])
  if (mails.length) await departureAsk(id, mails).execute(ctx.db)
}

/** Whether notes lie here that nobody tells of any more. */
export const isLeft = async (ctx: Ctx): Promise<boolean> => (await listLeft(ctx, LEAST, 1)).length > 0

const listLeft = (ctx: Ctx, after: string, limit: number): Promise<string[]> =>
  listDepartures(ctx.db, { after, before: idAt(new Date(ctx.now.getTime() - LEFT_MS)) }, limit)

/**
 * Tells of what a sender recorded and did not live to tell, note by note: one that cannot be told of holds up no other. Mails are read anew,
 * where their people are by now; whoever was erased meanwhile is not written of.
 * @param isOver asked between two notes: whoever stops leaves the rest to the next one
 */
export async function tellLeft(house: House, isOver: () => boolean): Promise<void> {
  for (let [after, more] = [LEAST, true]; more; ) {
    const ids = await withTx(house, SENDER, (ctx) => listLeft(ctx, after, PAGE), { claim: true })
    for (const id of ids) {
      if (isOver()) return
      await withTx(house, SENDER, (ctx) => tellNote(ctx, id), { claim: true }).catch((error: unknown) =>
        house.log.error({ err: error, departure: id }, 'mails that left could not be told of; tried again'),
      )
    }
    more = ids.length === PAGE
    after = ids.at(-1) ?? after
  }
}

async function tellNote(ctx: Ctx, id: string): Promise<void> {
  const [note] = await takeDepartures(ctx.db, [id])
  if (!note) return
  const mails = note.people.map((person, i) => ({ person, delivery: note.deliveries[i] ?? '' }))
  // First where they were noted: a mail that was on the wire while its person was merged lies there still, and is told of under the old id.
  const there = await mailsAt(
    ctx,
    mails.map((mail) => ({ ...mail, subject: subjectOf(mail.person) })),
  )
  const found = new Set(there.map((mail) => mail.id))
  const missing = mails.filter(({ delivery }) => !found.has(delivery))
  const now = missing.length
    ? await resolveSubjects(
        ctx,
        missing.map(({ person }) => person),
      )
    : new Map<string, Subject>()
  const moved = await mailsAt(
    ctx,
    missing.flatMap((mail) => {
      const subject = now.get(mail.person)
      return subject ? [{ ...mail, subject }] : []
    }),
  )
  const sent = [...there, ...moved]
  if (sent.length) await tell(ctx, sent.map(eventOf))
}

const mailsAt = async (ctx: Ctx, mails: readonly { readonly subject: Subject; readonly delivery: string }[]): Promise<SentMail[]> =>
  mails.length
    ? sentMails(
        ctx.db,
        mails.map(({ subject }) => subject),
        mails.map(({ delivery }) => delivery),
      )
    : []

const eventOf = (mail: SentMail): NewEvent =>
  sentEvent(mail, { what: mail.what.split('#', 1)[0] ?? '', template: { id: mail.template_id, name: mail.template_name } }, mail.sent_at)

/** A mail that left, as an event; its id is the mail's own, so that it is told of once. */
export function sentEvent(
  mail: Mail & { readonly resent: boolean; readonly fence: number },
  { what, template }: { readonly what: string; readonly template: { readonly id: string; readonly name: string } },
  at: Date,
): NewEvent {
  return {
    subject: { bucket: mail.bucket, id: mail.person_id },
    id: derivedId(mail.id, 'deliver', 'sent', mail.resent ? mail.fence : 0),
    name: 'mail.sent',
    occurredAt: at,
    via: 'mail',
    props: { delivery: mail.id, what, template: template.id, name: template.name },
    unhurried: true,
  }
}
