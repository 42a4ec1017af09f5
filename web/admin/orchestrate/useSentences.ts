// What a trigger, step or reason says in one short line.
import type { Awaited, Goal, Graph, Step, Trigger, Until } from '#loop/orchestrate/graph/contract.ts'
import { leavesOf } from '#loop/segment/rules/contract.ts'
import { type RuleWords, useRuleWords } from '../segment/ruleWords.ts'
import { useWords } from '../words/words.tsx'
import { useBecause } from './useBecause.ts'
import { labelOf, type Names } from './useNames.ts'

type T = ReturnType<typeof useWords<'orchestrate'>>
type OpWord = 'eq'

/** The sentences of one page, in the language shown. */
export function useSentences(names: Names) {
  const t = useWords('orchestrate')
  const rules = useRuleWords(names.vocabulary)
  const { eventName, because } = useBecause()
  const match = ({ event, filters }: { event: string; filters: readonly { prop: string; op: string; value?: unknown }[] }): string => {
    const first = filters[0]
    return first
      ? `${eventName(event)}：${rules.propName(first.prop)} ${t(`ops.${first.op as OpWord}`)} ${String(first.value ?? '')}`
      : eventName(event)
  }
  const trigger = (one: Trigger): string => triggerText(t, names, match, one)
  return {
    eventName,
    trigger,
    start: (graph: Graph): string => graph.triggers.map(trigger).join(` ${t('trigger.or')} `) || t('startEmpty'),
    goal: (goal: Goal): string =>
      goal.kind === 'event' ? match(goal.match) : `${t('trigger.segment')}：${labelOf(names.segments, goal.segment)}`,
    until: (until: Until): string => untilText(t, until),
    title: (step: Step): string => step.name || t(`kinds.${step.kind}`),
    subtitle: (step: Step): string => subtitleOf(t, names, rules, match, step),
    way: (step: Step | undefined, way: string): string => wayText(t, step, way),
    because,
  }
}

export type Sentences = ReturnType<typeof useSentences>
type MatchText = (match: { event: string; filters: readonly { prop: string; op: string; value?: unknown }[] }) => string

function triggerText(t: T, names: Names, match: MatchText, one: Trigger): string {
  switch (one.kind) {
    case 'segment':
      return `${t('trigger.segment')}：${labelOf(names.segments, one.segment) || '—'}`
    case 'form':
      return `${t('trigger.form')}：${labelOf(names.forms, one.form) || '—'}`
    case 'event':
      return match(one.match)
    case 'score':
      return `${one.score} ${t(`columnsOf.${one.column}`)} ${one.column.endsWith('_minus') ? '≤' : '≥'} ${one.threshold}`
    case 'date': {
      const days =
        one.days === 0 ? t('trigger.same') : one.days < 0 ? t('trigger.before', { n: -one.days }) : t('trigger.after', { n: one.days })
      return `${labelOf(names.dates, one.field) || '—'} ${days} ${one.time}`
    }
  }
}

function untilText(t: T, until: Until): string {
  switch (until.kind) {
    case 'for':
      return t('wait.forText', { length: t(`wait.lengths.${until.unit}`, { n: until.amount }) })
    case 'businessDay':
      return until.days === 1
        ? t('wait.nextBusinessDay', { time: until.time })
        : t('wait.nthBusinessDay', { n: until.days, time: until.time })
    case 'businessHours':
      return t('wait.businessHoursText')
    case 'timeOfDay':
      return until.businessDays ? t('wait.timeBusinessText', { time: until.time }) : t('wait.timeText', { time: until.time })
  }
}

function subtitleOf(t: T, names: Names, rules: RuleWords, match: MatchText, step: Step): string {
  switch (step.kind) {
    case 'wait':
      return step.until.kind === 'for'
        ? `${untilText(t, step.until)}${step.until.businessHours ? `・${t('wait.inHours')}` : ''}`
        : untilText(t, step.until)
    case 'mail':
      return labelOf(names.templates, step.template) || t('pick.none')
    case 'field':
      return step.field
        ? `${labelOf(names.fields, step.field) || step.field} → ${step.value === null ? t('field.clear') : String(step.value)}`
        : t('pick.none')
    case 'tag':
      return step.tag ? `${step.remove ? t('tag.remove') : t('tag.add')}：${step.tag}` : t('pick.none')
    case 'points':
      return `${step.score} ${step.amount > 0 ? '+' : ''}${step.amount}`
    case 'notify':
      return step.text
    case 'handoff':
      return step.note
    case 'webhook':
      return step.url
    case 'end':
      return t('hints.end')
    case 'condition':
      return leavesOf(step.rule).length ? rules.ruleText(step.rule) : t('rule.empty')
    case 'await':
      return `${awaitedText(t, names, match, step.event)}・${t('awaited.withinText', { length: t(`wait.lengths.${step.within.unit}`, { n: step.within.amount }) })}`
    case 'split':
      return step.branches.map((branch) => t('split.share', { n: shareOf(step, branch.weight) })).join(' / ')
  }
}

/** The share of a weight among all, in whole percent. */
export function shareOf(step: Extract<Step, { kind: 'split' }>, weight: number): number {
  const total = step.branches.reduce((sum, branch) => sum + branch.weight, 0)
  return total ? Math.round((weight / total) * 100) : 0
}

function awaitedText(t: T, names: Names, match: MatchText, event: Awaited): string {
  if (event.kind === 'mail') return event.did === 'clicked' ? t('awaited.clicked') : t('awaited.opened')
  if (event.kind === 'form') return `${t('trigger.form')}：${labelOf(names.forms, event.form) || '—'}`
  if (event.kind === 'segment') return `${t('trigger.segment')}：${labelOf(names.segments, event.segment) || '—'}`
  return match(event.match)
}

function wayText(t: T, step: Step | undefined, way: string): string {
  if (step?.kind === 'split') {
    const branch = step.branches.find((one) => one.key === way)
    return branch?.name || way.toUpperCase()
  }
  return t(`ways.${way as 'next'}`)
}
