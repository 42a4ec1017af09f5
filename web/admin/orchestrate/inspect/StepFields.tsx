import { Anchor, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { StepKind } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import { CampaignFields, ConsentFields, NotifyFields, OwnerFields, ScenarioFields } from './ActionFields.tsx'
import { AwaitFields } from './AwaitFields.tsx'
import { ConditionFields, HoldoutFields, SplitFields, SwitchFields } from './BranchFields.tsx'
import { RefSelect, WordSelect } from './picks.tsx'
import type { FieldsProps } from './props.ts'
import { TaskFields } from './TaskFields.tsx'
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
  owner: OwnerFields,
  campaign: CampaignFields,
  consent: ConsentFields,
  scenario: ScenarioFields,
  switch: SwitchFields,
  holdout: HoldoutFields,
  task: TaskFields,
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
  const s = useWords('sending')
  return (
    <>
      <RefSelect
        label={t('pick.template')}
        data={names.templates}
        value={step.template}
        onChange={(template) => onChange({ ...step, template })}
      />
      <Anchor component={Link} to={step.template ? `/templates/${step.template}` : '/templates'} size="xs">
        {step.template ? t('pick.editTemplate') : t('pick.newTemplate')}
      </Anchor>
      <WordSelect
        label={t('purpose.label')}
        data={(['marketing', 'transactional'] as const).map((value) => ({ value, label: t(`purpose.${value}`) }))}
        value={step.purpose}
        onChange={(purpose) => onChange({ ...step, purpose })}
      />
      <WordSelect
        label={s('sender.label')}
        data={(['usual', 'company', 'owner'] as const).map((value) => ({ value, label: s(`sender.${value}`) }))}
        value={step.sender ?? 'usual'}
        onChange={(who) => {
          const { sender: _, ...rest } = step
          onChange(who === 'usual' ? rest : { ...rest, sender: who })
        }}
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
      <RefSelect
        label={t('field.label')}
        data={names.fields}
        value={step.field}
        onChange={(to) => onChange({ ...step, field: to, value: '' })}
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
      <WordSelect label={t('points.score')} data={names.scores} value={step.score} onChange={(score) => onChange({ ...step, score })} />
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
