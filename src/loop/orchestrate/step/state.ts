// What the scenario engine is given and what it answers: runs, what happens to them, what they ask, and why they went which way.
import type { Calendar, WorkWeek } from '#kernel/calendar.ts'
import type { SeenEvent } from '#loop/score/condition/decide.ts'
import type { LeafStep, TaskStep } from '../graph/contract.ts'

/** How a run ended. `exited`: by an exit rule; `held`: drawn into the control group of the scenario, so that it never began. */
export type How = 'completed' | 'goal' | 'exited' | 'stopped' | 'held'

/** What a run heard while it could not go on, and the way it takes for it. */
export interface Heard {
  readonly name: string
  readonly eventId: string
  readonly way?: string
}

/** A run as the engine sees it. `at` is the step it stands at; null only before it began and after it ended. */
export interface Run {
  readonly id: string
  readonly personId: string
  readonly scenarioId: string
  readonly at: string | null
  readonly arrivedAt: Date
  readonly dueAt: Date | null
  readonly ended: How | null
  /** What it was waiting for came while the scenario was paused: the way is taken when the scenario goes on. */
  readonly heard: Heard | null
  /** How many steps were left behind: the ordinal of the next line of its history. */
  readonly steps: number
}

/** What a step must be told of its person before it can go on. */
export type Ask =
  | { readonly kind: 'condition' }
  | { readonly kind: 'switch' }
  /** What arms are drawn for: `loadUnits` of identify/arm. */
  | { readonly kind: 'unit' }
  /** The day in a field. */
  | { readonly kind: 'day'; readonly field: string }
  /** At which hours of the week the person reads. */
  | { readonly kind: 'hours' }

/** What it is told. */
export type Said =
  | { readonly kind: 'condition'; readonly yes: boolean; readonly because?: unknown }
  /** The key of the first case that is true, null when none is. */
  | { readonly kind: 'switch'; readonly key: string | null; readonly because?: unknown }
  | { readonly kind: 'unit'; readonly unit: string }
  /** `YYYY-MM-DD` in the company's zone, null when the field is empty. */
  | { readonly kind: 'day'; readonly day: string | null }
  /** How much was read in each hour of the week (0 is Sunday 0:00), and by whom; null when nobody read anything yet. */
  | { readonly kind: 'hours'; readonly hours: readonly number[] | null; readonly of: 'person' | 'company' }

/** What can happen to a run. `answer` follows when a step asked. `late` is by how many ms it comes after its time. */
export type Happened =
  | { readonly kind: 'entered'; readonly late?: number }
  | { readonly kind: 'due' }
  /** Somebody ended the run, or the whole scenario. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'answer'; readonly said: Said; readonly late: number }
  | { readonly kind: 'event'; readonly event: HeardEvent }
  /** Somebody put the run at another step (or its own, which begins anew), or at the end (null): by hand, or with a new version. */
  | { readonly kind: 'moved'; readonly to: string | null; readonly by: string }
  /** Somebody let it go on from a wait before its time. */
  | { readonly kind: 'hurried'; readonly by: string }

/** A journal event as a run hears it. A historic one can only end the run: it moves nothing else. */
export interface HeardEvent extends SeenEvent {
  readonly eventId: string
  readonly receivedAt: Date
  readonly historic: boolean
}

/** What the engine is told of the world besides: time, working time, and chance by key. */
export interface World {
  readonly now: Date
  readonly calendar: Calendar
  readonly week: WorkWeek
  readonly draw: (key: string) => number
  /** The scenario is paused: nobody moves on, but what people do is not forgotten. */
  readonly held: boolean
}

/** Why a step was left by that way. */
export type Because =
  /** `outcome` says what came of it, where that is not simply done: why a mail did not go out, why a wait was none. */
  | { readonly kind: 'done'; readonly outcome?: string }
  | { readonly kind: 'waited'; readonly until: string }
  | { readonly kind: 'event'; readonly name: string; readonly eventId: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'rule'; readonly yes: boolean; readonly because?: unknown }
  | { readonly kind: 'case'; readonly key: string | null; readonly because?: unknown }
  | { readonly kind: 'drawn' }
  /** At the hour somebody reads (whose: their own, or the company's readers'), or at once because they are in the control share. */
  | { readonly kind: 'timing'; readonly arm: 'best' | 'control'; readonly of?: 'person' | 'company'; readonly until?: string }
  /** Left out by the late rule: it comes so many hours after its time. */
  | { readonly kind: 'late'; readonly hours: number }
  /** `by` is who did it, or `v` and the number of a version. */
  | { readonly kind: 'moved'; readonly to: string | null; readonly by: string }
  | { readonly kind: 'hurried'; readonly by: string }

/** One line of a run's history: a step that was left, by which way, and why. */
export interface Passed {
  readonly ordinal: number
  readonly step: string
  readonly way: string
  readonly arrivedAt: Date
  readonly leftAt: Date
  readonly because: Because
}

/** Something to be done outside the engine. The id is the same however often the step is computed. */
export interface Effect {
  readonly id: string
  readonly step: Exclude<LeafStep, { kind: 'wait' | 'end' }> | TaskStep
  /** The scenario's priority: whose mail goes first where not all may go. */
  readonly priority: number
}

/** The run after what happened. `asks`: it needs an answer before it can go on; give `late` back with it. */
export interface Advance {
  readonly run: Run
  readonly effects: readonly Effect[]
  readonly passed: readonly Passed[]
  readonly asks: Ask | null
  readonly late: number
}
