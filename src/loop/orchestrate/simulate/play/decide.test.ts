import { describe, expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { drawFor } from '#kernel/chance.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import type { Reachable } from '#loop/deliver/outbox/decide.ts'
import { readsOf } from '#loop/segment/live/decide.ts'
import { type Graph, PLAIN, type Step } from '../../graph/contract.ts'
import { programOf } from '../../program/contract.ts'
import { BY_HAND } from '../../run/decide.ts'
import type { Past } from '../past/decide.ts'
import { finish, hear, newStage } from './decide.ts'
import { MAILS, newTimers, nextTimer, STEPS, setTimer } from './heap.ts'
import type { Setting, Told, Watched } from './stage.ts'
import { peopleOf, timesOf } from './tally.ts'
import { newWatch, watch, watchUntil } from './watch.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-04-06T10:00:00+09:00')
const at = (hours: number): number => START + hours * HOUR

const past = (id: string, more: Partial<Past> = {}): Past => ({
  id,
  bucket: 0,
  companyId: null,
  identifiedAt: 0,
  values: new Map(),
  streams: new Map(),
  stays: new Map(),
  reach: { identified: true, status: 'active', mail: `${id}@example.co.jp`, mailStop: 0, mailBasis: 4, proof: true, paused: false },
  words: [],
  sends: [],
  reactions: [],
  seen: [],
  createdAt: 0,
  reads: [],
  ...more,
})

const told = (person: string, name: string, hours: number): Told => ({
  personId: person,
  bucket: 0,
  hop: 0,
  occurred: at(hours),
  causeId: `${person}-${name}-${hours}`,
  event: { name, props: {}, pageGroup: null, eventId: `${person}-${name}-${hours}`, receivedAt: new Date(at(hours)), historic: false },
})

const setting: Setting = {
  from: START,
  until: at(24 * 14),
  days: Array.from({ length: 15 }, (_, i) => START - 10 * HOUR + i * 24 * HOUR),
  week: JAPANESE_WEEK,
  calendar: japaneseCalendar(),
  caps: OPEN_CAPS,
  heldAt: () => false,
  draw: drawFor,
  readsOf: (rule) => readsOf(rule, 'Asia/Tokyo'),
  watched: new Map(),
  templates: new Set(['T']),
  houseHours: null,
  rates: null,
  asksAnswers: true,
  companyDays: new Map(),
}

const mail: Step = { kind: 'mail', id: 'm', name: '', template: 'T', purpose: 'marketing' }
const clicked: Step = {
  kind: 'await',
  id: 'c',
  name: '',
  event: { kind: 'mail', step: 'm', did: 'clicked', link: '' },
  within: { amount: 2, unit: 'days' },
  branches: [
    { key: 'happened', name: '', weight: 0, steps: [] },
    { key: 'timedOut', name: '', weight: 0, steps: [] },
  ],
}
const graph: Graph = {
  ...PLAIN,
  triggers: [{ kind: 'event', id: 't', match: { event: 'go', filters: [] } }],
  entry: { kind: 'once' },
  steps: [mail, clicked],
}

function played(people: readonly Past[], more: Partial<Setting> = {}) {
  const part = {
    key: 'a' as const,
    scenarioId: 's',
    name: '',
    casts: [{ from: 0, version: 0, program: programOf(graph) }],
    isRecorded: false,
  }
  const stage = newStage(part, { ...setting, ...more })
  for (const one of people) hear(stage, told(one.id, 'go', 0), () => one)
  finish(stage)
  return stage.tally
}

describe('answers to mails that nobody ever got', () => {
  test('M2 what somebody really did with the same template is taken over, as long after as it was then', () => {
    const events = [{ at: at(-500) + 5 * HOUR, name: 'mail.clicked', url: 'https://www.mihon.example/' }]
    const tally = played([past('p', { reactions: [{ what: 'newsletter:1', template: 'T', sentAt: at(-500), events }] })])
    expect([timesOf(tally, 'way c happened'), tally.counts.get('answers template')]).toEqual([1, 1])
    expect(peopleOf(tally, 'mail m clicked').map((one) => one.at)).toEqual([at(5)])
  })

  test('M2 without a record nobody answers, unless the marketer assumes the rates of before: then about as many, the same at each run', () => {
    const people = Array.from({ length: 400 }, (_, i) => past(`p${i}`))
    expect(timesOf(played(people), 'way c timedOut')).toBe(400)
    const rates = new Map([['T', { sent: 100, opened: 40, clicked: 25, openDelays: [HOUR], clickDelays: [2 * HOUR], urls: [] }]])
    const [one, two] = [played(people, { rates }), played(people, { rates })]
    expect(timesOf(one, 'way c happened')).toBeGreaterThan(70)
    expect(timesOf(one, 'way c happened')).toBeLessThan(130)
    expect(peopleOf(two, 'way c happened')).toEqual(peopleOf(one, 'way c happened'))
    expect(timesOf(one, 'mail m opened')).toBeGreaterThan(timesOf(one, 'mail m clicked'))
  })
})

