// Small fields that many kinds share.
import { Chip, Group, Input, NumberInput, Select, TextInput } from '@mantine/core'
import { useWords } from '../../words/words.tsx'
import type { Choice, Names } from '../useNames.ts'

/** One of another room's things; empty while nothing is chosen. */
export function RefSelect({
  label,
  data,
  value,
  onChange,
}: {
  label: string
  data: readonly Choice[]
  value: string
  onChange: (to: string) => void
}) {
  const t = useWords('orchestrate')
  return (
    <Select
      label={label}
      data={data.map((one) => ({ value: one.value, label: one.label }))}
      value={value || null}
      placeholder={t('pick.none')}
      nothingFoundMessage={t('pick.nothing')}
      searchable
      onChange={(to) => onChange(to ?? '')}
    />
  )
}

/** One of a few words. */
export function WordSelect<V extends string>({
  label,
  data,
  value,
  onChange,
}: {
  label: string
  data: readonly (Choice & { readonly value: V })[]
  value: V
  onChange: (to: V) => void
}) {
  return <Select label={label} data={[...data]} value={value} allowDeselect={false} onChange={(to) => to && onChange(to as V)} />
}

export function TimeInput({ value, onChange }: { value: string; onChange: (time: string) => void }) {
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

/** A whole number within bounds. */
export function WholeInput({
  label,
  value,
  min,
  max,
  unit,
  description,
  onChange,
}: {
  label: string
  value: number
  min: number
  max: number
  unit?: string
  description?: string
  onChange: (to: number) => void
}) {
  return (
    <NumberInput
      label={label}
      description={description}
      min={min}
      max={max}
      value={value}
      clampBehavior="blur"
      allowDecimal={false}
      rightSection={unit ? <span className="muted">{unit}</span> : undefined}
      rightSectionWidth={unit ? 44 : undefined}
      onChange={(to) => onChange(Math.min(max, Math.max(min, Math.trunc(Number(to) || 0))))}
    />
  )
}

/** One of the segments. */
export function SegmentSelect({ value, names, onChange }: { value: string; names: Names; onChange: (segment: string) => void }) {
  const t = useWords('orchestrate')
  return <RefSelect label={t('pick.segment')} data={names.segments} value={value} onChange={onChange} />
}

interface Crossing {
  readonly segment: string
  readonly on: 'entered' | 'left'
}

/** Into a segment, or out of it. */
export function CrossingFields<C extends Crossing>({ match, names, onChange }: { match: C; names: Names; onChange: (to: C) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <SegmentSelect value={match.segment} names={names} onChange={(segment) => onChange({ ...match, segment })} />
      <WordSelect
        label={t('crossing.label')}
        data={(['entered', 'left'] as const).map((one) => ({ value: one, label: t(`crossing.${one}`) }))}
        value={match.on}
        onChange={(on) => onChange({ ...match, on })}
      />
    </>
  )
}

const DAYS = [1, 2, 3, 4, 5, 6, 0]

/** Days of the week, Monday first. */
export function WeekdayChips({ label, value, onChange }: { label: string; value: readonly number[]; onChange: (days: number[]) => void }) {
  const t = useWords('orchestrate')
  return (
    <Input.Wrapper label={label} component="div" role="group" aria-label={label}>
      <Chip.Group multiple value={value.map(String)} onChange={(days) => onChange(days.map(Number).sort())}>
        <Group gap={4}>
          {DAYS.map((day) => (
            <Chip key={day} size="xs" value={String(day)} radius="sm">
              {t(`weekdays.d${day as 0}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  )
}

/** Why deals are lost, as the room of deals names it. */
const LOST_REASONS = ['timing', 'budget', 'price', 'competitor', 'function', 'no_decision', 'no_contact', 'other'] as const

interface DealMatch {
  readonly stage: string
  readonly product: string
  readonly reason: string
}

/** What becomes of a deal. */
export function DealFields<D extends DealMatch>({ match, names, onChange }: { match: D; names: Names; onChange: (to: D) => void }) {
  const t = useWords('orchestrate')
  const sales = useWords('sales')
  const ends = (['won', 'lost'] as const).map((value) => ({ value, label: t(`deal.${value}`) }))
  return (
    <>
      <RefSelect
        label={t('deal.stage')}
        data={[...names.stages, ...ends]}
        value={match.stage}
        onChange={(stage) => onChange({ ...match, stage, reason: stage === 'lost' ? match.reason : '' })}
      />
      {match.stage === 'lost' && (
        <Select
          label={t('deal.reason')}
          data={LOST_REASONS.map((value) => ({ value, label: sales(`lostReason.${value}`) }))}
          value={match.reason || null}
          placeholder={t('deal.any')}
          clearable
          onChange={(to) => onChange({ ...match, reason: to ?? '' })}
        />
      )}
      {names.products.length > 0 && (
        <Select
          label={t('deal.product')}
          data={names.products}
          value={match.product || null}
          placeholder={t('deal.any')}
          clearable
          searchable
          onChange={(to) => onChange({ ...match, product: to ?? '' })}
        />
      )}
    </>
  )
}

interface DayMatch {
  readonly field: string
  readonly days: number
  readonly time: string
}

/** A time of day, so many days before or after the day in a person's field. */
export function DayFields<D extends DayMatch>({
  match,
  most,
  names,
  onChange,
}: {
  match: D
  most: number
  names: Names
  onChange: (to: D) => void
}) {
  const t = useWords('orchestrate')
  return (
    <>
      <RefSelect label={t('trigger.field')} data={names.dates} value={match.field} onChange={(field) => onChange({ ...match, field })} />
      <DaysAround days={match.days} most={most} onChange={(days) => onChange({ ...match, days })} />
      <TimeInput value={match.time} onChange={(time) => onChange({ ...match, time })} />
    </>
  )
}

function DaysAround({ days, most, onChange }: { days: number; most: number; onChange: (days: number) => void }) {
  const t = useWords('orchestrate')
  const sign = days < 0 ? -1 : 1
  return (
    <div className="sc-pair">
      <WholeInput label={t('trigger.days')} min={0} max={most} value={Math.abs(days)} onChange={(to) => onChange(sign * to)} />
      <WordSelect
        label={t('trigger.direction')}
        data={[
          { value: 'before', label: t('trigger.beforeWord') },
          { value: 'after', label: t('trigger.afterWord') },
        ]}
        value={sign < 0 ? 'before' : 'after'}
        onChange={(to) => onChange(to === 'before' ? -(Math.abs(days) || 1) : Math.abs(days))}
      />
    </div>
  )
}
