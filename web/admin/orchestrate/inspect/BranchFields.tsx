// Steps with several ways on: what each way asks. Cases and their ways change together.
import { ActionIcon, Button, Menu, NumberInput, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, Plus, Sparkles, X } from 'lucide-react'
import { useState } from 'react'
import type { SwitchCase } from '#loop/orchestrate/graph/contract.ts'
import { RuleEditor } from '../../segment/RuleEditor.tsx'
import { EVERYBODY, isComplete } from '../../segment/ruleEdit.ts'
import { useLanguage, useWords } from '../../words/words.tsx'
import { branch, freeKey, waysOf } from '../blanks.ts'
import { personaCases, roleCases } from '../palette.ts'
import type { Names } from '../useNames.ts'
import { shareOf } from '../useSentences.ts'
import { WholeInput } from './picks.tsx'
import type { FieldsProps, Of } from './props.ts'

/** A rule that is half written stays on the screen; the draft takes it once it is whole. */
function RuleFields({
  rule: given,
  names,
  onChange,
}: {
  rule: SwitchCase['rule']
  names: Names
  onChange: (rule: SwitchCase['rule']) => void
}) {
  const [rule, setRule] = useState(given)
  if (!names.vocabulary) return null
  return (
    <RuleEditor
      value={rule}
      vocabulary={names.vocabulary}
      onChange={(to) => {
        setRule(to)
        if (isComplete(to)) onChange(to)
      }}
    />
  )
}

export function ConditionFields({ step, names, onChange }: FieldsProps<'condition'>) {
  return <RuleFields rule={step.rule} names={names} onChange={(rule) => onChange({ ...step, rule })} />
}

const withCases = (step: Of<'switch'>, cases: SwitchCase[]): Of<'switch'> => ({
  ...step,
  cases,
  branches: waysOf([...cases.map((one) => one.key), 'else'], step.branches),
})

/** Several ways: the first whose rule is true is taken. */
export function SwitchFields({ step, names, say, onChange }: FieldsProps<'switch'>) {
  const t = useWords('orchestrate')
  const { cases } = step
  const put = (to: SwitchCase[]) => onChange(withCases(step, to))
  const free = freeKey(cases)
  const swap = (i: number, j: number) => {
    const [a, b] = [cases[i], cases[j]]
    if (a && b) put(cases.map((one, at) => (at === i ? b : at === j ? a : one)))
  }
  return (
    <>
      <p className="muted">{t('switch.text')}</p>
      {cases.map((one, i) => (
        <div className="sc-box" key={one.key}>
          <span className="sc-box-acts">
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('moveUp')} disabled={i === 0} onClick={() => swap(i, i - 1)}>
              <ArrowUp size={13} />
            </ActionIcon>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('moveDown')}
              disabled={i === cases.length - 1}
              onClick={() => swap(i, i + 1)}
            >
              <ArrowDown size={13} />
            </ActionIcon>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('remove')}
              disabled={cases.length < 2}
              onClick={() => put(cases.filter((_, at) => at !== i))}
            >
              <X size={14} />
            </ActionIcon>
          </span>
          <TextInput
            label={t('switch.case', { n: i + 1 })}
            value={one.name}
            maxLength={80}
            placeholder={say.way(step, one.key)}
            onChange={(event) => put(cases.map((old, at) => (at === i ? { ...old, name: event.currentTarget.value } : old)))}
          />
          <RuleFields rule={one.rule} names={names} onChange={(rule) => put(cases.map((old, at) => (at === i ? { ...old, rule } : old)))} />
        </div>
      ))}
      <div className="row">
        {free && (
          <Button
            variant="default"
            size="xs"
            leftSection={<Plus size={13} />}
            onClick={() => put([...cases, { key: free, name: '', rule: EVERYBODY }])}
          >
            {t('switch.add')}
          </Button>
        )}
        <ReadyCases names={names} onPick={put} />
      </div>
      <p className="muted">{t('switch.else')}</p>
    </>
  )
}

/** Cases that are ready made: the levels of position, and the personas of the house. */
function ReadyCases({ names, onPick }: { names: Names; onPick: (cases: SwitchCase[]) => void }) {
  const t = useWords('orchestrate')
  const { language } = useLanguage()
  const personas = personaCases(names)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Sparkles size={13} />}>
          {t('switch.ready')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onPick(roleCases(language))}>{t('kinds.switch_role')}</Menu.Item>
        {personas.length > 0 && <Menu.Item onClick={() => onPick(personas)}>{t('kinds.switch_persona')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

export function SplitFields({ step, onChange }: FieldsProps<'split'>) {
  const t = useWords('orchestrate')
  const put = (branches: Of<'split'>['branches']) => onChange({ ...step, branches })
  const free = freeKey(step.branches)
  return (
    <>
      {step.branches.map((way) => {
        const change = (to: Partial<typeof way>) => put(step.branches.map((one) => (one.key === way.key ? { ...one, ...to } : one)))
        return (
          <div className="sc-box" key={way.key}>
            {step.branches.length > 2 && (
              <ActionIcon
                className="remove"
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('remove')}
                onClick={() => put(step.branches.filter((one) => one.key !== way.key))}
              >
                <X size={14} />
              </ActionIcon>
            )}
            <TextInput
              label={t('split.arm', { key: way.key.toUpperCase() })}
              value={way.name}
              maxLength={80}
              placeholder={way.key.toUpperCase()}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <NumberInput
              label={t('split.weight')}
              min={0}
              max={100}
              value={way.weight}
              rightSection={<span className="muted num">{t('split.share', { n: shareOf(step, way.weight) })}</span>}
              rightSectionWidth={52}
              onChange={(to) => change({ weight: Math.min(100, Math.max(0, Math.trunc(Number(to) || 0))) })}
            />
          </div>
        )
      })}
      {free && (
        <Button variant="default" size="xs" leftSection={<Plus size={13} />} onClick={() => put([...step.branches, branch(free, 50)])}>
          {t('split.add')}
        </Button>
      )}
    </>
  )
}

/** A share that is held back, so that what comes after can be measured. */
export function HoldoutFields({ step, onChange }: FieldsProps<'holdout'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <WholeInput
        label={t('holdout.share')}
        min={1}
        max={90}
        unit="%"
        value={step.share}
        onChange={(share) => onChange({ ...step, share })}
      />
      <p className="muted">{t('holdout.hint')}</p>
    </>
  )
}
