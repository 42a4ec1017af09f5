import './leads.css'
import { Button, NativeSelect, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ListPlus, Plus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'

type Field = Awaited<ReturnType<typeof client.fields.list>>['items'][number]
const TYPES = ['text', 'number', 'money', 'date', 'datetime', 'boolean', 'choice', 'multi'] as const
const CLASSES = ['basic', 'secondary', 'behaviour'] as const

/** What may be known of a person: the standard fields, and those this company defined, in three classes. */
export function FieldsPage() {
  const t = useWords('identify')
  const { language } = useLanguage()
  const { may } = useSession()
  const toast = useToasts()
  const fields = useQuery(api.fields.list.queryOptions({ input: {} }))
  const [open, setOpen] = useState<Field | 'new' | null>(null)
  const items = fields.data?.items ?? []
  const custom = items.filter((field) => field.custom)
  const archive = (key: string) =>
    client.fields.archive({ key }).then(() => again(api.fields.key()).then(() => toast.done(t('fieldHidden'))), toast.failed)
  const add = may('fields.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setOpen('new')}>
      {t('addField')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('fieldsTitle')}>{add}</PageTop>
      <Page narrow>
        {fields.isPending && <Skeletons rows={6} />}
        <ErrorNote error={fields.error} retry={fields.refetch} />
        {fields.data && custom.length === 0 && (
          <EmptyState icon={ListPlus} title={t('fieldsEmpty')} action={add}>
            {t('fieldsEmptyText')}
          </EmptyState>
        )}
        {CLASSES.map((kind) => {
          const rows = items.filter((field) => field.class === kind)
          if (!rows.length) return null
          return (
            <Card key={kind} title={t(`fieldClass.${kind}`)}>
              <ul className="field-defs">
                {rows.map((field) => (
                  <li key={field.key}>
                    <b className="clip">{field[language]}</b>
                    <span className="muted clip">
                      {t(`fieldType.${field.type}`)}
                      {field.options.length > 0 &&
                        ` ・ ${field.options
                          .slice(0, 4)
                          .map((option) => option[language])
                          .join('、')}${field.options.length > 4 ? '…' : ''}`}
                    </span>
                    {field.custom ? (
                      may('fields.write') && (
                        <span className="row">
                          <Button size="compact-xs" variant="default" onClick={() => setOpen(field)}>
                            {t('edit')}
                          </Button>
                          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => void archive(field.key)}>
                            {t('hideField')}
                          </Button>
                        </span>
                      )
                    ) : (
                      <Chip dot={false}>{t('standard')}</Chip>
                    )}
                  </li>
                ))}
              </ul>
            </Card>
          )
        })}
      </Page>
      {open !== null && (
        <FieldDrawer key={open === 'new' ? 'new' : open.key} field={open === 'new' ? null : open} onClose={() => setOpen(null)} />
      )}
    </>
  )
}

function FieldDrawer({ field, onClose }: { field: Field | null; onClose: () => void }) {
  const t = useWords('identify')
  const toast = useToasts()
  const form = useProblemForm({
    initialValues: {
      key: field?.key ?? '',
      type: field?.type ?? ('text' as string),
      ja: field?.ja ?? '',
      en: field?.en ?? '',
      class: field?.class ?? ('secondary' as string),
      options: (field?.options ?? []).map((one) => `${one.ja} | ${one.en}`).join('\n'),
    },
  })
  const type = TYPES.find((one) => one === form.getValues().type) ?? 'text'
  const send = form.send(
    (values) => {
      const options = values.options
        .split('\n')
        .map((line) => line.split('|').map((part) => part.trim()))
        .flatMap(([ja, en]) => (ja ? [{ value: field?.options.find((one) => one.ja === ja)?.value ?? ja, ja, en: en || ja }] : []))
      const words = {
        ja: values.ja,
        en: values.en || values.ja,
        class: CLASSES.find((one) => one === values.class) ?? 'secondary',
        options,
      }
      return field
        ? client.fields.update({ key: field.key, ...words })
        : client.fields.create({ key: values.key, type: TYPES.find((one) => one === values.type) ?? 'text', ...words })
    },
    () => {
      toast.done(t('saved'))
      void again(api.fields.key())
      onClose()
    },
  )
  return (
    <FormDrawer opened onClose={onClose} title={field ? field.ja : t('addField')} busy={form.busy} failed={form.failed} onSubmit={send}>
      <SimpleGrid cols={2} spacing="sm">
        <TextInput label={t('fieldJa')} required {...form.getInputProps('ja')} />
        <TextInput label={t('fieldEn')} {...form.getInputProps('en')} />
      </SimpleGrid>
      <TextInput label={t('fieldKey')} description={t('fieldKeyHint')} required disabled={field !== null} {...form.getInputProps('key')} />
      <NativeSelect
        label={t('fieldTypeLabel')}
        disabled={field !== null}
        data={TYPES.map((value) => ({ value, label: t(`fieldType.${value}`) }))}
        {...form.getInputProps('type')}
      />
      <NativeSelect
        label={t('fieldClassLabel')}
        data={CLASSES.map((value) => ({ value, label: t(`fieldClass.${value}`) }))}
        {...form.getInputProps('class')}
      />
      {(type === 'choice' || type === 'multi') && (
        <Textarea label={t('fieldOptions')} description={t('fieldOptionsHint')} autosize minRows={3} {...form.getInputProps('options')} />
      )}
    </FormDrawer>
  )
}
