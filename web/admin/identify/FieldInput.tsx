import { MultiSelect, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useLanguage, useWords } from '../words/words.tsx'
import { type Field, nameOfField } from './fieldShow.ts'
import type { LeadForm } from './leadForm.ts'
import { usePostalFill } from './usePostalFill.ts'

const INPUT_TYPES: Partial<Record<Field['type'], string>> = {
  url: 'url',
  mail: 'email',
  phone: 'tel',
  date: 'date',
  datetime: 'datetime-local',
}
const APART = new Set(['mail', 'tags', 'priority'])

/** Where a field's value lies in the form. */
export const pathOf = (field: Field): string =>
  field.custom ? nameOfField(field) : APART.has(field.key) ? field.key : `fields.${field.key}`

/** The input of one field, by its type; behaviour fields that rules set are not shown. */
export function FieldInput({ field, form, focus }: { field: Field; form: LeadForm; focus?: boolean }) {
  const t = useWords('fields')
  const { language } = useLanguage()
  const path = pathOf(field)
  const shared = {
    label: field[language],
    ...((language === 'en' && field.helpEn) || field.helpJa ? { description: (language === 'en' && field.helpEn) || field.helpJa } : {}),
    withAsterisk: field.required,
    ...form.getInputProps(path),
  }
  const offered = (chosen: readonly string[]) =>
    field.options.filter((one) => !one.archived || chosen.includes(one.value)).map((one) => ({ value: one.value, label: one[language] }))
  if (field.key === 'tags' && !field.custom) return <TagsInput {...shared} />
  if (field.key === 'postalCode' && !field.custom) return <PostalInput form={form} shared={shared} />
  if (field.key === 'products' && !field.custom) return <ProductInput field={field} form={form} shared={shared} offered={offered} />
  if (field.type === 'multi') return <MultiSelect {...shared} searchable clearable data={offered((shared.value as string[]) ?? [])} />
  if (field.type === 'boolean')
    return (
      <Select
        {...shared}
        clearable
        placeholder={t('none')}
        value={shared.value || null}
        data={[
          { value: 'true', label: t('yes') },
          { value: 'false', label: t('no') },
        ]}
      />
    )
  if (field.type === 'choice')
    return (
      <Select
        {...shared}
        clearable
        searchable
        value={shared.value || null}
        data={withOwn(offered([shared.value as string]), shared.value as string)}
      />
    )
  if (field.type === 'longText') return <Textarea {...shared} autosize minRows={2} maxRows={8} />
  return (
    <TextInput
      {...shared}
      autoComplete="off"
      {...(INPUT_TYPES[field.type] ? { type: INPUT_TYPES[field.type] as 'text' } : {})}
      {...(field.type === 'number' || field.type === 'money' ? { inputMode: 'decimal' as const } : {})}
      {...(field.type === 'money' ? { rightSection: <span className="muted">{t('unit.u1')}</span>, rightSectionWidth: 40 } : {})}
      {...(focus ? { 'data-autofocus': true, autoFocus: true } : {})}
    />
  )
}

/** A value that no option has (an older import) stays choosable, so that saving loses nothing. */
const withOwn = (options: { value: string; label: string }[], value: string | null) =>
  value && !options.some((one) => one.value === value) ? [...options, { value, label: value }] : options

type Shared = { label: string; value?: unknown; onChange?: (value: unknown) => void }

/** Products are one text for forms and files, and chips here. */
function ProductInput({
  form,
  shared,
  offered,
}: {
  field: Field
  form: LeadForm
  shared: Shared & Record<string, unknown>
  offered: (chosen: readonly string[]) => { value: string; label: string }[]
}) {
  const chosen = String(shared.value ?? '')
    .split('、')
    .filter(Boolean)
  return (
    <MultiSelect
      {...shared}
      searchable
      clearable
      value={chosen}
      onChange={(keys) => form.setFieldValue('fields.products', keys.join('、'))}
      data={offered(chosen)}
    />
  )
}

function PostalInput({ form, shared }: { form: LeadForm; shared: Shared & Record<string, unknown> }) {
  const { fill, told } = usePostalFill(
    () => form.getValues().fields,
    (part, value) => form.setFieldValue(`fields.${part}`, value),
  )
  return (
    <TextInput
      {...shared}
      value={String(shared.value ?? '')}
      inputMode="numeric"
      autoComplete="off"
      placeholder="100-0001"
      description={told}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      onChange={(event) => {
        form.setFieldValue('fields.postalCode', event.currentTarget.value)
        void fill(event.currentTarget.value)
      }}
    />
  )
}
