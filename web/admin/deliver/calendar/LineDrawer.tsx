import { Button, MultiSelect, NativeSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { again, api, client } from '../../api.ts'
import { useColleagues } from '../../identify/useColleagues.ts'
import { FormDrawer, Section } from '../../parts/FormDrawer.tsx'
import { useFormats } from '../../parts/formats.ts'
import { useProblemForm } from '../../parts/useProblemForm.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { useSegmentChoices } from '../useSegmentChoices.ts'
import { type Line, NTHS, type Rhythm, useRhythmWords, WEEKDAYS } from './plan.ts'
import { usePlanActs } from './usePlanActs.ts'

type Kind = Rhythm['kind']
const KINDS = ['weeks', 'monthDay', 'monthWeekday'] as const
const SENDERS = ['usual', 'company', 'owner'] as const

interface Values extends Record<string, unknown> {
  name: string
  kind: Kind
  every: number
  weekday: string
  nth: string
  day: number
  startsOn: string
  sendAt: string
  ownerId: string | null
  topicId: string
  include: string[]
  exclude: string[]
  templateId: string | null
  sender: (typeof SENDERS)[number]
  draftDays: number
  aheadDays: number
  hoursNeeded: number | ''
  hoursFree: number | ''
}

/** A regular newsletter: its rhythm, who looks after it, and what each issue begins from. */
export function LineDrawer({
  line,
  today,
  onClose,
  onMade,
}: {
  line?: Line
  today: string
  onClose: () => void
  onMade?: (id: string) => void
}) {
  const t = useWords('calendar')
  const p = useWords('parts')
  const toast = useToasts()
  const acts = usePlanActs()
  const rhythmWords = useRhythmWords()
  const { active } = useColleagues()
  const { user } = useSession()
  const form = useProblemForm<Values>({
    initialValues: valuesOf(line, today, user?.id ?? null),
    validate: { name: (name) => (name.trim() ? null : p('errors.needed')) },
  })
  const values = form.getValues()
  const send = form.send(
    async (given) => {
      const told = toldOf(given)
      if (!line) return (await client.lines.create(told)).id
      await client.lines.update({ id: line.id, ...told })
      return line.id
    },
    (id) => {
      void again(api.lines.key())
      onClose()
      toast.done(line ? t('lineSaved') : t('lineMade', { name: values.name }))
      if (!line) onMade?.(id)
    },
  )
  return (
    <FormDrawer
      opened
      wide
      onClose={onClose}
      title={t(line ? 'editLine' : 'addLine')}
      {...(line ? {} : { verb: t('addLine') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('name')} placeholder={t('nameHint')} required maxLength={80} data-autofocus {...form.getInputProps('name')} />
      <Section title={t('rhythm')} hint={t('offHint')}>
        <div className="form-pair">
          <NativeSelect
            label={t('rhythm')}
            data={KINDS.map((value) => ({ value, label: t(`rhythmKind.${value}`) }))}
            {...form.getInputProps('kind')}
          />
          <NumberInput
            label={t(values.kind === 'weeks' ? 'everyWeeks' : 'everyMonths')}
            min={1}
            max={values.kind === 'weeks' ? 26 : 12}
            allowDecimal={false}
            {...form.getInputProps('every')}
          />
        </div>
        <div className="form-pair">
          {values.kind === 'monthWeekday' && (
            <NativeSelect
              label={t('nth')}
              data={NTHS.map((value) => ({ value, label: t(`nths.${value}`) }))}
              {...form.getInputProps('nth')}
            />
          )}
          {values.kind !== 'monthDay' && (
            <NativeSelect
              label={t('weekday')}
              data={WEEKDAYS.map((value) => ({ value, label: t(`weekdays.${value}`) }))}
              {...form.getInputProps('weekday')}
            />
          )}
          {values.kind === 'monthDay' && (
            <NumberInput
              label={t('dayOfMonth')}
              description={t('dayOfMonthHint')}
              min={1}
              max={31}
              allowDecimal={false}
              {...form.getInputProps('day')}
            />
          )}
          <TextInput type="time" label={t('sendAt')} required {...form.getInputProps('sendAt')} />
        </div>
        <TextInput
          type="date"
          label={t('startsOn')}
          description={rhythmWords(rhythmOf(values))}
          required
          {...form.getInputProps('startsOn')}
        />
      </Section>
      <Begins form={form} />
      <Section title={t('team')} hint={t('teamHint')}>
        <Select
          label={t('owner')}
          clearable
          searchable
          data={active.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('ownerId')}
        />
        <div className="form-pair">
          <NumberInput label={t('hoursNeeded')} min={0} max={500} decimalScale={1} {...form.getInputProps('hoursNeeded')} />
          <NumberInput label={t('hoursFree')} min={0} max={500} decimalScale={1} {...form.getInputProps('hoursFree')} />
        </div>
      </Section>
      <Section title={t('warn')}>
        <div className="form-pair">
          <NumberInput label={t('draftDays')} min={0} max={60} allowDecimal={false} {...form.getInputProps('draftDays')} />
          <NumberInput label={t('aheadDays')} min={1} max={90} allowDecimal={false} {...form.getInputProps('aheadDays')} />
        </div>
      </Section>
      {line && (
        <Button
          variant="default"
          size="compact-sm"
          className="line-end"
          leftSection={<Trash2 size={13} />}
          onClick={() => {
            onClose()
            void acts.endLine(line)
          }}
        >
          {t('endLine')}
        </Button>
      )}
    </FormDrawer>
  )
}

/** People, topic and words that each issue begins from. */
function Begins({ form }: { form: ReturnType<typeof useProblemForm<Values>> }) {
  const t = useWords('calendar')
  const f = useFormats()
  const segments = useSegmentChoices()
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  const templates = useQuery(api.templates.list.queryOptions({ input: { limit: 200 } }))
  const { include, exclude } = form.getValues()
  return (
    <Section title={t('begins')} hint={t('beginsHint')}>
      <Select
        label={t('template')}
        clearable
        searchable
        data={(templates.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        {...form.getInputProps('templateId')}
      />
      <MultiSelect label={t('segments')} searchable data={segments.choices(include)} {...form.getInputProps('include')} />
      <MultiSelect label={t('exclude')} searchable clearable data={segments.choices(exclude, include)} {...form.getInputProps('exclude')} />
      <div className="form-pair">
        <NativeSelect
          label={t('topic')}
          data={[
            { value: '', label: t('topicNone') },
            ...(topics.data?.items ?? []).map((one) => ({ value: one.id, label: f.language === 'ja' ? one.ja : one.en })),
          ]}
          {...form.getInputProps('topicId')}
        />
        <NativeSelect
          label={t('sender')}
          data={SENDERS.map((value) => ({ value, label: t(`senders.${value}`) }))}
          {...form.getInputProps('sender')}
        />
      </div>
    </Section>
  )
}

function valuesOf(line: Line | undefined, today: string, me: string | null): Values {
  const rhythm = line?.rhythm
  return {
    name: line?.name ?? '',
    kind: rhythm?.kind ?? 'weeks',
    every: rhythm?.every ?? 2,
    weekday: String(rhythm && rhythm.kind !== 'monthDay' ? rhythm.weekday : 3),
    nth: String(rhythm?.kind === 'monthWeekday' ? rhythm.nth : 1),
    day: rhythm?.kind === 'monthDay' ? rhythm.day : 1,
    startsOn: line?.startsOn ?? today,
    sendAt: line?.sendAt ?? '10:00',
    ownerId: line ? line.ownerId : me,
    topicId: line?.topicId ?? '',
    include: line?.include ?? [],
    exclude: line?.exclude ?? [],
    templateId: line?.templateId ?? null,
    sender: line?.sender ?? 'usual',
    draftDays: line?.draftDays ?? 5,
    aheadDays: line?.aheadDays ?? 14,
    hoursNeeded: line?.hoursNeeded ?? '',
    hoursFree: line?.hoursFree ?? '',
  }
}

const rhythmOf = ({ kind, every, weekday, nth, day }: Values): Rhythm => {
  const often = Number(every) || 1
  if (kind === 'weeks') return { kind, every: often, weekday: Number(weekday) }
  if (kind === 'monthDay') return { kind, every: often, day: Number(day) || 1 }
  return { kind, every: often, nth: Number(nth), weekday: Number(weekday) }
}

const hoursOf = (given: number | ''): number | null => (given === '' ? null : Number(given))

const toldOf = (given: Values) => ({
  name: given.name,
  rhythm: rhythmOf(given),
  startsOn: given.startsOn,
  sendAt: given.sendAt,
  ownerId: given.ownerId,
  topicId: given.topicId || null,
  include: given.include,
  exclude: given.exclude,
  templateId: given.templateId,
  sender: given.sender === 'usual' ? null : given.sender,
  draftDays: Number(given.draftDays),
  aheadDays: Number(given.aheadDays),
  hoursNeeded: hoursOf(given.hoursNeeded),
  hoursFree: hoursOf(given.hoursFree),
})
