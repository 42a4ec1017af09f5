import { MultiSelect, NativeSelect, NumberInput, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ALL_FIELDS } from '#loop/sales/qualify/asked/contract.ts'
import type { GuardSettings } from '#loop/sales/qualify/guard/contract.ts'
import { again, api, client } from '../../api.ts'
import { FormDrawer } from '../../parts/FormDrawer.tsx'
import { useProblemForm } from '../../parts/useProblemForm.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { useFieldName } from './useFieldName.ts'

/** What the guard keeps. */
export function GuardRules({ settings, onClose }: { settings: GuardSettings; onClose: () => void }) {
  const t = useWords('qualify')
  const toast = useToasts()
  const fieldName = useFieldName()
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const scores = useQuery(api.scores.list.queryOptions({ input: {} }))
  const form = useProblemForm({
    initialValues: {
      isOn: settings.isOn,
      segmentId: settings.segmentId ?? '',
      onScore: settings.score !== null,
      model: settings.score?.model ?? 'main',
      below: settings.score?.below ?? 20,
      required: [...settings.required],
      minCompleteness: settings.minCompleteness,
    },
  })
  const save = form.send(
    ({ isOn, segmentId, onScore, model, below, required, minCompleteness }) =>
      client.guard.save({ isOn, segmentId: segmentId || null, score: onScore ? { model, below } : null, required, minCompleteness }),
    () => {
      void again(api.guard.key())
      toast.done(t('guardSaved'))
      onClose()
    },
  )
  return (
    <FormDrawer opened onClose={onClose} title={t('guardRule')} busy={form.busy} failed={form.failed} onSubmit={save}>
      <p className="muted">{t('guardHint')}</p>
      <Switch label={t('guardOn')} {...form.getInputProps('isOn', { type: 'checkbox' })} />
      <MultiSelect
        label={t('guardRequired')}
        description={t('guardRequiredHint')}
        data={ALL_FIELDS.map((value) => ({ value, label: fieldName(value) }))}
        {...form.getInputProps('required')}
      />
      <NumberInput
        label={t('guardMin')}
        description={t('guardMinHint')}
        min={0}
        max={100}
        allowDecimal={false}
        {...form.getInputProps('minCompleteness')}
      />
      <NativeSelect
        label={t('guardSegment')}
        data={[{ value: '', label: t('noSegment') }, ...(segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))]}
        {...form.getInputProps('segmentId')}
      />
      <Switch label={t('guardScore')} {...form.getInputProps('onScore', { type: 'checkbox' })} />
      {form.values.onScore && (
        <div className="form-pair">
          <NativeSelect
            label={t('guardModel')}
            data={(scores.data?.items ?? [{ name: 'main', label: 'main' }]).map((one) => ({ value: one.name, label: one.label }))}
            {...form.getInputProps('model')}
          />
          <NumberInput label={t('guardBelow')} allowDecimal={false} {...form.getInputProps('below')} />
        </div>
      )}
    </FormDrawer>
  )
}