test('GEN-04 M2 an answer to what somebody did is none for whom a hand put in, in the time machine as live', () => {
  const answer = { ...graph, steps: [{ ...mail, purpose: 'transactional' as const }] }
  const part = {
    key: 'a' as const,
    scenarioId: 's',
    name: '',
    casts: [{ from: 0, version: 0, program: programOf(answer) }],
    isRecorded: true,
  }
  const stage = newStage(part, setting)
  const stopped = (id: string) => past(id, { reach: { ...(past(id).reach as Reachable), mailStop: 1 } })
  const put = told('put', 'scenario.entered', 0)
  const byHand = { ...put, event: { ...put.event, props: { scenario: 's', trigger: BY_HAND } } }
  for (const one of [told('asked', 'go', 0), byHand]) hear(stage, one, stopped)
  finish(stage)
  expect(peopleOf(stage.tally, 'mail m sent').map((one) => one.personId)).toEqual(['asked'])
  expect(peopleOf(stage.tally, 'mail m held unsubscribed').map((one) => one.personId)).toEqual(['put'])
})

test('M2 one who comes again is turned away and counted, by the entry rule of the draft', () => {
  const one = past('p')
  const part = {
    key: 'a' as const,
    scenarioId: 's',
    name: '',
    casts: [{ from: 0, version: 0, program: programOf(graph) }],
    isRecorded: false,
  }
  const stage = newStage(part, setting)
  for (const hours of [0, 1, 24 * 5]) hear(stage, told('p', 'go', hours), () => one)
  expect([timesOf(stage.tally, 'way start next'), stage.tally.counts.get('again busy'), stage.tally.counts.get('again entry')]).toEqual([
    1, 1, 1,
  ])
})

test('M2 of one instant runs go on before mails leave, and mails leave in the order in which they waited', () => {
  const timers = newTimers<string>()
  setTimer(timers, 5, 'younger', MAILS, 4)
  setTimer(timers, 5, 'older', MAILS, 1)
  setTimer(timers, 5, 'run', STEPS)
  setTimer(timers, 3, 'first', MAILS, 9)
  const until = (phase: number) => {
    const seen: string[] = []
    for (let due = nextTimer(timers, 5, phase); due; due = nextTimer(timers, 5, phase)) seen.push(due.what)
    return seen
  }
  expect([until(STEPS), until(MAILS)]).toEqual([
    ['first', 'run'],
    ['older', 'younger'],
  ])
})

test('M2 a segment that did not exist yet tells who would have come in by an event, and who out by time', () => {
  const rule = {
    kind: 'event' as const,
    match: { event: 'page.viewed', filters: [] },
    count: { op: 'atLeast' as const, n: 2 },
    period: { kind: 'last' as const, n: 3, unit: 'days' as const },
  }
  const reads = readsOf(rule, 'Asia/Tokyo')
  const watched: Watched = { id: 'seg', name: 'S', rule, reads, audience: 'leads', until: at(24 * 30), after: new Set() }
  const seen = [at(10), at(1)].map((time) => ({ occurred: time, received: time }))
  const one = past('p', { streams: new Map([[reads.streams[0]?.key ?? '', seen]]) })
  const of = newWatch([watched], 'Asia/Tokyo')
  expect(watch(of, told('p', 'page.viewed', 1), one)).toEqual([])
  expect(watch(of, told('p', 'page.viewed', 10), one).map((each) => [each.event.name, each.occurred])).toEqual([
    ['segment.entered', at(10)],
  ])
  expect(watchUntil(of, at(100)).map((each) => [each.event.name, each.occurred])).toEqual([['segment.left', at(1 + 72)]])
})
