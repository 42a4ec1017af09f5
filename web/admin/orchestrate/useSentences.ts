// What a trigger, step or reason says in one short line.
import { useMemo } from 'react'
import type { Awaited, Exit, Goal, Graph, Step, Trigger, Until } from '#loop/orchestrate/graph/contract.ts'
import { leavesOf } from '#loop/segment/rules/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { type RuleWords, useRuleWords } from '../segment/ruleWords.ts'
import { useWords } from '../words/words.tsx'
import { useBecause } from './useBecause.ts'
import { labelOf, type Names } from './useNames.ts'

type T = ReturnType<typeof useWords<'orchestrate'>>
type OpWord = 'eq'
type Match = { readonly event: string; readonly filters: readonly { prop: string; op: string; value?: unknown }[] }
type MatchText = (match: Match) => string
interface Say {
  readonly t: T
  readonly sales: ReturnType<typeof useWords<'sales'>>
  readonly names: Names
  readonly rules: RuleWords
  readonly match: MatchText
  readonly pair: (label: string, text: string) => string
  readonly weekday: (day: number) => string
}

/** The sentences of one page, in the language shown; the same object as long as no word of it changed. */
export function useSentences(names: Names) {
  const t = useWords('orchestrate')
  const sales = useWords('sales')
  const f = useFormats()
  const rules = useRuleWords(names.vocabulary)
  const { eventName, because } = useBecause()
  // What the rules are told with changes only with the names and the language; their object is new each time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => {
    const match = ({ event, filters }: Match): string => {
      const first = filters[0]
      return first
        ? f.pair(eventName(event), `${rules.propName(first.prop)} ${t(`ops.${first.op as OpWord}`)} ${String(first.value ?? '')}`)
        : eventName(event)
    }
    const say: Say = { t, sales, names, rules, match, pair: f.pair, weekday: (day) => t(`weekdays.d${day as 0}`) }
    return {
      eventName,
      trigger: (one: Trigger): string => triggerText(say, one),
      start: (graph: Graph): string => graph.triggers.map((one) => triggerText(say, one)).join(` ${t('trigger.or')} `) || t('startEmpty'),
      goal: (goal: Goal): string =>
        goal.kind === 'event' ? match(goal.match) : f.pair(t('trigger.segment'), labelOf(names.segments, goal.segment)),
      exit: (exit: Exit): string => (exit.kind === 'event' ? match(exit.match) : crossingText(say, exit)),
      until: (until: Until): string => untilText(say, until),
      title: (step: Step): string => step.name || t(`kinds.${step.kind}`),
      subtitle: (step: Step): string => subtitleOf(say, step),
      /** What tells a step from others in a list: most waits bear no name, but differ in what they wait for. */
      listed: (step: Step): string =>
        step.name || (step.kind === 'wait' || step.kind === 'await' ? subtitleOf(say, step) : '') || t(`kinds.${step.kind}`),
      kind: (kind: Step['kind']): string => t(`kinds.${kind}`),
      way: (step: Step | undefined, way: string): string => wayText(say, step, way),
      because,
    }
  }, [t, sales, f, names])
}

export type Sentences = ReturnType<typeof useSentences>

function crossingText({ t, names, pair }: Say, one: { readonly segment: string; readonly on: 'entered' | 'left' }): string {
  return pair(one.on === 'left' ? t('trigger.segmentLeft') : t('trigger.segment'), labelOf(names.segments, one.segment) || '—')
}

function dealText({ t, sales, names }: Say, one: { readonly stage: string; readonly product: string; readonly reason: string }): string {
  const stage =
    one.stage === 'won' || one.stage === 'lost'
      ? t(`deal.${one.stage}`)
      : one.stage
        ? t('deal.came', { stage: labelOf(names.stages, one.stage) || one.stage })
        : t('deal.none')
  const reason = one.stage === 'lost' && one.reason ? sales(`lostReason.${one.reason as 'price'}`) : ''
  return [stage, reason, labelOf(names.products, one.product)].filter(Boolean).join('・')
}

function daysText(t: T, days: number): string {
  if (days === 0) return t('trigger.same')
  return days < 0 ? t('trigger.before', { n: -days }) : t('trigger.after', { n: days })
}

function triggerText(say: Say, one: Trigger): string {
  const { t, names, match } = say
  switch (one.kind) {
    case 'segment':
      return crossingText(say, one)
    case 'form':
      return say.pair(t('trigger.form'), labelOf(names.forms, one.form) || '—')
    case 'event':
      return match(one.match)
    case 'score':
      return `${one.score} ${t(`columnsOf.${one.column}`)} ${one.column.endsWith('_minus') ? '≤' : '≥'} ${one.threshold}`
    case 'rank':
      return t('trigger.rankText', { rank: one.to, how: t(`rankFrom.${one.from}`) })
    case 'deal':
      return dealText(say, one)
    case 'date':
      return `${labelOf(names.dates, one.field) || '—'} ${daysText(t, one.days)} ${one.time}`
    case 'schedule':
      return `${scheduleText(say, one.days)} ${one.time}・${labelOf(names.segments, one.segment) || '—'}`
    case 'silence':
      return t('trigger.silenceText', { n: one.days, event: match(one.match) })
    case 'manual':
      return t('trigger.manual')
  }
}

