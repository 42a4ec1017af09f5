import { MultiSelect, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { type ActivityKind, activityKinds, activityResults } from '#loop/identify/activities/kinds/contract.ts'
import { client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useZoneHint } from '../parts/useZoneHint.ts'
import { instantOf, localOf } from '../parts/zone.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { activitiesChanged } from './changed.ts'
import type { Activity } from './history.ts'
import { useColleagues } from './useColleagues.ts'

/** Records what a colleague did with one lead, or with several at once; with `activity` it corrects one. */
export function ActivityDrawer({
  leadIds,
  kind: first = 'call',
  activity,
  people,
  onClose,
}: {
  leadIds: readonly string[]
  /** Whom to choose from, where it is not clear yet whom it was with. */
  people?: readonly { readonly id: string; readonly name: string }[]
  kind?: ActivityKind
  activity?: Activity
  onClose: () => void
}) {
  const t = useWords('person')
  const { language } = useLanguage()
  const toast = useToasts()
  const zoneHint = useZoneHint()
  const { active } = useColleagues()
  const form = useProblemForm({
    initialValues: {
      leadIds: [...leadIds],
      kind: (activity?.kind ?? first) as ActivityKind,
      at: localOf(activity?.at ?? new Date()),
      direction: activity?.direction ?? 'out',
      result: activity?.result ?? '',
      minutes: activity?.minutes ?? ('' as number | ''),
      title: activity?.title ?? '',
      body: activity?.body ?? '',
      colleagues: activity?.colleagues.map((one) => one.id) ?? [],
    },
  })
  const values = form.getValues()
  const kindWord = activityKinds.find((one) => one.value === values.kind)?.[language] ?? ''
  const results = activityResults[values.kind]
  const isNote = values.kind === 'note'
  const send = form.send(
    async ({ leadIds: chosen, kind, at, direction, result, minutes, title, body, colleagues }) => {
      const when = instantOf(at)
      const told = {
        direction: direction === 'in' ? ('in' as const) : ('out' as const),
        result: result || null,
        minutes: minutes === '' ? null : Number(minutes),
        title,
        body,
        colleagues,
        // The input knows minutes alone: an untouched time keeps its seconds.
        ...(when && at !== localOf(activity?.at ?? null) ? { at: when } : {}),
      }
      if (activity) await client.activities.change({ leadId: activity.leadId, id: activity.id, ...told })
      else return client.activities.add({ leadIds: chosen, kind, ...told })
    },
    (made) => {
      onClose()
      void activitiesChanged()
      if (!made) return toast.done(t('changed'))
      toast.undo(t('recorded', { kind: kindWord }), async () => {
        await client.activities.remove({ items: made.items })
        await activitiesChanged()
      })
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={activity ? t('editTitle') : t('recordTitle')}
      {...(activity ? {} : { verb: t('callSave') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      {people && (
        <MultiSelect
          label={t('withWhom')}
          required
          searchable
          data={people.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('leadIds')}
        />
      )}
      {!activity && (
        <Select
          label={t('kind')}
          allowDeselect={false}
          data={activityKinds.map((one) => ({ value: one.value, label: one[language] }))}
          {...form.getInputProps('kind')}
        />
      )}
      {values.kind === 'call' && (
        <SegmentedControl
          aria-label={t('direction')}
          data={(['out', 'in'] as const).map((value) => ({ value, label: t(`directions.${value}`) }))}
          {...form.getInputProps('direction')}
        />
      )}
      {results && (
        <Select
          label={t('result')}
          clearable
          data={results.map((one) => ({ value: one.value, label: one[language] }))}
          {...form.getInputProps('result')}
          value={values.result || null}
        />
      )}
      <TextInput type="datetime-local" label={t('at')} description={zoneHint} {...form.getInputProps('at')} />
      {!isNote && (
        <>
          <NumberInput label={t('minutes')} min={0} max={1_440} {...form.getInputProps('minutes')} />
          <TextInput label={t('subject')} description={t('subjectHint')} {...form.getInputProps('title')} />
        </>
      )}
      <Textarea label={t('body')} autosize minRows={4} data-autofocus required={isNote} {...form.getInputProps('body')} />
      {!isNote && (
        <MultiSelect
          label={t('colleagues')}
          data={active.map((one) => ({ value: one.id, label: one.name }))}
          searchable
          clearable
          {...form.getInputProps('colleagues')}
        />
      )}
    </FormDrawer>
  )
}
