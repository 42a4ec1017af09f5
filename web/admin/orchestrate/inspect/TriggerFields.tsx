import { Checkbox, SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Trigger, TriggerKind } from '#loop/orchestrate/graph/contract.ts'
import { RANKS, SCORE_COLUMNS } from '#loop/score/rules/contract.ts'
import { useWords } from '../../words/words.tsx'
import type { Names } from '../useNames.ts'
import type { Sentences } from '../useSentences.ts'
import { EventFields } from './EventFields.tsx'
import {
  CrossingFields,
  DayFields,
  DealFields,
  RefSelect,
  SegmentSelect,
  TimeInput,
  WeekdayChips,
  WholeInput,
  WordSelect,
} from './picks.tsx'

interface Props<K extends TriggerKind> {
  readonly trigger: Extract<Trigger, { kind: K }>
  readonly names: Names
  readonly say: Sentences
  readonly onChange: (trigger: Trigger) => void
}
type Table = { readonly [K in TriggerKind]: (props: Props<K>) => ReactNode }

const TABLE: Table = {
  segment: ({ trigger, names, onChange }) => <CrossingFields match={trigger} names={names} onChange={onChange} />,
  form: FormFields,
  event: ({ trigger, names, say, onChange }) => (
    <EventFields match={trigger.match} names={names} say={say} onChange={(match) => onChange({ ...trigger, match })} />
  ),
  score: ScoreFields,
  rank: RankFields,
  deal: ({ trigger, names, onChange }) => <DealFields match={trigger} names={names} onChange={onChange} />,
  date: DateFields,
  schedule: ScheduleFields,
  silence: SilenceFields,
  manual: ManualFields,
}

/** The fields of one trigger. */
export function TriggerFields(props: Props<TriggerKind>) {
  const Fields = TABLE[props.trigger.kind] as (props: Props<TriggerKind>) => ReactNode
  return <Fields {...props} />
}

function FormFields({ trigger, names, onChange }: Props<'form'>) {
  const t = useWords('orchestrate')
  return <RefSelect label={t('pick.form')} data={names.forms} value={trigger.form} onChange={(form) => onChange({ ...trigger, form })} />
}

function ScoreFields({ trigger, names, onChange }: Props<'score'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <RefSelect
        label={t('trigger.score_')}
        data={names.scores}
        value={trigger.score}
        onChange={(score) => onChange({ ...trigger, score })}
      />
      <div className="sc-pair">
        <WordSelect
          label={t('trigger.column')}
          data={SCORE_COLUMNS.map((column) => ({ value: column, label: t(`columnsOf.${column}`) }))}
          value={trigger.column}
          onChange={(column) => onChange({ ...trigger, column })}
        />
        <WholeInput
          label={t('trigger.threshold')}
          min={-100_000}
          max={100_000}
          value={trigger.threshold}
          onChange={(threshold) => onChange({ ...trigger, threshold })}
        />
      </div>
    </>
  )
}

function RankFields({ trigger, names, onChange }: Props<'rank'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <RefSelect
        label={t('trigger.score_')}
        data={names.scores}
        value={trigger.model}
        onChange={(model) => onChange({ ...trigger, model })}
      />
      <div className="sc-pair">
        <WordSelect
          label={t('trigger.rankTo')}
          data={RANKS.map((value) => ({ value, label: value }))}
          value={trigger.to}
          onChange={(to) => onChange({ ...trigger, to })}
        />
        <WordSelect
          label={t('trigger.rankHow')}
          data={(['below', 'above', 'any'] as const).map((value) => ({ value, label: t(`rankFrom.${value}`) }))}
          value={trigger.from}
          onChange={(from) => onChange({ ...trigger, from })}
        />
      </div>
    </>
  )
}

function DateFields({ trigger, names, onChange }: Props<'date'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <DayFields match={trigger} most={365} names={names} onChange={onChange} />
      <Checkbox
        label={t('trigger.yearly')}
        checked={trigger.yearly}
        onChange={(event) => onChange({ ...trigger, yearly: event.currentTarget.checked })}
      />
    </>
  )
}

function ScheduleFields({ trigger, names, onChange }: Props<'schedule'>) {
  const t = useWords('orchestrate')
  const { days } = trigger
  return (
    <>
      <SegmentSelect value={trigger.segment} names={names} onChange={(segment) => onChange({ ...trigger, segment })} />
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('schedule.how')}
        data={[
          { value: 'weekdays', label: t('schedule.weekdays') },
          { value: 'monthDay', label: t('schedule.monthDay') },
        ]}
        value={days.kind}
        onChange={(kind) => onChange({ ...trigger, days: kind === 'monthDay' ? { kind, day: 1 } : { kind: 'weekdays', weekdays: [1] } })}
      />
      {days.kind === 'weekdays' ? (
        <WeekdayChips
          label={t('schedule.days')}
          value={days.weekdays}
          onChange={(weekdays) => onChange({ ...trigger, days: { kind: 'weekdays', weekdays } })}
        />
      ) : (
        <WholeInput
          label={t('schedule.day')}
          description={t('schedule.short')}
          min={1}
          max={31}
          value={days.day}
          onChange={(day) => onChange({ ...trigger, days: { kind: 'monthDay', day } })}
        />
      )}
      <TimeInput value={trigger.time} onChange={(time) => onChange({ ...trigger, time })} />
      <p className="muted">{t('schedule.text')}</p>
    </>
  )
}

function SilenceFields({ trigger, names, say, onChange }: Props<'silence'>) {
  const t = useWords('orchestrate')
  return (
    <>
      <WholeInput
        label={t('trigger.silenceDays')}
        min={1}
        max={3_650}
        value={trigger.days}
        onChange={(days) => onChange({ ...trigger, days })}
      />
      <EventFields match={trigger.match} names={names} say={say} onChange={(match) => onChange({ ...trigger, match })} />
    </>
  )
}

function ManualFields() {
  const t = useWords('orchestrate')
  return <p className="muted">{t('trigger.manualText')}</p>
}
