import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import type { Until } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import type { FieldsProps } from './props.ts'

const KINDS = ['for', 'businessDay', 'businessHours', 'timeOfDay'] as const
const blanks: { readonly [K in Until['kind']]: Until } = {
  for: { kind: 'for', amount: 1, unit: 'days', businessHours: true },
  businessDay: { kind: 'businessDay', days: 1, time: '09:30' },
  businessHours: { kind: 'businessHours' },
  timeOfDay: { kind: 'timeOfDay', time: '09:30', businessDays: true },
}

/** How long to wait, or until when. */
export function WaitFields({ step, onChange }: FieldsProps<'wait'>) {
  const t = useWords('orchestrate')
  const { until } = step
  const put = (to: Until) => onChange({ ...step, until: to })
  return (
    <>
      <Select
        label={t('wait.kind')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`wait.${kind}`) }))}
        value={until.kind}
        allowDeselect={false}
        onChange={(kind) => kind && put(blanks[kind as Until['kind']])}
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
          <NumberInput
            label={t('wait.nth')}
            min={1}
            max={365}
            value={until.days}
            onChange={(to) => put({ ...until, days: Math.max(1, Math.trunc(Number(to) || 1)) })}
          />
          <TimeInput value={until.time} onChange={(time) => put({ ...until, time })} />
        </div>
      )}
      {until.kind === 'timeOfDay' && (
        <>
          <TimeInput value={until.time} onChange={(time) => put({ ...until, time })} />
          <Checkbox
            label={t('wait.onBusinessDays')}
            checked={until.businessDays}
            onChange={(event) => put({ ...until, businessDays: event.currentTarget.checked })}
          />
        </>
      )}
      <p className="muted">{t('wait.calendar')}</p>
    </>
  )
}

function TimeInput({ value, onChange }: { value: string; onChange: (time: string) => void }) {
  const t = useWords('orchestrate')
  return (
    <TextInput
      type="time"
      label={t('wait.time')}
      value={value}
      onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value.slice(0, 5))}
    />
  )
}

type Unit = 'minutes' | 'hours' | 'days'

/** A number and its unit. */
export function AmountFields({
  amount,
  unit,
  onChange,
}: {
  amount: number
  unit: Unit
  onChange: (to: { amount: number; unit: Unit }) => void
}) {
  const t = useWords('orchestrate')
  return (
    <div className="sc-pair">
      <NumberInput
        label={t('wait.amount')}
        min={1}
        max={10_000}
        value={amount}
        onChange={(to) => onChange({ amount: Math.max(1, Math.trunc(Number(to) || 1)), unit })}
      />
      <Select
        label={t('wait.unit')}
        data={(['minutes', 'hours', 'days'] as const).map((one) => ({ value: one, label: t(`wait.${one}`).trim() }))}
        value={unit}
        allowDeselect={false}
        onChange={(to) => to && onChange({ amount, unit: to as Unit })}
      />
    </div>
  )
}
