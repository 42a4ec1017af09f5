import { NumberInput, Select, SimpleGrid, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { FieldInput } from '../identify/FieldInput.tsx'
import { type Field, nameOfField, sectionsOf, useFields } from '../identify/fieldShow.ts'
import { isTyped, rowsOf } from '../identify/LeadInputs.tsx'
import type { LeadForm } from '../identify/leadForm.ts'
import { useColleagues } from '../identify/useColleagues.ts'
import { usePostalFill } from '../identify/usePostalFill.ts'
import { Section } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import type { useProblemForm } from '../parts/useProblemForm.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { CompanyValues } from './companyForm.ts'

type Form = ReturnType<typeof useProblemForm<CompanyValues>>

function PostalInput({ form }: { form: Form }) {
  const t = useWords('companies')
  const { fill, told } = usePostalFill(form.getValues, (part, value) => form.setFieldValue(part, value))
  const shared = form.getInputProps('postalCode')
  return (
    <TextInput
      label={t('postalCode')}
      placeholder="100-0001"
      inputMode="numeric"
      autoComplete="off"
      description={told}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...shared}
      onChange={(event) => {
        shared.onChange(event)
        void fill(event.currentTarget.value)
      }}
    />
  )
}

const WIDE = new Set(['aliases', 'domains', 'tags', 'city', 'address', 'phone'])
const isWide = (field: Field): boolean =>
  field.custom ? field.type === 'longText' || field.type === 'multi' || field.type === 'url' : WIDE.has(field.key)

/** Everything that can be said of a company, in the sections and order that were chosen for its page. */
export function CompanyInputs({ form }: { form: Form }) {
  const t = useWords('companies')
  const { language } = useLanguage()
  const { items, layout } = useFields('company')
  if (!layout || !items.length) return <Skeletons rows={8} height={44} />
  return sectionsOf(layout, items, 'company').map((section, index) => {
    const shown = section.fields.filter(isTyped)
    if (!shown.length && index > 0) return null
    return (
      <Section key={section.id} title={section[language]}>
        {index === 0 && <TextInput label={t('name')} required data-autofocus maxLength={200} {...form.getInputProps('name')} />}
        {rowsOf(shown, isWide).map((row) => (
          <SimpleGrid key={row.map(nameOfField).join()} cols={row.length} spacing="sm">
            {row.map((field) =>
              field.custom ? (
                <FieldInput key={nameOfField(field)} field={field} form={form as unknown as LeadForm} />
              ) : (
                <OwnInput key={field.key} field={field} form={form} />
              ),
            )}
          </SimpleGrid>
        ))}
      </Section>
    )
  })
}

/** The input of a standard field. */
function OwnInput({ field, form }: { field: Field; form: Form }): ReactNode {
  const t = useWords('companies')
  const { language } = useLanguage()
  const { active } = useColleagues()
  const key = field.key === 'owner' ? 'ownerId' : field.key
  const shared = { label: field[language], inputWrapperOrder: ORDER, ...form.getInputProps(key) }
  if (key === 'postalCode') return <PostalInput form={form} />
  if (key === 'aliases') return <Textarea {...shared} description={t('aliasesHint')} autosize minRows={1} />
  if (key === 'domains') return <TagsInput {...shared} description={t('domainsHint')} placeholder="example.co.jp" />
  if (key === 'tags') return <TagsInput {...shared} />
  if (key === 'fiscalMonth') return <NumberInput {...shared} min={1} max={12} allowDecimal={false} />
  if (key === 'ownerId')
    return (
      <Select
        {...shared}
        placeholder={t('noOwner')}
        clearable
        searchable
        data={active.map((one) => ({ value: one.id, label: one.name }))}
      />
    )
  if (field.type === 'choice') return <Select {...shared} clearable searchable data={choicesOf(field, language, shared.value as string)} />
  return (
    <TextInput
      {...shared}
      {...(key === 'corporateNumber' ? { description: t('corporateNumberHint'), inputMode: 'numeric' as const } : {})}
      {...(key === 'website' ? { placeholder: 'https://' } : {})}
      {...(key === 'englishName' ? { placeholder: 'Sample Co., Ltd.' } : {})}
      {...(key === 'phone' ? { inputMode: 'tel' as const } : {})}
    />
  )
}

/** Hints stand below, so that inputs beside each other are level. */
const ORDER: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error']

/** A value that no option has (an older import) stays choosable, so that saving loses nothing. */
function choicesOf(field: Field, language: 'ja' | 'en', own: string | null) {
  const known = field.options.map((one) => ({ value: one.value, label: one[language] }))
  return own && !known.some((one) => one.value === own) ? [...known, { value: own, label: own }] : known
}
