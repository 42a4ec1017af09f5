import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { STOP_REASONS } from '#loop/deliver/feedback/reasons/contract.ts'
import type { Condition, EventFilter, EventMatch } from '#loop/score/condition/contract.ts'
import type { FactShown } from '#loop/segment/contract.ts'
import type { Leaf, Period, Rule } from '#loop/segment/rules/contract.ts'
import { api } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useLanguage, useWords } from '../words/words.tsx'

/** What rules can speak of, as the server lists it. */
export interface Vocabulary {
  readonly facts: readonly FactShown[]
  readonly events: readonly string[]
  readonly segments: readonly { readonly id: string; readonly name: string }[]
  /** Nothing but facts can be asked: rules over companies. */
  readonly factsOnly?: true
}

/** Names of forms and page groups by id: rules keep the ids. Who may not see them sees the ids. */
export function useNames(): Readonly<Record<'form' | 'pageGroup', ReadonlyMap<string, string>>> {
  const shared = { retry: false, staleTime: 60_000 }
  const forms = useQuery({ ...api.forms.list.queryOptions({ input: {} }), ...shared })
  const groups = useQuery({ ...api.track.pageGroups.queryOptions({ input: {} }), ...shared })
  return useMemo(
    () => ({
      form: new Map(forms.data?.items.map((form) => [form.id, form.name])),
      pageGroup: new Map(groups.data?.items.map((group) => [group.id, group.name])),
    }),
    [forms.data, groups.data],
  )
}

/** Events that move a person between options of a fact: from one of them, to another. */
const MOVES: Readonly<Record<string, string>> = {
  'stage.changed': 'sales.stage',
  'heat.changed': 'score.main.heat',
  'rank.changed': 'score.main.rank',
}
const movedFact = (event: string, prop: string): string | undefined => (prop === 'to' || prop === 'from' ? MOVES[event] : undefined)

/** Whether a property of an event is picked from a list rather than written. */
export const isChosen = (event: string, prop: string): boolean =>
  prop === 'form' || prop === 'pageGroup' || movedFact(event, prop) !== undefined || closedList(event, prop) !== undefined

/** What a property of an event may say, where it is one of a few things. */
const closedList = (event: string, prop: string): readonly FactShown['options'][number][] | undefined =>
  event === 'mail.unsubscribed' && prop === 'reason' ? STOP_REASONS : undefined

const nameIn = (names: ReturnType<typeof useNames>, prop: string, value: string): string =>
  (prop === 'form' || prop === 'pageGroup' ? names[prop].get(value) : undefined) ?? value

/** Events and their properties in words. */
function useEventNames() {
  const t = useWords('segment')
  const known = (key: string) => t.has(key as 'title')

  /** 「ページの閲覧」; events of the customer's own keep their name. */
  const eventName = (name: string): string => {
    const key = `events.${name.replaceAll('.', '_')}`
    return known(key) ? t(key as 'title') : name.replace(/^custom\./, '')
  }
  const propName = (prop: string): string => (known(`props.${prop}`) ? t(`props.${prop}` as 'title') : prop)
  return { eventName, propName }
}

