// What a play came to: sums by day, step and way, and people behind each number. Pure but for the tally itself, which grows.
import type { JsonObject } from '#kernel/json.ts'

/** So many people are kept for each number; of more, the same sample at every run. */
export const SAMPLE = 1_000

/** Somebody behind a number. */
export interface Shown {
  readonly personId: string
  readonly at: number
  readonly note: JsonObject
}

interface Place {
  n: number
  people: { readonly shown: Shown; readonly lot: number }[]
}

export interface Tally {
  /** `day step way` → how many. */
  readonly days: Map<string, number>
  readonly places: Map<string, Place>
  /** Numbers without people. */
  readonly counts: Map<string, number>
}

export const newTally = (): Tally => ({ days: new Map(), places: new Map(), counts: new Map() })

/** Adds to a plain number. */
export function count(tally: Tally, key: string, n = 1): void {
  tally.counts.set(key, (tally.counts.get(key) ?? 0) + n)
}

/** Adds to a number of a day of the window. */
export function onDay(tally: Tally, day: number, step: string, way: string): void {
  const key = `${day} ${step} ${way}`
  tally.days.set(key, (tally.days.get(key) ?? 0) + 1)
}

/** Puts somebody behind a number. */
export function put(tally: Tally, place: string, shown: Shown): void {
  const found = tally.places.get(place)
  if (!found) {
    tally.places.set(place, { n: 1, people: [{ shown, lot: 0 }] })
    return
  }
  found.n++
  found.people.push({ shown, lot: 0 })
  if (found.people.length >= 2 * SAMPLE) found.people = drawn(place, found.people)
}

/** FNV-1a: any spread will do, the same at every run; a hash of a library costs ten times as much. */
function lotOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0) + 1
}

function drawn(place: string, people: Place['people']): Place['people'] {
  const lots = people.map(({ shown, lot }) => ({ shown, lot: lot || lotOf(`${place} ${shown.personId} ${shown.at}`) }))
  return lots.sort((a, b) => a.lot - b.lot).slice(0, SAMPLE)
}

/** The people kept for a number, the earliest first. */
export function peopleOf(tally: Tally, place: string): Shown[] {
  const found = tally.places.get(place)
  if (!found) return []
  const kept = found.people.length > SAMPLE ? drawn(place, found.people) : found.people
  return kept.map(({ shown }) => shown).sort((a, b) => a.at - b.at || (a.personId < b.personId ? -1 : 1))
}

/** How often a number was counted, with or without people. */
export const timesOf = (tally: Tally, place: string): number => tally.places.get(place)?.n ?? 0
