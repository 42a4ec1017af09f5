import { Autocomplete, Select, SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import type { useForm } from '@mantine/form'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { Section } from '../parts/FormDrawer.tsx'
import { useLanguage, useWords } from '../words/words.tsx'

const FIELDS = [
  'familyName',
  'givenName',
  'familyKana',
  'givenKana',
  'companyName',
  'department',
  'title',
  'phone',
  'website',
  'contactMail',
  'prefecture',
  'industry',
  'employeeBand',
  'roleLevel',
] as const
export type FieldKey = (typeof FIELDS)[number]
export interface LeadValues extends Record<string, unknown> {
  mail: string
  fields: Record<FieldKey, string>
  tags: string[]
  priority: string | null
}

/** The values of a lead for its form; a new one when nothing is given. */
export function valuesOf(
  lead?: Partial<Record<FieldKey | 'mail' | 'mailTyped' | 'priority', string | null>> & { tags?: readonly string[] },
): LeadValues {
  const fields = Object.fromEntries(FIELDS.map((key) => [key, lead?.[key] ?? ''])) as Record<FieldKey, string>
  return { mail: lead?.mailTyped ?? lead?.mail ?? '', fields, tags: [...(lead?.tags ?? [])], priority: lead?.priority ?? null }
}

/** The inputs that adding and editing a lead share. */
export function LeadInputs({ form }: { form: Pick<ReturnType<typeof useForm<LeadValues>>, 'getInputProps'> }) {
  const t = useWords('identify')
  const { language } = useLanguage()
  const text = (key: FieldKey, more: object = {}) => (
    <TextInput key={key} label={t(key)} {...form.getInputProps(`fields.${key}`)} {...more} />
  )
  const choice = (key: FieldKey, list: readonly { value: string; ja: string; en: string }[]) => (
    <Select
      key={key}
      label={t(key)}
      clearable
      searchable
      data={list.map((one) => ({ value: one.value, label: one[language] }))}
      {...form.getInputProps(`fields.${key}`)}
      value={form.getInputProps(`fields.${key}`).value || null}
    />
  )
  return (
    <>
      <SimpleGrid cols={2} spacing="sm">
        {text('familyName', { autoComplete: 'off', 'data-autofocus': true })}
        {text('givenName', { autoComplete: 'off' })}
        {text('familyKana')}
        {text('givenKana')}
      </SimpleGrid>
      {text('companyName')}
      <SimpleGrid cols={2} spacing="sm">
        {text('department')}
        {text('title')}
      </SimpleGrid>
      <TextInput label={t('mail')} type="email" autoComplete="off" {...form.getInputProps('mail')} />
      {text('phone', { type: 'tel' })}
      <Section title={t('facts')}>
        <SimpleGrid cols={2} spacing="sm">
          {choice('industry', vocabulary.industries)}
          {choice('employeeBand', vocabulary.employeeBands)}
          {choice('roleLevel', vocabulary.roleLevels)}
          <Autocomplete
            label={t('prefecture')}
            data={vocabulary.prefectures.map((one) => one.ja)}
            {...form.getInputProps('fields.prefecture')}
          />
        </SimpleGrid>
        {text('website')}
        {text('contactMail', { description: t('contactMailHint') })}
        <Select
          label={t('priority')}
          clearable
          data={vocabulary.priorities.map((one) => ({ value: one.value, label: one[language] }))}
          {...form.getInputProps('priority')}
        />
        <TagsInput label={t('tags')} placeholder={t('tagsHint')} {...form.getInputProps('tags')} />
      </Section>
    </>
  )
}
