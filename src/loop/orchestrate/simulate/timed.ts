// Triggers that time alone pulls: whom they would have let in, and when. Days in fields are those of today: nobody wrote down what stood there before.
import { addDays, dayIn, instantAt } from '#kernel/calendar.ts'
import { hashedId } from '#kernel/chance.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { type DateTrigger, isScheduled, type ScheduleTrigger, wantedDays } from '../timers/decide.ts'
import { loadDayFields, loadMembers } from './plan.queries.ts'
import type { Plan } from './plan.ts'
import { castAt } from './play/decide.ts'
import type { Cast, Part } from './play/stage.ts'

/** Somebody whom a trigger would let in at an instant. */
export interface Timed {
  readonly part: Part
  readonly at: number
  readonly personId: string
  readonly causeId: string
  readonly trigger: string
  readonly cast: Cast
}

/** A turn of a trigger: who is meant is answered when the turn comes. */
export interface Turn {
  readonly at: number
  readonly people: () => Timed[]
}

/** All turns of the window, the earliest first. */
export async function turnsOf(ctx: Ctx, plan: Plan): Promise<Turn[]> {
  const turns: Turn[] = []
  for (const part of plan.parts)
    for (const cast of part.casts)
      for (const trigger of cast.program?.graph.triggers ?? []) {
        if (trigger.kind === 'date') turns.push(...(await datesOf(ctx, plan, part, cast, trigger)))
        if (trigger.kind === 'schedule') turns.push(...(await schedulesOf(ctx, plan, part, cast, trigger)))
      }
  return turns.sort((a, b) => a.at - b.at)
}

/** The instants of a time of day on all days of the window on which this version lets people in. */
function instantsOf(plan: Plan, part: Part, cast: Cast, time: string): { at: number; day: string }[] {
  const { from, until, days, week } = plan.setting
  return days
    .map((midnight) => dayIn(week.timeZone, new Date(midnight)))
    .map((day) => ({ day, at: instantAt(week.timeZone, day, time).getTime() }))
    .filter(({ at }) => at > from && at <= until && castAt(part, at) === cast)
}

async function datesOf(ctx: Ctx, plan: Plan, part: Part, cast: Cast, trigger: DateTrigger): Promise<Turn[]> {
  const fact = plan.wish.facts.get(trigger.field)
  if (!fact || (fact.type !== 'date' && fact.type !== 'datetime')) return []
  const found = await loadDayFields(ctx.db, fact.sql('p'), fact.type === 'datetime', plan.setting.week.timeZone)
  const byDay = new Map<string, string[]>()
  for (const { id, day } of found) {
    const key = trigger.yearly ? day.slice(5) : day
    byDay.set(key, [...(byDay.get(key) ?? []), id])
  }
  return instantsOf(plan, part, cast, trigger.time).map(({ at, day }) => {
    const wanted = wantedDays(trigger, addDays(day, -trigger.days))
    return { at, people: () => wanted.flatMap((one) => byDay.get(one) ?? []).map((id) => timed(part, cast, trigger.id, 'date', id, at)) }
  })
}

async function schedulesOf(ctx: Ctx, plan: Plan, part: Part, cast: Cast, trigger: ScheduleTrigger): Promise<Turn[]> {
  if (!trigger.segment) return []
  const members = await loadMembers(ctx.db, trigger.segment, new Date(plan.setting.from))
  const there = (at: number) => members.filter((one) => one.from.getTime() <= at && (one.to === null || one.to.getTime() > at))
  return instantsOf(plan, part, cast, trigger.time)
    .filter(({ day }) => isScheduled(trigger, day))
    .map(({ at }) => ({ at, people: () => there(at).map(({ id }) => timed(part, cast, trigger.id, 'schedule', id, at)) }))
}

function timed(part: Part, cast: Cast, trigger: string, kind: string, personId: string, at: number): Timed {
  const causeId = hashedId(kind, part.scenarioId, trigger, personId, new Date(at).toISOString())
  return { part, at, personId, causeId, trigger, cast }
}