/** Rules as sentences of the language shown: for lists, reasons and the read-only view. */
export function useRuleWords(vocabulary: Vocabulary | undefined) {
  const t = useWords('segment')
  const f = useFormats()
  const { language } = useLanguage()
  const names = useNames()
  const { eventName, propName } = useEventNames()
  const fact = (name: string): FactShown | undefined => vocabulary?.facts.find((one) => one.name === name)
  const factName = (name: string): string => fact(name)?.[language] ?? name
  const segmentName = (id: string): string => vocabulary?.segments.find((one) => one.id === id)?.name ?? '…'
  const quoted = (text: string) => t('text.quoted', { text })
  const optionName = (of: FactShown | undefined, value: string): string =>
    of?.options.find((one) => one.value === value)?.[language] ?? value

  const span = ({ n, unit }: { n: number; unit: 'hours' | 'days' }) =>
    unit === 'hours' ? t('text.windowHours', { n }) : t('text.windowDays', { n })
  const periodText = (period: Period): string => {
    if (period.kind === 'ever') return t('text.ever')
    if (period.kind === 'since') return t('text.since', { at: f.day(period.at) })
    return period.unit === 'hours' ? t('text.lastHours', { n: period.n }) : t('text.lastDays', { n: period.n })
  }
  const listed = (values: readonly string[]) => values.map(quoted).join(t('text.listJoin'))
  const optionsOf = (event: string, prop: string) => closedList(event, prop) ?? fact(movedFact(event, prop) ?? '')?.options
  const filterText = (event: string, filter: EventFilter): string => {
    const options = optionsOf(event, filter.prop)
    const named = (value: string) => quoted(options?.find((one) => one.value === value)?.[language] ?? nameIn(names, filter.prop, value))
    const one = (value: string | number | boolean) => (typeof value === 'number' ? f.number(value) : named(String(value)))
    const value = 'values' in filter ? filter.values.map(named).join(t('text.listJoin')) : 'value' in filter ? one(filter.value) : ''
    return t(`text.filter.${filter.op}`, { prop: propName(filter.prop), value })
  }
  const matchText = ({ event, filters }: EventMatch) => ({
    event: eventName(event),
    filters: filters.length ? t('text.filters', { text: filters.map((one) => filterText(event, one)).join(t('text.and')) }) : '',
  })
  const valueText = (of: FactShown | undefined, is: Condition): string => {
    if ('values' in is) return listed(is.values.map((value) => optionName(of, value)))
    if ('unit' in is) return span(is)
    if ('day' in is) return f.day(is.day)
    if (is.op === 'between') return t('text.range', { from: f.number(is.from), to: f.number(is.to) })
    if (!('value' in is)) return ''
    if (typeof is.value === 'number') return f.number(is.value)
    if (typeof is.value === 'boolean') return is.value ? t('rule.yes') : t('rule.no')
    return quoted(optionName(of, is.value))
  }
  /** One condition on a fact: 「都道府県が「東京都」である」. */
  const factText = (name: string, is: Condition): string => {
    const op = t(`ops.${is.op}`)
    if (is.op === 'empty' || is.op === 'notEmpty') return t('text.factEmpty', { fact: factName(name), op })
    return t('text.fact', { fact: factName(name), value: valueText(fact(name), is), op })
  }
  const leafText = (leaf: Leaf): string => {
    if (leaf.kind === 'fact' && leaf.on) return t('text.on', { at: f.day(leaf.on), text: factText(leaf.fact, leaf.is) })
    if (leaf.kind === 'fact') return factText(leaf.fact, leaf.is)
    if (leaf.kind === 'segment') return t(leaf.isIn ? 'text.segmentIn' : 'text.segmentOut', { name: segmentName(leaf.segment) })
    const period = periodText(leaf.period)
    const words = { period, ...matchText(leaf.match) }
    if (leaf.kind === 'first') return t('text.first', words)
    const { op, n } = leaf.count
    const form = op === 'atLeast' ? 'text.eventAtLeast' : op === 'atMost' ? 'text.eventAtMost' : 'text.eventExactly'
    const counted = op === 'atMost' && n === 0 ? t('text.eventNone', words) : t(form, { ...words, n })
    return leaf.after ? t('text.after', { ...matchText(leaf.after.match), within: span(leaf.after.within), text: counted }) : counted
  }
  const ruleText = (rule: Rule, nested = false): string => {
    if (rule.kind === 'not') return t('text.not', { text: ruleText(rule.rule) })
    if (rule.kind !== 'and' && rule.kind !== 'or') return leafText(rule)
    if (!rule.rules.length) return rule.kind === 'and' ? t('rule.everyone') : t('rule.nobody')
    const text = rule.rules.map((part) => ruleText(part, true)).join(t(rule.kind === 'and' ? 'text.and' : 'text.or'))
    return nested && rule.rules.length > 1 ? (language === 'ja' ? `（${text}）` : `(${text})`) : text
  }
  return { eventName, propName, fact, factName, segmentName, matchText, factText, leafText, ruleText, optionName, optionsOf, valueText }
}

export type RuleWords = ReturnType<typeof useRuleWords>