function scheduleText({ t, weekday }: Say, days: Extract<Trigger, { kind: 'schedule' }>['days']): string {
  if (days.kind === 'monthDay') return t('schedule.monthly', { n: days.day })
  return t('schedule.weekly', { days: [...days.weekdays].sort().map(weekday).join('・') || '—' })
}

function untilText({ t, names, weekday }: Say, until: Until): string {
  switch (until.kind) {
    case 'for':
      return t('wait.forText', { length: t(`wait.lengths.${until.unit}`, { n: until.amount }) })
    case 'businessDay':
      return until.days === 1
        ? t('wait.nextBusinessDay', { time: until.time })
        : t('wait.nthBusinessDay', { n: until.days, time: until.time })
    case 'businessHours':
      return t('wait.businessHoursText')
    case 'timeOfDay': {
      if (until.weekdays.length) {
        const days = [...until.weekdays].sort().map(weekday).join('・')
        return t('wait.weekdayText', { days, time: until.time })
      }
      return until.businessDays ? t('wait.timeBusinessText', { time: until.time }) : t('wait.timeText', { time: until.time })
    }
    case 'field':
      return t('wait.fieldText', { field: labelOf(names.dates, until.field) || '—', days: daysText(t, until.days), time: until.time })
    case 'bestHour':
      return t('wait.bestHourText', { n: until.within })
  }
}

function ownerText({ t, names }: Say, rule: Extract<Step, { kind: 'owner' }>['rule']): string {
  if (rule.kind === 'roundRobin') return t('owner.roundRobinText', { group: labelOf(names.groups, rule.group) || '—' })
  if (rule.kind === 'user') return labelOf(names.colleagues, rule.user) || t('pick.none')
  return t(`owner.${rule.kind}`)
}

function subtitleOf(say: Say, step: Step): string {
  const { t, names, rules } = say
  switch (step.kind) {
    case 'wait':
      return step.until.kind === 'for'
        ? `${untilText(say, step.until)}${step.until.businessHours ? `・${t('wait.inHours')}` : ''}`
        : untilText(say, step.until)
    case 'mail':
      return labelOf(names.templates, step.template) || t('pick.none')
    case 'field':
      return step.field
        ? `${labelOf(names.fields, step.field) || step.field} → ${step.value === null ? t('field.clear') : String(step.value)}`
        : t('pick.none')
    case 'tag':
      return step.tag ? say.pair(step.remove ? t('tag.remove') : t('tag.add'), step.tag) : t('pick.none')
    case 'points':
      return `${step.score} ${step.amount > 0 ? '+' : ''}${step.amount}`
    case 'notify':
      return step.by === 'signal' ? step.text : say.pair(t(`notify.ways.${step.by}`), step.text)
    case 'handoff':
      return step.note
    case 'owner':
      return ownerText(say, step.rule)
    case 'campaign':
      return step.campaign ? `${labelOf(names.campaigns, step.campaign) || '—'} → ${step.status}` : t('pick.none')
    case 'consent':
      return t('hints.consent')
    case 'webhook':
      return step.url
    case 'scenario':
      return step.scenario ? say.pair(t(`scenario.${step.do}`), labelOf(names.scenarios, step.scenario) || '—') : t('pick.none')
    case 'end':
      return t('hints.end')
    case 'condition':
      return leavesOf(step.rule).length ? rules.ruleText(step.rule) : t('rule.empty')
    case 'await':
      return `${awaitedText(say, step.event)}・${t('awaited.withinText', { length: t(`wait.lengths.${step.within.unit}`, { n: step.within.amount }) })}`
    case 'split':
      return step.branches.map((branch) => t('split.share', { n: shareOf(step, branch.weight) })).join(' / ')
    case 'switch':
      return step.cases.map((one) => wayText(say, step, one.key)).join(' / ') || t('rule.empty')
    case 'holdout':
      return t('holdout.text', { n: step.share })
    case 'task':
      return [step.title || t('pick.none'), ...(step.results.length ? [t('task.results_', { n: step.results.length })] : [])].join('・')
  }
}

/** The share of a weight among all, in whole percent. */
export function shareOf(step: Extract<Step, { kind: 'split' }>, weight: number): number {
  const total = step.branches.reduce((sum, branch) => sum + branch.weight, 0)
  return total ? Math.round((weight / total) * 100) : 0
}

function awaitedText(say: Say, event: Awaited): string {
  const { t, names, match } = say
  if (event.kind === 'mail') return event.did === 'clicked' ? t('awaited.clicked') : t('awaited.opened')
  if (event.kind === 'form') return say.pair(t('trigger.form'), labelOf(names.forms, event.form) || '—')
  if (event.kind === 'segment') return crossingText(say, event)
  if (event.kind === 'deal') return dealText(say, event)
  return match(event.match)
}

function wayText({ t, rules }: Say, step: Step | undefined, way: string): string {
  if (step?.kind === 'split') return step.branches.find((one) => one.key === way)?.name || way.toUpperCase()
  if (step?.kind === 'switch') {
    const found = step.cases.find((one) => one.key === way)
    if (found) return found.name || (leavesOf(found.rule).length ? rules.ruleText(found.rule) : way.toUpperCase())
    return way === 'else' ? t('ways.else') : way.toUpperCase()
  }
  if (step?.kind === 'task') {
    const found = step.results.find((one) => one.key === way)
    if (found) return found.name || way.toUpperCase()
    return way === 'timedOut' ? t('ways.noResult') : t('ways.next')
  }
  const key = `ways.${way as 'next'}` as const
  return t.has(key) ? t(key) : way
}
