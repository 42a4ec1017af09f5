// Lives a month on a virtual clock, by the same engine as ever: visits come in, forms are sent, the loop turns, mail goes out and is read.

import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { atInstant, withTx } from '#kernel/db/tx.ts'
import { makePass, submit } from '#loop/capture/forms/submit.ts'
import { takeBatch } from '#loop/capture/track/accept.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { dueIssues, sendIssue } from './issues.ts'
import type { PlannedPerson, PlannedVisit } from './plan.ts'
import { readMails } from './readers.ts'
import { sell } from './sellers.ts'
import type { DemoState } from './state.ts'
import { BROWSER, deviceOf, type MonthOptions, messagesOf } from './visits.ts'

const VISITOR: Actor = { kind: 'system', name: 'track' }
/** Events older than an hour are history and start nothing, so a step of the clock is shorter than that. */
const STEP = 50 * MINUTE
/** Even when nobody comes, timers fall due. */
const LONGEST_REST = 6 * HOUR

/** Lives from `from` to `until`. */
export async function liveMonth(options: MonthOptions): Promise<void> {
  const { house, clock, plan, from, until } = options
  const issues = dueIssues(options)
  let next = 0
  let issue = 0
  for (let at = from.getTime(), day = -1; at < until.getTime(); ) {
    at = nextStep(at, plan.visits[next]?.at.getTime() ?? Number.POSITIVE_INFINITY, until.getTime())
    const visits: PlannedVisit[] = []
    for (let visit = plan.visits[next]; visit && visit.at.getTime() <= at; visit = plan.visits[++next]) visits.push(visit)
    clock.set(new Date(at))
    await takeVisits(options, visits)
    for (let due = issues[issue]; due && due.getTime() <= at; due = issues[++issue]) await sendIssue(options, issue)
    await turnAll(house)
    await readMails(options)
    await turnAll(house)
    const today = Math.floor((at - from.getTime()) / DAY)
    if (today === day) continue
    day = today
    await sell(options)
    await turnAll(house)
    options.progress((at - from.getTime()) / (until.getTime() - from.getTime()))
  }
}

function nextStep(at: number, nextVisit: number, until: number): number {
  if (nextVisit - at <= STEP) return Math.min(at + STEP, until)
  return Math.min(nextVisit + 1, at + LONGEST_REST, until)
}

/** One turn of everything that goes on by itself. */
async function turnAll(house: House): Promise<void> {
  await turnUntilQuiet(house)
  while ((await turnTimers(house)) > 0) await turnUntilQuiet(house)
  await sendDue(house)
  await turnUntilQuiet(house)
  await house.jobs.drain(house)
}

async function takeVisits({ house, state, plan }: MonthOptions, visits: readonly PlannedVisit[]): Promise<void> {
  if (!visits.length) return
  const items = visits
    .flatMap((each) => messagesOf(house, each))
    .map((message) => ({
      key: state.writeKey,
      message,
      sender: { userAgent: BROWSER, origin: new URL(house.publicUrl).origin, gpc: false },
    }))
  await withTx(house, VISITOR, (ctx) => takeBatch(ctx, items))
  for (const each of visits) {
    const person = each.asks ? plan.people.get(each.person) : undefined
    if (person) await ask(house, state, person)
  }
}

async function ask(house: House, state: DemoState, person: PlannedPerson): Promise<void> {
  await withTx(house, { kind: 'public' }, async (ctx) => {
    const pass = makePass(atInstant(ctx, new Date(ctx.now.getTime() - MINUTE)), state.form)
    const { company, familyName: family, givenName: given, mail, department, title, phone } = person
    const values = { _pass: pass, company, family, given, mail, department, title, phone, consent: 'yes' }
    await submit(ctx, {
      form: state.form,
      values,
      ip: '203.0.113.7',
      language: 'ja',
      device: deviceOf(person.number),
      page: `${house.publicUrl}/demo/download`,
    })
  })
}
