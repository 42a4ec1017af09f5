// What steps ask of a person, answered by what was known at that instant. Pure but for the counts of how it was known.
import { unitOf } from '#loop/identify/arm/decide.ts'
import { evaluate } from '#loop/segment/evaluate/decide.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { dayOf, MOST_REASONS } from '../../run/decide.ts'
import { blank, HABIT, LEAST_READS } from '../../run/hours.ts'
import { hourOfWeek } from '../../step/due.ts'
import type { Ask, Said } from '../../step/state.ts'
import { knownAt, valueAt } from '../past/decide.ts'
import type { Actor, Stage } from './stage.ts'
import { count } from './tally.ts'
import { wouldBeIn } from './watch.ts'

/** What a step asks is answered by what was known at that instant. */
export function saidOf(stage: Stage, actor: Actor, ask: Ask, at: number): Said {
  switch (ask.kind) {
    case 'unit':
      return { kind: 'unit', unit: unitOf(actor.past.id, actor.past.companyId) }
    case 'day':
      return { kind: 'day', day: dayAt(stage, actor, ask.field, at) }
    case 'hours':
      return hoursAt(stage, actor, at)
    default:
      return byRules(stage, actor, at)
  }
}

/** The same pure rules, asked of what was known then. */
function byRules(stage: Stage, actor: Actor, at: number): Said {
  const one = actor.run?.at ? actor.program?.nodes.get(actor.run.at)?.step : undefined
  if (one?.kind === 'condition') {
    const { isIn, because } = judged(stage, actor, one.id, one.rule, at)
    return { kind: 'condition', yes: isIn, because: because.slice(0, MOST_REASONS) }
  }
  for (const { key, rule } of one?.kind === 'switch' ? one.cases : []) {
    const { isIn, because } = judged(stage, actor, one?.id ?? '', rule, at)
    if (isIn) return { kind: 'switch', key, because: because.slice(0, MOST_REASONS) }
  }
  return { kind: 'switch', key: null }
}

function dayAt(stage: Stage, actor: Actor, field: string, at: number): string | null {
  const course = actor.past.values.get(field)
  const { value, isTodays } = course ? valueAt(course, at) : { value: null, isTodays: true }
  const step = actor.run?.at ?? ''
  count(stage.tally, `asked ${step}`)
  if (isTodays) count(stage.tally, `todays ${step} ${field}`)
  return dayOf(actor.overlay.values.get(field)?.(value) ?? value, stage.setting.week.timeZone)
}

/** When they had read by then; of whom too little was known, when all readers do. */
function hoursAt({ setting }: Stage, { past }: Actor, at: number): Said {
  const read = past.reads.filter((one) => one <= at && one > at - HABIT)
  if (read.length < LEAST_READS) return { kind: 'hours', hours: setting.houseHours, of: 'company' }
  const hours = blank()
  for (const one of read) {
    const hour = hourOfWeek(setting.week.timeZone, new Date(one))
    hours[hour] = (hours[hour] ?? 0) + 1
  }
  return { kind: 'hours', hours, of: 'person' }
}

function judged(stage: Stage, actor: Actor, stepId: string, rule: Rule, at: number) {
  const reads = stage.setting.readsOf(rule)
  const { known: recorded, todays } = knownAt(actor.past, reads, at, actor.overlay)
  const computed = reads.segments.flatMap((id) => {
    const one = stage.setting.watched.get(id)
    return one && at < one.until && wouldBeIn(one, actor.past, at, stage.setting.week.timeZone).isIn ? [id] : []
  })
  const known = computed.length ? { ...recorded, segments: new Set([...recorded.segments, ...computed]) } : recorded
  count(stage.tally, `asked ${stepId}`)
  for (const fact of todays) count(stage.tally, `todays ${stepId} ${fact}`)
  return evaluate(rule, known, at, stage.setting.week.timeZone)
}
