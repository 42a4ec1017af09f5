import { Checkbox } from '@mantine/core'
import type { Until } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import { untils } from '../blanks.ts'
import { DayFields, TimeInput, WeekdayChips, WholeInput, WordSelect } from './picks.tsx'
import type { FieldsProps } from './props.ts'

const KINDS = Object.keys(untils) as Until['kind'][]

/** How long to wait, or until when. */
export function WaitFields({ step, names, onChange }: FieldsProps<'wait'>) {
  const t = useWords('orchestrate')
  const { until } = step
  const put = (to: Until) => onChange({ ...step, until: to })
  return (
    <>
      <WordSelect
        label={t('wait.kind')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`wait.${kind}`) }))}
        value={until.kind}
        onChange={(kind: Until['kind']) => put(untils[kind])}
      />
      {until.kind === 'for' && (
        <>
          <AmountFields amount={until.amount} unit={until.unit} onChange={(to) => put({ ...until, ...to })} />
          <Checkbox
            label={t('wait.inHours')}
            checked={until.businessHours}
            onChange={(event) => put({ ...until, businessHours: event.currentTarget.checked })}
          />
        </>
      )}
      {until.kind === 'businessDay' && (
        <div className="sc-pair">
          <WholeInput label={t('wait.nth')} min={1} max={365} value={until.days} onChange={(days) => put({ ...until, days })} />
          <TimeInput value={until.time} onChange={(time) => put({ ...until, time })} />
        </div>
      )}
      {until.kind === 'timeOfDay' && (
        <>
          <TimeInput value={until.time} onChange={(time) => put({ ...until, time })} />
          <WeekdayChips label={t('wait.weekdays')} value={until.weekdays} onChange={(weekdays) => put({ ...until, weekdays })} />
          <Checkbox
            label={t('wait.onBusinessDays')}
            checked={until.businessDays}
            onChange={(event) => put({ ...until, businessDays: event.currentTarget.checked })}
          />
        </>
      )}
      {until.kind === 'field' && (
        <>
          <DayFields match={until} most={3_650} names={names} onChange={put} />
          <p className="muted">{t('wait.fieldHint')}</p>
        </>
      )}
      {until.kind === 'bestHour' && <BestHourFields until={until} onChange={put} />}
      {(until.kind === 'businessDay' || until.kind === 'businessHours' || until.kind === 'timeOfDay') && (
        <p className="muted">{t('wait.calendar')}</p>
      )}
    </>
  )
}

function BestHourFields({ until, onChange }: { until: Extract<Until, { kind: 'bestHour' }>; onChange: (to: Until) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <div className="sc-pair">
        <WholeInput
          label={t('wait.bestWithin')}
          min={1}
          max={168}
          value={until.within}
          unit={t('wait.hours')}
          onChange={(within) => onChange({ ...until, within })}
        />
        <WholeInput
          label={t('wait.bestControl')}
          min={0}
          max={50}
          value={until.control}
          unit="%"
          onChange={(control) => onChange({ ...until, control })}
        />
      </div>
      <p className="muted">{t('wait.bestHint')}</p>
    </>
  )
}

type Unit = 'minutes' | 'hours' | 'days'

/** A number and its unit. */
export function AmountFields({
  amount,
  unit,
  label,
  onChange,
}: {
  /** What the length is of; plainly the length when left out. */
  label?: string
  amount: number
  unit: Unit
  onChange: (to: { amount: number; unit: Unit }) => void
}) {
  const t = useWords('orchestrate')
  return (
    <div className="sc-pair">
      <WholeInput label={label ?? t('wait.amount')} min={1} max={10_000} value={amount} onChange={(to) => onChange({ amount: to, unit })} />
      <WordSelect
        label={t('wait.unit')}
        data={(['minutes', 'hours', 'days'] as const).map((one) => ({ value: one, label: t(`wait.${one}`).trim() }))}
        value={unit}
        onChange={(to) => onChange({ amount, unit: to })}
      />
    </div>
  )
}
