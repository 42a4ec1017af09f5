import { MultiSelect, TagsInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Condition, OPS, type Op } from '#loop/score/condition/contract.ts'
import type { FactShown } from '#loop/segment/contract.ts'
import { dayOf } from '../parts/zone.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { Pick, PickDay, PickNumber, PickText } from './pick.tsx'
import type { RuleWords, Vocabulary } from './ruleWords.ts'

/** A field and what is asked of it, in the order in which the language says it. */
export function ConditionInput({
  fact,
  is,
  onChange,
  vocabulary,
  words,
  children,
}: {
  fact: string
  is: Condition
  onChange: (fact: string, is: Condition) => void
  vocabulary: Vocabulary
  words: RuleWords
  /** Which state of the field is meant, where there is a choice. */
  children?: ReactNode
}) {
  const t = useWords('segment')
  const { language } = useLanguage()
  const shown = words.fact(fact)
  const field = (
    <Pick
      label={t('rule.field')}
      value={fact}
      options={vocabulary.facts.map((one) => ({ value: one.name, label: one[language], group: groupName(one.group) }))}
      onChange={(name) => {
        const next = words.fact(name)
        onChange(name, next && next.type === shown?.type && !next.options.length && !shown.options.length ? is : firstOf(next))
      }}
    />
  )
  function groupName(group: string) {
    return t.has(`groups.${group}` as 'title') ? t(`groups.${group}` as 'title') : group
  }
  const op = (
    <Pick
      label={t('rule.op')}
      value={is.op}
      options={(shown ? OPS[shown.type] : [is.op]).map((one) => ({ value: one, label: t(`ops.${one}`) }))}
      onChange={(to) => onChange(fact, withOp(to, is, shown))}
    />
  )
  const value = <Value is={is} fact={shown} onChange={(to) => onChange(fact, to)} words={words} />
  return language === 'ja' ? (
    <>
      {children}
      {field}
      <span className="glue">{t('rule.ga')}</span>
      {value}
      {op}
    </>
  ) : (
    <>
      {field}
      {children}
      {op}
      {value}
    </>
  )
}

function Value({
  is,
  fact,
  onChange,
  words,
}: {
  is: Condition
  fact: FactShown | undefined
  onChange: (to: Condition) => void
  words: RuleWords
}) {
  const t = useWords('segment')
  const label = t('rule.value')
  const options = (fact?.options ?? []).map((one) => ({ value: one.value, label: words.optionName(fact, one.value) }))
  if ('values' in is) {
    const shared = {
      'aria-label': label,
      size: 'xs' as const,
      className: 'pick-many',
      value: [...is.values],
      onChange: (values: string[]) => onChange({ ...is, values }),
    }
    return options.length ? (
      <MultiSelect {...shared} data={options} searchable placeholder={is.values.length ? '' : t('rule.choose')} />
    ) : (
      <TagsInput {...shared} placeholder={is.values.length ? '' : t('rule.choose')} />
    )
  }
  if ('unit' in is)
    return (
      <>
        <PickNumber label={label} value={is.n} min={1} max={87_600} onChange={(n) => onChange({ ...is, n })} />
        <Pick
          label={t('rule.period')}
          value={is.unit}
          options={(['days', 'hours'] as const).map((unit) => ({ value: unit, label: t(`units.${unit}`) }))}
          onChange={(unit) => onChange({ ...is, unit })}
        />
      </>
    )
  if ('day' in is) return <PickDay label={label} value={is.day} onChange={(day) => onChange({ ...is, day })} />
  if (is.op === 'between')
    return (
      <>
        <PickNumber label={t('rule.from')} value={is.from} step="any" onChange={(from) => onChange({ ...is, from })} />
        <span className="glue">〜</span>
        <PickNumber label={t('rule.to')} value={is.to} step="any" onChange={(to) => onChange({ ...is, to })} />
      </>
    )
  if (!('value' in is)) return null
  if (typeof is.value === 'number')
    return <PickNumber label={label} value={is.value} step="any" onChange={(value) => onChange({ ...is, value } as Condition)} />
  if (typeof is.value === 'boolean')
    return (
      <Pick
        label={label}
        value={is.value ? 'yes' : 'no'}
        options={[
          { value: 'yes', label: t('rule.yes') },
          { value: 'no', label: t('rule.no') },
        ]}
        onChange={(to) => onChange({ ...is, value: to === 'yes' } as Condition)}
      />
    )
  if (options.length)
    return <Pick label={label} value={is.value} options={options} onChange={(value) => onChange({ ...is, value } as Condition)} />
  return (
    <PickText label={label} value={is.value} placeholder={t('rule.value')} onChange={(value) => onChange({ ...is, value } as Condition)} />
  )
}

/** The first question for a field. */
export function firstOf(fact: FactShown | undefined): Condition {
  return withOp(OPS[fact?.type ?? 'text'][0] ?? 'eq', null, fact)
}

/** The same question by another comparison, keeping what was typed where it fits. */
function withOp(op: Op, before: Condition | null, fact: FactShown | undefined): Condition {
  const one = before && 'value' in before ? before.value : before && 'values' in before ? before.values[0] : undefined
  switch (op) {
    case 'empty':
    case 'notEmpty':
      return { op }
    case 'in':
    case 'notIn':
      return {
        op,
        values:
          before && 'values' in before
            ? before.values
            : typeof one === 'string' && one
              ? [one]
              : fact?.options[0]
                ? [fact.options[0].value]
                : [],
      }
    case 'between':
      return { op, from: typeof one === 'number' ? one : 0, to: 100 }
    case 'before':
    case 'onOrAfter':
      return { op, day: before && 'day' in before ? before.day : dayOf(new Date()) }
    case 'withinLast':
    case 'withinNext':
    case 'olderThan':
    case 'furtherThan':
      return { op, n: before && 'unit' in before ? before.n : 30, unit: before && 'unit' in before ? before.unit : 'days' }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { op, value: typeof one === 'number' ? one : 0 }
    case 'contains':
    case 'notContains':
    case 'startsWith':
      return { op, value: typeof one === 'string' ? one : '' }
    default:
      return {
        op,
        value:
          fact?.type === 'number'
            ? Number(one ?? 0) || 0
            : fact?.type === 'boolean'
              ? true
              : typeof one === 'string'
                ? one
                : (fact?.options[0]?.value ?? ''),
      }
  }
}
