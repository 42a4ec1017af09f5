import { ActionIcon, Anchor, Button, Checkbox, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { StepKind } from '#loop/orchestrate/graph/contract.ts'
import { RuleEditor } from '../../segment/RuleEditor.tsx'
import { isComplete } from '../../segment/ruleEdit.ts'
import { useWords } from '../../words/words.tsx'
import { shareOf } from '../useSentences.ts'
import { AwaitFields } from './AwaitFields.tsx'
import type { FieldsProps, Of } from './props.ts'
import { WaitFields } from './WaitFields.tsx'
import { WebhookFields } from './WebhookFields.tsx'

type Table = { readonly [K in StepKind]: ((props: FieldsProps<K>) => React.ReactNode) | null }

const TABLE: Table = {
  wait: WaitFields,
  await: AwaitFields,
  mail: MailFields,
  field: FieldFields,
  tag: TagFields,
  points: PointsFields,
  notify: NotifyFields,
  handoff: HandoffFields,
  webhook: WebhookFields,
  condition: ConditionFields,
  split: SplitFields,
  end: null,
}

/** The fields of one step. */
export function StepFields(props: FieldsProps<StepKind>) {
  const Fields = TABLE[props.step.kind] as ((props: FieldsProps<StepKind>) => React.ReactNode) | null
  return Fields ? <Fields {...props} /> : null
}

function MailFields({ step, names, onChange }: FieldsProps<'mail'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <Select
        label={t('pick.template')}
        data={names.templates}
        value={step.template || null}
        placeholder={t('pick.none')}
        searchable
        nothingFoundMessage="—"
        onChange={(template) => onChange({ ...step, template: template ?? '' })}
      />
      <Anchor component={Link} to={step.template ? `/templates/${step.template}` : '/templates'} size="xs">
        {step.template ? t('pick.editTemplate') : t('pick.newTemplate')}
      </Anchor>
      <Select
        label={t('purpose.label')}
        data={[
          { value: 'marketing', label: t('purpose.marketing') },
          { value: 'transactional', label: t('purpose.transactional') },
        ]}
        value={step.purpose}
        allowDeselect={false}
        onChange={(purpose) => onChange({ ...step, purpose: purpose === 'transactional' ? 'transactional' : 'marketing' })}
      />
    </>
  )
}

function FieldFields({ step, names, onChange }: FieldsProps<'field'>) {
  const t = useWords('orchestrate')
  const field = names.fields.find((one) => one.value === step.field)
  const text = step.value === null ? '' : String(step.value)
  const isNumber = field?.type === 'number' || field?.type === 'money'
  return (
    <>
      <Select
        label={t('field.label')}
        data={names.fields.map(({ value, label }) => ({ value, label }))}
        value={step.field || null}
        placeholder={t('pick.none')}
        searchable
        onChange={(to) => onChange({ ...step, field: to ?? '', value: '' })}
      />
      {field && field.options.length > 0 ? (
        <Select
          label={t('field.value')}
          data={field.options.map((one) => ({ value: one.value, label: one.ja }))}
          value={text || null}
          clearable
          onChange={(to) => onChange({ ...step, value: to })}
        />
      ) : isNumber ? (
        <NumberInput label={t('field.value')} value={Number(text) || 0} onChange={(to) => onChange({ ...step, value: Number(to) || 0 })} />
      ) : (
        <TextInput
          label={t('field.value')}
          type={field?.type === 'date' ? 'date' : 'text'}
          value={text}
          maxLength={1000}
          placeholder={t('field.clear')}
          onChange={(event) => onChange({ ...step, value: event.currentTarget.value || null })}
        />
      )}
    </>
  )
}

function TagFields({ step, onChange }: FieldsProps<'tag'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('tag.mode')}
        data={[
          { value: 'add', label: t('tag.add') },
          { value: 'remove', label: t('tag.remove') },
        ]}
        value={step.remove ? 'remove' : 'add'}
        onChange={(to) => onChange({ ...step, remove: to === 'remove' })}
      />
      <TextInput
        label={t('tag.label')}
        value={step.tag}
        maxLength={80}
        onChange={(event) => onChange({ ...step, tag: event.currentTarget.value })}
      />
    </>
  )
}

function PointsFields({ step, names, onChange }: FieldsProps<'points'>) {
  const t = useWords('orchestrate')
  return (
    <div className="sc-pair">
      <Select
        label={t('points.score')}
        data={names.scores}
        value={step.score}
        allowDeselect={false}
        onChange={(score) => score && onChange({ ...step, score })}
      />
      <NumberInput
        label={t('points.amount')}
        value={step.amount}
        min={-10_000}
        max={10_000}
        onChange={(to) => onChange({ ...step, amount: Math.trunc(Number(to) || 0) })}
      />
    </div>
  )
}

function NotifyFields({ step, onChange }: FieldsProps<'notify'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <Textarea
        label={t('notify.text')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={step.text}
        onChange={(event) => onChange({ ...step, text: event.currentTarget.value })}
      />
      <Checkbox
        label={t('notify.urgent')}
        checked={step.urgent}
        onChange={(event) => onChange({ ...step, urgent: event.currentTarget.checked })}
      />
    </>
  )
}

function HandoffFields({ step, onChange }: FieldsProps<'handoff'>) {
  const t = useWords('orchestrate')
  return (
    <Textarea
      label={t('handoff.note')}
      autosize
      minRows={2}
      maxRows={8}
      maxLength={1000}
      value={step.note}
      onChange={(event) => onChange({ ...step, note: event.currentTarget.value })}
    />
  )
}

/** A rule that is half written stays on the screen; the draft takes it once it is whole. */
function ConditionFields({ step, names, onChange }: FieldsProps<'condition'>) {
  const [rule, setRule] = useState(step.rule)
  if (!names.vocabulary) return null
  return (
    <RuleEditor
      value={rule}
      vocabulary={names.vocabulary}
      onChange={(to) => {
        setRule(to)
        if (isComplete(to)) onChange({ ...step, rule: to })
      }}
    />
  )
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

function SplitFields({ step, onChange }: FieldsProps<'split'>) {
  const t = useWords('orchestrate')
  const put = (branches: Of<'split'>['branches']) => onChange({ ...step, branches })
  const free = KEYS.find((key) => !step.branches.some((branch) => branch.key === key))
  return (
    <>
      {step.branches.map((branch) => {
        const name = t('split.arm', { key: branch.key.toUpperCase() })
        const change = (to: Partial<typeof branch>) => put(step.branches.map((one) => (one.key === branch.key ? { ...one, ...to } : one)))
        return (
          <div className="sc-box" key={branch.key}>
            {step.branches.length > 2 && (
              <ActionIcon
                className="remove"
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('remove')}
                onClick={() => put(step.branches.filter((one) => one.key !== branch.key))}
              >
                <X size={14} />
              </ActionIcon>
            )}
            <TextInput
              label={name}
              value={branch.name}
              maxLength={80}
              placeholder={branch.key.toUpperCase()}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <NumberInput
              label={t('split.weight')}
              min={0}
              max={100}
              value={branch.weight}
              rightSection={<span className="muted num">{t('split.share', { n: shareOf(step, branch.weight) })}</span>}
              rightSectionWidth={52}
              onChange={(to) => change({ weight: Math.min(100, Math.max(0, Math.trunc(Number(to) || 0))) })}
            />
          </div>
        )
      })}
      {free && (
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={13} />}
          onClick={() => put([...step.branches, { key: free, name: '', weight: 50, steps: [] }])}
        >
          {t('split.add')}
        </Button>
      )}
    </>
  )
}
