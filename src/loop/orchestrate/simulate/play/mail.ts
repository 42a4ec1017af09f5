// What would have become of a mail: reach, hours and caps by the very functions that the queue and the sender ask. Pure but for the stage.
import { dayIn } from '#kernel/calendar.ts'
import { hashedId } from '#kernel/chance.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import { mayReachNow } from '#loop/deliver/outbox/caps/decide.ts'
import { mayReach } from '#loop/deliver/outbox/decide.ts'
import { unitOf } from '#loop/identify/arm/decide.ts'
import { purposeOf } from '../../run/decide.ts'
import { mailKey } from '../../step/events.ts'
import type { HeardEvent } from '../../step/state.ts'
import { type Reaction, reachAt } from '../past/decide.ts'
import { MAILS, setTimer } from './heap.ts'
import { type Actor, dayOf, noted, type PlayedMail, type Rates, type Stage } from './stage.ts'
import { count, onDay, put } from './tally.ts'

/** A mail step is passed: the mail is queued, and leaves now if it may. */
export function queueMail(
  stage: Stage,
  actor: Actor,
  step: { readonly id: string; readonly template: string; readonly purpose: PlayedMail['purpose'] },
  runId: string,
  at: number,
): void {
  const purpose = purposeOf(step.purpose, actor.trigger)
  const made: PlayedMail = {
    runId,
    step: step.id,
    key: mailKey(runId, step.id),
    template: step.template,
    purpose,
    since: at,
    notBefore: at,
    state: 'waiting',
    reason: '',
  }
  if (!stage.setting.templates.has(step.template)) {
    hold(stage, actor, made, 'no_template', at)
    return
  }
  const isHeld = purpose === 'marketing' && stage.setting.heldAt(unitOf(actor.past.id, actor.past.companyId), at)
  const reason = mayReach(reachAt(actor.past, at), purpose) ?? (isHeld ? 'held_out' : null)
  if (reason) {
    hold(stage, actor, made, reason, at)
    return
  }
  actor.mails.push(made)
  // What the person has had already puts it off at once; the rest is weighed when all that want to leave now are there.
  if (!putOff(stage, actor, made, at, null)) setTimer(stage.timers, at, { kind: 'mail', actor, mail: made }, MAILS, at)
}

function hold(stage: Stage, actor: Actor, mail: PlayedMail, reason: string, at: number): void {
  mail.state = 'gone'
  mail.reason = reason
  drop(actor, mail)
  put(stage.tally, `mail ${mail.step} held ${reason}`, noted(actor, at, { reason }))
}

function drop(actor: Actor, mail: PlayedMail): void {
  const i = actor.mails.indexOf(mail)
  if (i >= 0) actor.mails.splice(i, 1)
}

/** A waiting mail would like to leave: it does, waits on, or is given up. */
export function leave(stage: Stage, actor: Actor, mail: PlayedMail, at: number): void {
  if (mail.state !== 'waiting') return
  const reason = mayReach(reachAt(actor.past, at), mail.purpose)
  if (reason) hold(stage, actor, mail, reason, at)
  else if (!putOff(stage, actor, mail, at, companyOf(stage, actor, at))) depart(stage, actor, mail, at)
}

/** Hours and caps hold commercial mail back. @returns whether it does not leave now */
function putOff(stage: Stage, actor: Actor, mail: PlayedMail, at: number, company: number | null): boolean {
  if (mail.purpose !== 'marketing') return false
  const { caps, calendar, week } = stage.setting
  const ahead = actor.mails.filter((one) => one !== mail && one.notBefore <= at && isBefore(one, mail)).length
  const wish = { since: new Date(mail.since), isNewsletter: false, sends: sendsOf(stage, actor, at), ahead, company }
  const answer = mayReachNow(wish, caps, new Date(at), { calendar, week })
  if (answer.kind === 'go') return false
  if (answer.kind === 'postpone') postpone(stage, actor, mail, at, answer.until.getTime(), answer.reason)
  else {
    put(stage.tally, `caps givenUp ${answer.reason}`, noted(actor, at, { step: mail.step }))
    hold(stage, actor, mail, answer.reason, at)
  }
  return true
}

/** Mails of one scenario have one priority: whoever waits longer goes first. */
const isBefore = (a: PlayedMail, b: PlayedMail): boolean => a.purpose === 'marketing' && a.since < b.since

/** Caps look a week back. */
const BACK = 8 * DAY

/** What the caps count: what really went out besides this scenario, and what the draft sent. */
function sendsOf({ part }: Stage, actor: Actor, at: number): Date[] {
  const others = actor.past.sends.filter((one) => one.isMarketing && one.from !== part.scenarioId && one.at <= at && one.at > at - BACK)
  const own = actor.sends.filter((one) => one > at - BACK)
  return [...others.map((one) => one.at), ...own].map((one) => new Date(one))
}

const companyKey = (stage: Stage, actor: Actor, at: number): string | null =>
  actor.past.companyId && `${actor.past.companyId} ${dayIn(stage.setting.week.timeZone, new Date(at))}`

/** Commercial mails to the company on that day so far. */
function companyOf(stage: Stage, actor: Actor, at: number): number | null {
  if (stage.setting.caps.perCompanyDay === null) return null
  const key = companyKey(stage, actor, at)
  if (key === null) return null
  const others = (stage.setting.companyDays.get(key) ?? []).filter((one) => one.from !== stage.part.scenarioId && one.at <= at)
  return others.reduce((sum, one) => sum + one.n, stage.companySends.get(key) ?? 0)
}

