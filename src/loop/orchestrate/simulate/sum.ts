// What a play came to, as it is shown: sums of a part, and the people behind each. Pure.
import { dayIn } from '#kernel/calendar.ts'
import { type Graph, stepsOf } from '../graph/contract.ts'
import type { PartResult } from './contract.ts'
import type { Plan } from './plan.ts'
import type { Stage } from './play/stage.ts'
import { type Tally, timesOf } from './play/tally.ts'

/** How a source of mail is called. */
export interface Source {
  readonly name: string
  readonly kind: 'newsletter' | 'scenario' | 'other'
}

/** The result of a part. */
export function resultOf(plan: Plan, stage: Stage, sources: ReadonlyMap<string, Source>): PartResult {
  const { tally } = stage
  const graphs = stage.part.casts.flatMap((cast) => (cast.program ? [cast.program.graph] : []))
  const n = (key: string) => tally.counts.get(key) ?? 0
  return {
    key: stage.part.key,
    entered: timesOf(tally, 'way start next'),
    people: stage.actors.size,
    again: { busy: n('again busy'), entry: n('again entry') },
    ends: placesOf(tally, 'way end '),
    waiting: placesOf(tally, 'at '),
    ways: waysOf(tally),
    mails: mailSteps(graphs, tally).map((step) => mailOf(tally, step)),
    days: daysOf(plan, tally),
    weeks: { own: weeksOf(tally, 'own'), all: weeksOf(tally, 'all') },
    collisions: collisionsOf(stage, sources),
    caps: ['quiet', 'capped'].flatMap((reason) => capOf(tally, reason)),
    conditions: conditionsOf(tally),
    answers: { recorded: n('answers recorded'), template: n('answers template'), drawn: n('answers drawn'), silent: n('answers silent') },
    effects: countsOf(tally, 'effect '),
    segments: segmentsOf(plan),
    outside: outsideOf(graphs),
  }
}

/** Numbers of the places that begin so, by the rest of their name. */
function placesOf(tally: Tally, prefix: string): Record<string, number> {
  return Object.fromEntries(
    [...tally.places].flatMap(([place, { n }]) => (place.startsWith(prefix) ? [[place.slice(prefix.length), n]] : [])),
  )
}

function countsOf(tally: Tally, prefix: string): Record<string, number> {
  return Object.fromEntries([...tally.counts].flatMap(([key, n]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), n]] : [])))
}

function waysOf(tally: Tally): PartResult['ways'] {
  return Object.entries(placesOf(tally, 'way ')).map(([key, n]) => {
    const [step = '', way = ''] = key.split(' ')
    return { step, way, n }
  })
}

/** Steps of mails as they stand in the newest version, then those of older ones. */
function mailSteps(graphs: readonly Graph[], tally: Tally): string[] {
  const steps = [...graphs].reverse().flatMap((graph) => stepsOf(graph.steps).flatMap((one) => (one.kind === 'mail' ? [one.id] : [])))
  const seen = [...tally.places.keys()].flatMap((place) => (place.startsWith('mail ') ? [place.split(' ')[1] ?? ''] : []))
  return [...new Set([...steps, ...seen])]
}

function mailOf(tally: Tally, step: string): PartResult['mails'][number] {
  const n = (fate: string) => timesOf(tally, `mail ${step} ${fate}`)
  const held = placesOf(tally, `mail ${step} held `)
  return { step, sent: n('sent'), postponed: n('postponed'), waiting: n('waiting'), held, opened: n('opened'), clicked: n('clicked') }
}

function daysOf({ setting }: Plan, tally: Tally): PartResult['days'] {
  const days = setting.days.map((at) => ({ day: dayIn(setting.week.timeZone, new Date(at)), entered: 0, mails: 0, ended: 0, postponed: 0 }))
  for (const [key, n] of tally.days) {
    const [day, step, way] = key.split(' ')
    const of = days[Number(day)]
    if (!of) continue
    if (step === 'start') of.entered += n
    else if (step === 'end') of.ended += n
    else if (step === 'mails') of[way === 'sent' ? 'mails' : 'postponed'] += n
  }
  return days
}

const weeksOf = (tally: Tally, kind: string): number[] => [1, 2, 3, 4, 5].map((n) => timesOf(tally, `weeks ${kind} ${n}`))

function collisionsOf({ tally }: Stage, sources: ReadonlyMap<string, Source>): PartResult['collisions'] {
  return Object.entries(placesOf(tally, 'with '))
    .map(([key, mails]) => {
      const { name, kind } = sources.get(key) ?? { name: '', kind: 'other' as const }
      return { key, name, kind, mails, people: tally.counts.get(`met ${key}`) ?? 0 }
    })
    .sort((a, b) => b.mails - a.mails)
}

function capOf(tally: Tally, reason: string): PartResult['caps'] {
  const mails = timesOf(tally, `caps ${reason}`)
  const givenUp = timesOf(tally, `caps givenUp ${reason}`)
  if (!mails && !givenUp) return []
  const hours = mails ? (tally.counts.get(`delay ${reason}`) ?? 0) / mails : 0
  return [{ reason, mails, hours: Math.round(hours * 10) / 10, givenUp }]
}

function conditionsOf(tally: Tally): PartResult['conditions'] {
  return Object.entries(countsOf(tally, 'asked ')).map(([step, asked]) => ({ step, asked, todays: countsOf(tally, `todays ${step} `) }))
}

function segmentsOf({ segments, setting }: Plan): PartResult['segments'] {
  return segments.map(({ id, name, createdAt }) => {
    const computed = createdAt > setting.from
    return {
      id,
      name,
      how: computed ? ('computed' as const) : ('recorded' as const),
      until: computed ? new Date(createdAt).toISOString() : null,
    }
  })
}

/** Kinds that the model takes otherwise than they would run. */
const OUTSIDE = new Set([
  'date',
  'schedule',
  'silence',
  'manual',
  'task',
  'bestHour',
  'handoff',
  'owner',
  'campaign',
  'consent',
  'webhook',
  'scenario',
  'notify',
  'points',
])

function outsideOf(graphs: readonly Graph[]): string[] {
  const kinds = graphs.flatMap((graph) => [
    ...graph.triggers.map((one) => one.kind),
    ...stepsOf(graph.steps).map((one) => (one.kind === 'wait' ? one.until.kind : one.kind)),
  ])
  return [...new Set(kinds)].filter((kind) => OUTSIDE.has(kind))
}
