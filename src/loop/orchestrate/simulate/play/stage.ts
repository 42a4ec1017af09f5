// What a play needs: the drafts, the house, the people so far, and what is still to come. Data only.
import type { Calendar, WorkWeek } from '#kernel/calendar.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { MailCaps } from '#loop/deliver/outbox/caps/contract.ts'
import type { Reads } from '#loop/segment/live/decide.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import type { Program } from '../../program/contract.ts'
import type { HeardEvent, Run } from '../../step/state.ts'
import type { PartKey } from '../contract.ts'
import type { Overlay, Past } from '../past/decide.ts'
import type { Timers } from './heap.ts'
import type { Tally } from './tally.ts'

/** A version and since when it lets people in; null: it lets nobody in any more. */
export interface Cast {
  readonly from: number
  readonly version: number
  readonly program: Program | null
}

/** One of the drafts that are played. */
export interface Part {
  readonly key: PartKey
  readonly scenarioId: string
  readonly name: string
  /** Oldest first. */
  readonly casts: readonly Cast[]
  /** Who really entered by hand or by another scenario enters here too. */
  readonly isRecorded: boolean
}

/** How often people answered mails of a template before, and how soon: delays in ms at even shares of those who did. */
export interface Rates {
  readonly sent: number
  readonly opened: number
  readonly clicked: number
  readonly openDelays: readonly number[]
  readonly clickDelays: readonly number[]
  readonly urls: readonly string[]
}

/** A segment that is computed until it existed. */
export interface Watched {
  readonly id: string
  readonly name: string
  readonly rule: Rule
  readonly reads: Reads
  readonly audience: 'leads' | 'everyone'
  /** The first instant from which the journal tells of it. */
  readonly until: number
  /** Names of events after which a fact it asks may differ. */
  readonly after: ReadonlySet<string>
}

/** What is the same for all parts. */
export interface Setting {
  readonly from: number
  readonly until: number
  /** Midnights of the days of the window, the first at or before `from`. */
  readonly days: readonly number[]
  readonly week: WorkWeek
  readonly calendar: Calendar
  readonly caps: MailCaps
  /** Whether a unit was in the control group of the whole company then. */
  readonly heldAt: (unit: string, at: number) => boolean
  readonly draw: (key: string) => number
  readonly readsOf: (rule: Rule) => Reads
  /** Segments by id that did not exist for all of the window. */
  readonly watched: ReadonlyMap<string, Watched>
  readonly templates: ReadonlySet<string>
  /** When all people read, by hour of the week; null where nobody did, or no wait asks. */
  readonly houseHours: readonly number[] | null
  /** Null: nobody answers a mail that they never really got. */
  readonly rates: ReadonlyMap<string, Rates> | null
  /** Somebody waits for answers to mails. */
  readonly asksAnswers: boolean
  /** Commercial mails that really went to people of a company, by `company day`; empty where no cap asks. */
  readonly companyDays: ReadonlyMap<string, readonly { readonly from: string; readonly at: number; readonly n: number }[]>
}

/** A mail of a simulated run. */
export interface PlayedMail {
  readonly runId: string
  readonly step: string
  readonly key: string
  readonly template: string
  readonly purpose: 'marketing' | 'transactional'
  readonly since: number
  /** When it looks again. */
  notBefore: number
  state: 'waiting' | 'gone'
  reason: string
}

/** Somebody in a play. */
export interface Actor {
  readonly past: Past
  run: Run | null
  program: Program | null
  version: number
  /** What let them in this time. */
  trigger: string
  last: number | null
  readonly overlay: Overlay
  /** When commercial mails of the draft went to them. */
  readonly sends: number[]
  readonly mails: PlayedMail[]
  /** Other mail they got within a day of the draft's. */
  readonly met: Set<string>
}

export type Due =
  | { readonly kind: 'run'; readonly actor: Actor; readonly runId: string }
  | { readonly kind: 'mail'; readonly actor: Actor; readonly mail: PlayedMail }
  | { readonly kind: 'answer'; readonly actor: Actor; readonly event: HeardEvent }
  | { readonly kind: 'start'; readonly past: Past; readonly causeId: string; readonly trigger: string; readonly cast: Cast }

export interface Stage {
  readonly part: Part
  readonly setting: Setting
  readonly actors: Map<string, Actor>
  readonly timers: Timers<Due>
  readonly tally: Tally
  /** Commercial mails of the draft to people of a company: `company day` → how many. */
  readonly companySends: Map<string, number>
  /** Every mail that went out. */
  readonly sent: PlayedSend[]
}

/** A mail that would have gone out. */
export interface PlayedSend {
  readonly personId: string
  readonly step: string
  readonly at: number
}

/** An event of the journal as the play hears it. */
export interface Told {
  readonly personId: string
  readonly bucket: number
  readonly hop: number
  /** When it happened, ms; `event.receivedAt` is when it was heard. */
  readonly occurred: number
  /** What a run that it starts is named after: itself, or what really let somebody in by hand. */
  readonly causeId: string
  readonly event: HeardEvent
}

/** The day of the window an instant lies in. */
export function dayOf({ days }: Pick<Setting, 'days'>, at: number): number {
  let [low, high] = [0, days.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((days[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** A note to go with somebody behind a number. */
export const noted = (actor: Actor, at: number, note: JsonObject = {}) => ({ personId: actor.past.id, at, note })
