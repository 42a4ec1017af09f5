import './companies.css'
import { NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { again, api, client } from '../api.ts'
import { useColleagues } from '../identify/useColleagues.ts'
import { FormDrawer, Section } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Company } from './company.ts'

interface Values extends Record<string, unknown> {
  name: string
  kana: string
  englishName: string
  aliases: string
  corporateNumber: string
  domains: string[]
  website: string
  phone: string
  postalCode: string
  prefecture: string | null
  city: string
  address: string
  industry: string | null
  employeeBand: string | null
  fiscalMonth: number | ''
  ownerId: string | null
  tags: string[]
}

const valuesOf = (company: Company | null): Values => ({
  name: company?.name ?? '',
  kana: company?.kana ?? '',
  englishName: company?.englishName ?? '',
  aliases: company?.aliases.join('\n') ?? '',
  corporateNumber: company?.corporateNumber ?? '',
  domains: company?.domains ?? [],
  website: company?.website ?? '',
  phone: company?.phone ?? '',
  postalCode: company?.postalCode ?? '',
  prefecture: company?.prefecture ?? null,
  city: company?.city ?? '',
  address: company?.address ?? '',
  industry: company?.industry ?? null,
  employeeBand: company?.employeeBand ?? null,
  fiscalMonth: company?.fiscalMonth ?? '',
  ownerId: company?.ownerId ?? null,
  tags: company?.tags ?? [],
})

type Form = ReturnType<typeof useProblemForm<Values>>
const PARTS = ['prefecture', 'city', 'address'] as const

/** Seven digits fill prefecture, city and street, where they are empty or were filled this way. */
function PostalInput({ form }: { form: Form }) {
  const t = useWords('companies')
  const tell = useWords('fields')
  const [told, setTold] = useState<string | null>(null)
  const [filled, setFilled] = useState<Readonly<Record<string, string>>>({})
  const fill = async (text: string) => {
    const digits = text.normalize('NFKC').replace(/\D/g, '')
    if (digits.length !== 7) return setTold(null)
    const found = await client.fields.postal({ code: digits }).catch(() => null)
    if (!found) return setTold(tell('postalUnknown'))
    const now = form.getValues()
    for (const part of PARTS) if (!now[part] || now[part] === filled[part]) form.setFieldValue(part, found[part])
    setFilled(found)
    setTold(tell('postalFilled'))
  }
  const shared = form.getInputProps('postalCode')
  return (
    <TextInput
      label={t('postalCode')}
      placeholder="100-0001"
      inputMode="numeric"
      autoComplete="off"
      description={told ?? tell('postalHint')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...shared}
      onChange={(event) => {
        shared.onChange(event)
        void fill(event.currentTarget.value)
      }}
    />
  )
}

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || [])

const givenOf = ({ aliases, prefecture, industry, employeeBand, fiscalMonth, ...rest }: Values) => ({
  ...rest,
  aliases: linesOf(aliases),
  prefecture: prefecture ?? '',
  industry: industry ?? '',
  employeeBand: employeeBand ?? '',
  fiscalMonth: fiscalMonth === '' ? null : fiscalMonth,
})
export type CompanyGiven = ReturnType<typeof givenOf>

/** Everything that can be said of a company, for a new one or one that is there. */
export function CompanyForm({
  company = null,
  save,
  onClose,
  onSaved,
}: {
  company?: Company | null
  save: (given: CompanyGiven) => Promise<{ id: string; version: number }>
  onClose: () => void
  onSaved: (saved: { id: string }, name: string) => void
}) {
  const t = useWords('companies')
  const p = useWords('parts')
  const { language } = useLanguage()
  const { active } = useColleagues()
  const form = useProblemForm<Values>({
    initialValues: valuesOf(company),
    validate: { name: (name) => (name.trim() === '' ? p('errors.needed') : null) },
  })
  const choices = (list: readonly { value: string; ja: string; en: string }[], own: string | null) => {
    const known = list.map((one) => ({ value: one.value, label: one[language] }))
    return own && !known.some((one) => one.value === own) ? [...known, { value: own, label: own }] : known
  }
  const send = form.send(
    (values) => save(givenOf(values)),
    (saved) => {
      void again(api.companies.key())
      onSaved(saved, form.getValues().name)
    },
  )
  return (
    <FormDrawer
      opened
      wide
      onClose={onClose}
      title={company ? company.name : t('add')}
      verb={company ? t('save') : t('add')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <Section title={t('basic')}>
        <TextInput label={t('name')} required data-autofocus maxLength={200} {...form.getInputProps('name')} />
        <div className="company-pair">
          <TextInput label={t('kana')} {...form.getInputProps('kana')} />
          <TextInput label={t('englishName')} placeholder="Sample Co., Ltd." {...form.getInputProps('englishName')} />
        </div>
        <Textarea label={t('aliases')} description={t('aliasesHint')} autosize minRows={1} {...form.getInputProps('aliases')} />
        <div className="company-pair">
          <TextInput
            label={t('corporateNumber')}
            description={t('corporateNumberHint')}
            inputMode="numeric"
            {...form.getInputProps('corporateNumber')}
          />
          <TextInput label={t('website')} description={'\u00a0'} placeholder="https://" {...form.getInputProps('website')} />
        </div>
        <TagsInput label={t('domains')} description={t('domainsHint')} placeholder="example.co.jp" {...form.getInputProps('domains')} />
        <div className="company-pair">
          <Select
            label={t('industry')}
            clearable
            searchable
            data={choices(vocabulary.industries, form.getValues().industry)}
            {...form.getInputProps('industry')}
          />
          <Select
            label={t('employeeBand')}
            clearable
            data={choices(vocabulary.employeeBands, form.getValues().employeeBand)}
            {...form.getInputProps('employeeBand')}
          />
        </div>
        <div className="company-pair">
          <NumberInput label={t('fiscalMonth')} min={1} max={12} allowDecimal={false} {...form.getInputProps('fiscalMonth')} />
          <Select
            label={t('owner')}
            placeholder={t('noOwner')}
            clearable
            searchable
            data={active.map((one) => ({ value: one.id, label: one.name }))}
            {...form.getInputProps('ownerId')}
          />
        </div>
        <TagsInput label={t('tags')} {...form.getInputProps('tags')} />
      </Section>
      <Section title={t('where')}>
        <div className="company-pair">
          <PostalInput form={form} />
          <Select
            label={t('prefecture')}
            description={'\u00a0'}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            clearable
            searchable
            data={choices(vocabulary.prefectures, form.getValues().prefecture)}
            {...form.getInputProps('prefecture')}
          />
        </div>
        <TextInput label={t('city')} {...form.getInputProps('city')} />
        <TextInput label={t('address')} {...form.getInputProps('address')} />
        <TextInput label={t('phone')} inputMode="tel" {...form.getInputProps('phone')} />
      </Section>
    </FormDrawer>
  )
}
