import { Button, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Overview } from './overview.ts'

/** When the daily backup is made, how many stay, and where they go. */
export function DailyCard({ settings, folder }: { settings: Overview['settings']; folder: string }) {
  const t = useWords('office')
  const p = useWords('parts')
  const toast = useToasts()
  const form = useProblemForm<Overview['settings']>({ initialValues: settings })
  const save = form.send(
    (values) => client.backups.saveSettings(values),
    (saved) => {
      form.resetDirty(saved)
      void again(api.backups.overview.key())
      toast.done(t('saved'))
    },
  )
  return (
    <Card title={t('daily')}>
      <form className="stack" onSubmit={save} noValidate>
        <Switch label={t('dailyOn')} checked={form.values.on} onChange={(e) => form.setFieldValue('on', e.currentTarget.checked)} />
        <div className="daily-row">
          <NativeSelect
            label={t('hour')}
            disabled={!form.values.on}
            value={String(form.values.hour)}
            onChange={(e) => form.setFieldValue('hour', Number(e.currentTarget.value))}
            data={Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }))}
          />
          <NumberInput
            label={t('keep')}
            description={t('keepHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            min={1}
            max={90}
            disabled={!form.values.on}
            value={form.values.keep}
            onChange={(to) => form.setFieldValue('keep', Number(to) || 1)}
            error={form.errors.keep}
          />
        </div>
        <TextInput
          label={t('folder')}
          description={t('folderHint', { folder })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="/mnt/backup"
          {...form.getInputProps('folder')}
        />
        <ErrorNote error={form.failed} />
        <div className="settings-foot">
          <Button type="submit" variant="default" disabled={!form.isDirty()} loading={form.busy}>
            {p('save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
