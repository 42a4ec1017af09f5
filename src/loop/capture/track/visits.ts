// Which visit each event belongs to, and what is known of that visit. Pure.
import { hashedId } from '#kernel/chance.ts'
import { MINUTE } from '#kernel/clock.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { arrivalOf, channelOf, deviceClassOf } from './address.ts'
import { type OpenVisit, visitFor } from './decide.ts'
import type { VisitSeen } from './queries.ts'

/** An event on its way into the journal, as far as visits are concerned. */
export interface Step {
  readonly subject: Subject
  readonly eventId: string
  readonly siteId: string
  readonly device: string
  /** The visit as the tag counts it. */
  readonly visit: string | null
  readonly at: Date
  readonly historic: boolean
  readonly isPage: boolean
  readonly url: string | null
  readonly title: string | null
  readonly referrer: string | null
  readonly userAgent: string | null
}

/** The id of a visit that the tag named: the same for every event of it, in whatever order they come. */
export function namedVisit(device: string, visit: string): string {
  return hashedId('visit', device, visit)
}

/**
 * Gives each event its visit: the tag's own where it names one, else by the 30-minute rule over the visits that are there.
 * @param near visits by person id, for those persons with events that name none
 * @returns visit id by event id (persons apart), and the visits to write, in key order
 */
export function assignVisits(
  steps: readonly Step[],
  near: ReadonlyMap<string, readonly OpenVisit[]>,
): { visitOf: Map<Step, string>; visits: VisitSeen[] } {
  const visitOf = new Map<Step, string>()
  const open = new Map<string, OpenVisit[]>()
  const grown = new Map<string, { steps: Step[]; id: string }>()
  for (const step of [...steps].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const id = step.visit ? namedVisit(step.device, step.visit) : ruledVisit(step, open, near)
    visitOf.set(step, id)
    const key = `${step.subject.id}/${id}`
    const visit = grown.get(key) ?? { steps: [], id }
    visit.steps.push(step)
    grown.set(key, visit)
  }
  const visits = [...grown.values()].map(({ id, steps: own }) => summed(id, own))
  return { visitOf, visits: visits.sort((a, b) => bySubject(a.subject, b.subject) || (a.id < b.id ? -1 : 1)) }
}

function ruledVisit(step: Step, open: Map<string, OpenVisit[]>, near: ReadonlyMap<string, readonly OpenVisit[]>): string {
  const mine = open.get(step.subject.id) ?? [...(near.get(step.subject.id) ?? [])]
  const found = visitFor(step.at, mine)
  const grown: OpenVisit = found
    ? { id: found.id, startedAt: earlier(found.startedAt, step.at), lastAt: later(found.lastAt, step.at) }
    : { id: hashedId('visit', step.device, step.eventId), startedAt: step.at, lastAt: step.at }
  open.set(step.subject.id, [...mine.filter((visit) => visit.id !== grown.id), grown])
  return grown.id
}

const earlier = (a: Date, b: Date) => (a < b ? a : b)
const later = (a: Date, b: Date) => (a > b ? a : b)

/** What one batch knows of a visit: the first page is its landing, the last one where the visitor is now. */
function summed(id: string, steps: readonly Step[]): VisitSeen {
  const first = steps[0] as Step
  const last = steps.at(-1) as Step
  const landing = steps.find((step) => step.isPage) ?? first
  const page = steps.findLast((step) => step.isPage)
  const arrival = arrivalOf(landing.url, landing.referrer)
  return {
    subject: first.subject,
    id,
    siteId: first.siteId,
    device: first.device,
    startedAt: first.at,
    lastAt: last.at,
    slot: last.historic ? null : new Date(Math.floor(last.at.getTime() / MINUTE) * MINUTE),
    historic: last.historic,
    landing: landing.url,
    referrer: landing.referrer,
    channel: channelOf(arrival, landing.referrer, landing.url),
    keyword: arrival.keyword,
    utm: arrival.utm,
    clickId: arrival.clickId ? `${arrival.clickId.kind}=${arrival.clickId.value}` : null,
    deviceClass: deviceClassOf(first.userAgent),
    url: page?.url ?? null,
    title: page?.title ?? null,
  }
}
