// How the demo's people read their mail: some open it after a while, some of those follow a link and come back to the site.
import { drawFor } from '#kernel/chance.ts'
import { HOUR, MINUTE } from '#kernel/clock.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { takeBatch } from '#loop/capture/track/accept.ts'
import { followed, opened } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { mailsSent, type SentMail } from './queries.ts'
import { BROWSER, type MonthOptions, messagesOf } from './visits.ts'

const OPENS = 0.46
const CLICKS_OF_OPENS = 0.38

interface Reading {
  readonly at: number
  readonly mail: SentMail
}

interface Readers {
  at: Date
  readonly open: Reading[]
  readonly click: Reading[]
  /** Mails that were looked at: one may have left at the very instant of the last look, before it or after. */
  readonly seen: Set<string>
}

const seenUntil = new WeakMap<MonthOptions, Readers>()

/** Does what readers have come to do by now. */
export async function readMails(options: MonthOptions): Promise<void> {
  const { house } = options
  const state = seenUntil.get(options) ?? { at: options.from, open: [], click: [], seen: new Set() }
  seenUntil.set(options, state)
  const now = house.clock.now()
  for (const mail of await withRead(house, { kind: 'system', name: 'demo' }, (ctx) => mailsSent(ctx.db, state.at, now))) plan(state, mail)
  state.at = now
  for (const reading of due(state.open, now))
    await withTx(house, { kind: 'public' }, (ctx) => opened(ctx, tokenOf(options, reading.mail), hit))
  for (const reading of due(state.click, now)) await click(options, reading.mail)
}

const hit = { method: 'GET', userAgent: BROWSER, purpose: '' }
const tokenOf = ({ house }: MonthOptions, mail: SentMail): string =>
  mailToken(tokenKeys(house), { personId: mail.person_id, deliveryId: mail.id })

function plan(state: Readers, mail: SentMail): void {
  if (state.seen.has(mail.id)) return
  state.seen.add(mail.id)
  const draw = (what: string) => drawFor(`${mail.mail}/${mail.sent_at.getTime()}/${what}`)
  if (draw('opens') > OPENS) return
  const at = mail.sent_at.getTime() + 5 * MINUTE + draw('after') ** 2 * 30 * HOUR
  state.open.push({ at, mail })
  if (mail.links > 0 && draw('clicks') < CLICKS_OF_OPENS) state.click.push({ at: at + 2 * MINUTE, mail })
}

/** Takes out of the list what is due by `now`. */
function due(list: Reading[], now: Date): Reading[] {
  const ready = list.filter((reading) => reading.at <= now.getTime())
  list.splice(0, list.length, ...list.filter((reading) => reading.at > now.getTime()))
  return ready
}

/** The earlier a link stands in the mail, the more clicks it draws. */
const linkOf = (mail: SentMail): number => 1 + Math.floor(drawFor(`${mail.mail}/${mail.sent_at.getTime()}/link`) ** 2 * mail.links)

async function click(options: MonthOptions, mail: SentMail): Promise<void> {
  const { house, plan, state } = options
  const found = await withTx(house, { kind: 'public' }, (ctx) => followed(ctx, tokenOf(options, mail), linkOf(mail), hit))
  const person = [...plan.people.values()].find((each) => each.mail === mail.mail)
  if (!found?.url || !person) return
  const visit = {
    at: house.clock.now(),
    person: person.number,
    paths: ['/demo/cases', '/demo/pricing'],
    referrer: null,
    utm: { utm_source: 'hagukumi', utm_medium: 'email' },
    asks: false,
  }
  const sender = { userAgent: BROWSER, origin: new URL(house.publicUrl).origin, gpc: false }
  await withTx(house, { kind: 'system', name: 'track' }, (ctx) =>
    takeBatch(
      ctx,
      messagesOf(house, visit).map((message) => ({ key: state.writeKey, message, sender })),
    ),
  )
}
