import { ActionIcon, Button, Menu, MultiSelect, NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, ListChecks, Plus, Trash2, X } from 'lucide-react'
import type { AssignmentPlan, AssignmentRule, Condition } from '#loop/sales/assignment/contract.ts'
import { api } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { putBackRule } from './assignmentEdit.ts'
import { useColleagues } from './owners.ts'

/** Changes some of the plan, as it is then. */
export type ChangePlan = (to: Partial<AssignmentPlan> | ((now: AssignmentPlan) => Partial<AssignmentPlan>)) => void

interface Props {
  readonly plan: AssignmentPlan
  readonly onChange: ChangePlan
  readonly readOnly: boolean
}

const FACTS = [
  ...(['prefecture', 'region', 'industry', 'employeeBand', 'roleLevel'] as const),
  ...(['sourceFirst', 'sourceLatest', 'priority', 'products', 'interest', 'tags'] as const),
] as const

/** The rules in order; each says who it is for and who gets them. */
export function AssignmentRules({ plan, onChange, readOnly }: Props) {
  const t = useWords('assignment')
  const toast = useToasts()
  const set = (index: number, change: Partial<AssignmentRule>) =>
    onChange({ rules: plan.rules.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  const move = (from: number, to: number) => {
    const rules = [...plan.rules]
    const [one] = rules.splice(from, 1)
    if (one) rules.splice(to, 0, one)
    onChange({ rules })
  }
  const remove = (rule: AssignmentRule) => {
    onChange({ rules: plan.rules.filter((one) => one !== rule) })
    toast.undo(t('removeRule', { name: rule.name }), async () => onChange(({ rules }) => ({ rules: putBackRule(rules, rule, plan.rules) })))
  }
  const add = () =>
    onChange({ rules: [...plan.rules, { id: freshId(), name: t('newRule'), isOn: true, conditions: [], target: { kind: 'none' } }] })
  const button = !readOnly && (
    <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={add}>
      {t('addRule')}
    </Button>
  )
  return (
    <Card title={t('rules')} aside={plan.rules.length > 0 && button}>
      <p className="muted">{t('rulesText')}</p>
      {plan.rules.length === 0 && (
        <EmptyState small icon={ListChecks} title={t('rulesEmpty')} action={button}>
          {t('rulesEmptyText')}
        </EmptyState>
      )}
      <ol className="assign-rules">
        {plan.rules.map((rule, index) => (
          <li key={rule.id}>
            <div className="row wrap">
              <span className="num muted">{index + 1}</span>
              <TextInput
                className="grow"
                size="xs"
                aria-label={t('ruleName')}
                value={rule.name}
                disabled={readOnly}
                onChange={(event) => set(index, { name: event.currentTarget.value })}
              />
              <Switch
                size="xs"
                label={t('ruleOn')}
                checked={rule.isOn}
                disabled={readOnly}
                onChange={(event) => set(index, { isOn: event.currentTarget.checked })}
              />
              {!readOnly && (
                <span className="row">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('moveUp', { name: rule.name })}
                    disabled={index === 0}
                    onClick={() => move(index, index - 1)}
                  >
                    <ArrowUp size={14} />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('moveDown', { name: rule.name })}
                    disabled={index === plan.rules.length - 1}
                    onClick={() => move(index, index + 1)}
                  >
                    <ArrowDown size={14} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('removeRule', { name: rule.name })} onClick={() => remove(rule)}>
                    <Trash2 size={14} />
                  </ActionIcon>
                </span>
              )}
            </div>
            <Conditions rule={rule} readOnly={readOnly} onChange={(conditions) => set(index, { conditions })} />
            <TargetInput rule={rule} plan={plan} readOnly={readOnly} onChange={(target) => set(index, { target })} />
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** Ids only need to differ within the plan. */
export const freshId = (): string => crypto.getRandomValues(new Uint32Array(2)).join('')

function Conditions({ rule, readOnly, onChange }: { rule: AssignmentRule; readOnly: boolean; onChange: (to: Condition[]) => void }) {
  const t = useWords('assignment')
  const { language } = useLanguage()
  const facts = useQuery({ ...api.fields.facts.queryOptions({ input: {} }), staleTime: 300_000 }).data?.items ?? []
  const segments = useQuery({ ...api.segments.list.queryOptions({ input: {} }), staleTime: 60_000 }).data?.items ?? []
  const forms = useQuery({ ...api.forms.list.queryOptions({ input: { limit: 100 } }), staleTime: 60_000 }).data?.items ?? []
  const factName = (name: string): string => facts.find((one) => one.name === name)?.[language] ?? name
  const set = (index: number, to: Condition) => onChange(rule.conditions.map((one, at) => (at === index ? to : one)))
  return (
    <div className="assign-conditions">
      {rule.conditions.length === 0 && <span className="muted">{t('everybody')}</span>}
      {rule.conditions.map((one, index) => (
        <div key={`${one.kind}${'fact' in one ? one.fact : index}`} className="row">
          <span className="assign-what">{one.kind === 'fact' ? factName(one.fact) : t(one.kind)}</span>
          {one.kind === 'segment' ? (
            <NativeSelect
              className="grow"
              size="xs"
              aria-label={t('segment')}
              disabled={readOnly}
              value={one.segmentId}
              data={segments.map((segment) => ({ value: segment.id, label: segment.name }))}
              onChange={(event) => set(index, { ...one, segmentId: event.currentTarget.value })}
            />
          ) : one.kind === 'form' ? (
            <MultiSelect
              className="grow"
              size="xs"
              aria-label={t('form')}
              disabled={readOnly}
              value={one.formIds}
              data={forms.map((form) => ({ value: form.id, label: form.name }))}
              onChange={(formIds) => set(index, { ...one, formIds })}
            />
          ) : (
            <Values
              fact={facts.find((fact) => fact.name === one.fact)}
              condition={one}
              readOnly={readOnly}
              onChange={(to) => set(index, to)}
            />
          )}
          {!readOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeCondition')}
              onClick={() => onChange(rule.conditions.filter((other) => other !== one))}
            >
              <X size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!readOnly && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="compact-xs" variant="subtle" leftSection={<Plus size={12} />}>
              {t('addCondition')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown className="filter-options">
            {FACTS.map((fact) => (
              <Menu.Item key={fact} onClick={() => onChange([...rule.conditions, { kind: 'fact', fact, any: [] }])}>
                {factName(fact)}
              </Menu.Item>
            ))}
            <Menu.Divider />
            {segments[0] && (
              <Menu.Item onClick={() => onChange([...rule.conditions, { kind: 'segment', segmentId: segments[0]?.id ?? '' }])}>
                {t('segment')}
              </Menu.Item>
            )}
            {forms.length > 0 && (
              <Menu.Item onClick={() => onChange([...rule.conditions, { kind: 'form', formIds: [] }])}>{t('form')}</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}

type FactCondition = Extract<Condition, { kind: 'fact' }>

function Values({
  fact,
  condition,
  readOnly,
  onChange,
}: {
  fact: { options: readonly { value: string; ja: string; en: string }[] } | undefined
  condition: FactCondition
  readOnly: boolean
  onChange: (to: FactCondition) => void
}) {
  const t = useWords('assignment')
  const { language } = useLanguage()
  const shared = {
    className: 'grow',
    size: 'xs' as const,
    'aria-label': t('values'),
    disabled: readOnly,
    value: condition.any,
    onChange: (any: string[]) => onChange({ ...condition, any }),
  }
  if (!fact?.options.length) return <TagsInput {...shared} />
  return <MultiSelect {...shared} searchable data={fact.options.map((one) => ({ value: one.value, label: one[language] }))} />
}

type Target = AssignmentRule['target']

function TargetInput({
  rule,
  plan,
  readOnly,
  onChange,
}: {
  rule: AssignmentRule
  plan: AssignmentPlan
  readOnly: boolean
  onChange: (to: Target) => void
}) {
  const t = useWords('assignment')
  const { active } = useColleagues()
  const value =
    rule.target.kind === 'owner' ? `u:${rule.target.ownerId}` : rule.target.kind === 'group' ? `g:${rule.target.groupId}` : 'none'
  const read = (text: string): Target =>
    text.startsWith('u:')
      ? { kind: 'owner', ownerId: text.slice(2) }
      : text.startsWith('g:')
        ? { kind: 'group', groupId: text.slice(2) }
        : { kind: 'none' }
  return (
    <NativeSelect
      size="xs"
      label={t('whose')}
      disabled={readOnly}
      value={value}
      onChange={(event) => onChange(read(event.currentTarget.value))}
      data={[
        { group: t('someone'), items: active.map((one) => ({ value: `u:${one.id}`, label: one.name })) },
        { group: t('group'), items: plan.groups.map((one) => ({ value: `g:${one.id}`, label: one.name })) },
        { group: '—', items: [{ value: 'none', label: t('nobody') }] },
      ]}
    />
  )
}
