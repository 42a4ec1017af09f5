import { type ActivityKind, activityResults } from './kinds/contract.ts'
import type { ActivityRow } from './tables.ts'

/** What was told of an activity: only what is present is taken. */
export interface Told {
  readonly at?: string | undefined
  readonly direction?: 'in' | 'out' | null | undefined
  readonly result?: string | null | undefined
  readonly minutes?: number | null | undefined
  readonly title?: string | null | undefined
  readonly body?: string | null | undefined
  readonly pinned?: boolean | undefined
  readonly colleagues?: readonly string[] | undefined
}

export type Draft = Pick<
  ActivityRow,
  'kind' | 'occurred_at' | 'direction' | 'result' | 'minutes' | 'title' | 'body' | 'pinned' | 'colleagues'
>

export type Flaw = 'note.empty' | 'activity.result' | 'activity.future'
const AHEAD = 5 * 60_000
const emptied = (text: string | null | undefined): string | null => text?.trim() || null

/** A new activity of a kind, before anything is told of it. A call goes out until somebody says it came in. */
export const blank = (kind: ActivityKind, now: Date): Draft => ({
  kind,
  occurred_at: now,
  direction: kind === 'call' ? 'out' : null,
  result: null,
  minutes: null,
  title: null,
  body: null,
  pinned: false,
  colleagues: [],
})

/** The activity with what was told put in; what its kind does not have is left out. */
export function withTold(before: Draft, told: Told): Draft {
  const isNote = before.kind === 'note'
  const given = <K extends keyof Told, V>(key: K, old: V): Exclude<Told[K], undefined> | V =>
    told[key] === undefined ? old : (told[key] as Exclude<Told[K], undefined>)
  return {
    kind: before.kind,
    occurred_at: told.at ? new Date(told.at) : before.occurred_at,
    direction: before.kind === 'call' ? (given('direction', before.direction) ?? before.direction) : null,
    result: activityResults[before.kind] ? emptied(given('result', before.result)) : null,
    minutes: isNote ? null : given('minutes', before.minutes),
    title: emptied(given('title', before.title)),
    body: emptied(given('body', before.body)),
    pinned: isNote && given('pinned', before.pinned),
    colleagues: [...new Set(told.colleagues ?? before.colleagues)],
  }
}

/** What is wrong with an activity; null when nothing is. Something planned is a task, not an activity: it cannot lie ahead. */
export function flawOf(draft: Draft, now: Date): Flaw | null {
  if (draft.kind === 'note' && draft.body === null) return 'note.empty'
  const results = activityResults[draft.kind]
  if (draft.result !== null && !results?.some((one) => one.value === draft.result)) return 'activity.result'
  return draft.occurred_at.getTime() > now.getTime() + AHEAD ? 'activity.future' : null
}

/** The fields in which two states of an activity differ, by the names the API has for them. */
export function changesOf(before: Draft, after: Draft): string[] {
  const plain = ['direction', 'result', 'minutes', 'title', 'body', 'pinned'] as const
  const changed: string[] = plain.filter((key) => before[key] !== after[key])
  if (before.occurred_at.getTime() !== after.occurred_at.getTime()) changed.push('at')
  if ([...before.colleagues].sort().join() !== [...after.colleagues].sort().join()) changed.push('colleagues')
  return changed
}