function postpone(stage: Stage, actor: Actor, mail: PlayedMail, at: number, until: number, reason: string): void {
  if (mail.reason === '') {
    put(stage.tally, `mail ${mail.step} postponed`, noted(actor, at, { reason, until: new Date(until).toISOString() }))
    onDay(stage.tally, dayOf(stage.setting, at), 'mails', 'postponed')
  }
  if (mail.reason !== reason) {
    put(stage.tally, `caps ${reason}`, noted(actor, at, { step: mail.step, until: new Date(until).toISOString() }))
    mail.reason = reason
  }
  count(stage.tally, `delay ${reason}`, (until - at) / HOUR)
  mail.notBefore = until
  setTimer(stage.timers, until, { kind: 'mail', actor, mail }, MAILS, mail.since)
}

function depart(stage: Stage, actor: Actor, mail: PlayedMail, at: number): void {
  mail.state = 'gone'
  drop(actor, mail)
  stage.sent.push({ personId: actor.past.id, step: mail.step, at })
  put(
    stage.tally,
    `mail ${mail.step} sent`,
    noted(actor, at, { since: new Date(mail.since).toISOString(), ...(mail.reason ? { reason: mail.reason } : {}) }),
  )
  onDay(stage.tally, dayOf(stage.setting, at), 'mails', 'sent')
  if (mail.purpose === 'marketing') {
    actor.sends.push(at)
    const key = stage.setting.caps.perCompanyDay === null ? null : companyKey(stage, actor, at)
    if (key !== null) stage.companySends.set(key, (stage.companySends.get(key) ?? 0) + 1)
    collide(stage, actor, mail, at)
  }
  if (stage.setting.asksAnswers) answered(stage, actor, mail, at)
}

/** Other commercial mail that really reached the person within a day before or after. */
function collide(stage: Stage, actor: Actor, mail: PlayedMail, at: number): void {
  for (const other of actor.past.sends) {
    if (!other.isMarketing || other.from === stage.part.scenarioId || Math.abs(other.at - at) >= DAY) continue
    put(stage.tally, `with ${other.from}`, noted(actor, at, { step: mail.step, other: new Date(other.at).toISOString() }))
    if (!actor.met.has(other.from)) count(stage.tally, `met ${other.from}`)
    actor.met.add(other.from)
  }
}

/** Nobody knows how a person would have answered: what they really did with that mail, with that template, or by how often people did. */
function answered(stage: Stage, actor: Actor, mail: PlayedMail, at: number): void {
  const own = actor.past.reactions.find((one) => one.what === mail.key)
  if (own && own.sentAt >= at - HOUR && own.events.every((event) => event.at >= at)) {
    count(stage.tally, 'answers recorded')
    return
  }
  const near = own ?? nearest(actor.past.reactions, mail.template, at)
  if (near) {
    count(stage.tally, 'answers template')
    for (const event of near.events) answer(stage, actor, mail, at + Math.max(event.at - near.sentAt, 0), event.name, event.url)
    return
  }
  const rates = stage.setting.rates?.get(mail.template) ?? stage.setting.rates?.get('')
  if (!rates?.sent) {
    count(stage.tally, 'answers silent')
    return
  }
  count(stage.tally, 'answers drawn')
  drawAnswer(stage, actor, mail, at, rates)
}

function nearest(reactions: readonly Reaction[], template: string, at: number): Reaction | undefined {
  const same = reactions.filter((one) => one.template === template)
  return same.sort((a, b) => Math.abs(a.sentAt - at) - Math.abs(b.sentAt - at))[0]
}

/** Whoever clicks has opened: one draw decides both. */
function drawAnswer(stage: Stage, actor: Actor, mail: PlayedMail, at: number, rates: Rates): void {
  const { draw } = stage.setting
  const lot = draw(`answer:${mail.step}:${actor.past.id}`)
  const pick = (list: readonly number[], what: string): number =>
    list[Math.floor(draw(`${what}:${mail.step}:${actor.past.id}`) * list.length)] ?? HOUR
  const opens = at + pick(rates.openDelays, 'open')
  if (lot < Math.max(rates.opened, rates.clicked) / rates.sent) answer(stage, actor, mail, opens, 'mail.opened', '')
  if (lot >= rates.clicked / rates.sent) return
  const url = rates.urls[Math.floor(draw(`url:${mail.step}:${actor.past.id}`) * rates.urls.length)] ?? ''
  answer(stage, actor, mail, Math.max(opens, at + pick(rates.clickDelays, 'click')), 'mail.clicked', url)
}

function answer(stage: Stage, actor: Actor, mail: PlayedMail, at: number, name: string, url: string): void {
  const props = { what: mail.key, template: mail.template, ...(url ? { url } : {}) }
  const event: HeardEvent = {
    name,
    props,
    pageGroup: null,
    eventId: hashedId('played', mail.key, name, String(at)),
    receivedAt: new Date(at),
    historic: false,
  }
  if (at <= stage.setting.until) setTimer(stage.timers, at, { kind: 'answer', actor, event })
}

/** A run that ended otherwise than at its end takes back what still waits. */
export function takeBack(stage: Stage, actor: Actor, runId: string, at: number): void {
  for (const mail of actor.mails.filter((one) => one.runId === runId)) hold(stage, actor, mail, 'scenario_ended', at)
}
