import { NumberInput, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer, SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

type Settings = Awaited<ReturnType<typeof client.handoffs.settings>>

/** When leads are handed over by themselves, and how soon sales should answer. */
export function HandoffRules({ onClose }: { onClose: () => void }) {
  const t = useWords('sales')
  const settings = useQuery(api.handoffs.settings.queryOptions({ input: {} }))
  if (settings.data) return <Rules settings={settings.data} onClose={onClose} />
  return (
    <SideDrawer opened onClose={onClose} title={t('rules')}>
      {settings.isPending ? <Skeletons rows={4} /> : <ErrorNote error={settings.error} retry={settings.refetch} />}
    </SideDrawer>
  )
}

function Rules({ settings, onClose }: { settings: Settings; onClose: () => void }) {
  const t = useWords('sales')
  const toast = useToasts()
  const form = useProblemForm({
    initialValues: {
      onHot: settings.onHot,
      onScore: settings.score !== null,
      model: settings.score?.model ?? 'main',
      total: settings.score?.total ?? 50,
      answerWithinHours: settings.answerWithinHours,
    },
  })
  const save = form.send(
    ({ onHot, onScore, model, total, answerWithinHours }) =>
      client.handoffs.saveSettings({ onHot, score: onScore ? { model, total } : null, answerWithinHours }),
    () => {
      void again(api.handoffs.key())
      toast.done(t('rulesSaved'))
      onClose()
    },
  )
  return (
    <FormDrawer opened onClose={onClose} title={t('rules')} busy={form.busy} failed={form.failed} onSubmit={save}>
      <p className="muted">{t('rulesHint')}</p>
      <Switch label={t('onHot')} {...form.getInputProps('onHot', { type: 'checkbox' })} />
      <Switch label={t('onScore')} {...form.getInputProps('onScore', { type: 'checkbox' })} />
      {form.values.onScore && (
        <div className="form-pair">
          <TextInput label={t('scoreModel')} required {...form.getInputProps('model')} />
          <NumberInput label={t('scoreTotal')} required allowDecimal={false} {...form.getInputProps('total')} />
        </div>
      )}
      <NumberInput
        label={t('answerWithin')}
        description={t('answerWithinHint')}
        required
        min={1}
        max={720}
        allowDecimal={false}
        {...form.getInputProps('answerWithinHours')}
      />
    </FormDrawer>
  )
}
