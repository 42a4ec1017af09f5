import { type Calendar, nextBusinessTime, type WorkWeek } from '#kernel/calendar.ts'
import { HOUR } from '#kernel/clock.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { HandoffSettings } from './contract.ts'
import type { HandoffReason } from './vocabulary.ts'

export const DEFAULT_SETTINGS: HandoffSettings = { onHot: true, score: null, answerWithinHours: 24 }

/** The events in which a threshold may be crossed. */
export const CROSSING_EVENTS = ['heat.changed', 'score.changed'] as const

/**
 * Does this event cross a threshold upwards? Only the crossing itself counts: an event that moves within "hot", a recompute and
 * an edit of the rules hand nobody over, nor does anything historic.
 */
export function crossingIn(
  news: { readonly name: string; readonly props: JsonObject; readonly historic?: boolean },
  settings: HandoffSettings,
): { reason: HandoffReason; detail: JsonObject } | null {
  const { props } = news
  if (news.historic || props.byEdit === true) return null
  if (news.name === 'heat.changed') {
    const crosses = settings.onHot && props.to === 'hot' && props.from !== 'hot'
    return crosses ? { reason: 'hot', detail: numbersOf(props, ['name', 'total', 'recent']) } : null
  }
  const { score } = settings
  if (news.name !== 'score.changed' || score === null || props.name !== score.model) return null
  const crosses = typeof props.from === 'number' && typeof props.to === 'number' && props.from < score.total && props.to >= score.total
  return crosses ? { reason: 'score', detail: { ...numbersOf(props, ['name', 'from', 'to']), threshold: score.total } } : null
}

function numbersOf(props: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (typeof props[name] === 'number' || typeof props[name] === 'string' ? [[name, props[name]]] : [])),
  )
}

/** When sales should have answered: so many hours later, moved into business hours. */
export function dueAt(calendar: Calendar, week: WorkWeek, from: Date, hours: number): Date {
  return nextBusinessTime(calendar, week, new Date(from.getTime() + hours * HOUR))
}
