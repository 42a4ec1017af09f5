// The values of the form by which a company is added or edited.
import { attrsChanged, attrsIn, type LeadValues } from '../identify/leadForm.ts'
import type { Company } from './company.ts'

/** The values of the form by which a company is added or edited. */
export interface CompanyValues extends Record<string, unknown> {
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
  attrs: LeadValues['attrs']
}

export const valuesOf = (company: Company | null): CompanyValues => ({
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
  attrs: attrsIn(company?.attrs ?? {}),
})

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || [])

/** What was typed, as the API takes it; of custom fields what was changed. */
export const givenOf = (before: CompanyValues, after: CompanyValues) => {
  const { aliases, prefecture, industry, employeeBand, fiscalMonth, ...rest } = after
  return {
    ...rest,
    attrs: attrsChanged(before, after),
    aliases: linesOf(aliases),
    prefecture: prefecture ?? '',
    industry: industry ?? '',
    employeeBand: employeeBand ?? '',
    fiscalMonth: fiscalMonth === '' ? null : fiscalMonth,
  }
}
export type CompanyGiven = ReturnType<typeof givenOf>
