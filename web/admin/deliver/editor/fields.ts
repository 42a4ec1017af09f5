import { useQuery } from '@tanstack/react-query'
import type { MERGE_FIELDS } from '#loop/deliver/template/contract.ts'
import { api } from '../../api.ts'
import type { deliver } from '../../words/ja/deliver.ts'
import { useLanguage, useWords } from '../../words/words.tsx'

export type FieldKey = (typeof MERGE_FIELDS)[number]

/** In the order of the menu. */
export const FIELDS: readonly FieldKey[] = [
  'lead.salutation',
  'lead.family_name',
  'lead.given_name',
  'lead.company',
  'lead.department',
  'lead.title',
  'lead.email',
  'owner.name',
  'owner.email',
  'sender.legal_name',
  'sender.name',
]

/** The key of a field's name among the words: a dot would mean nesting there. */
export const wordOf = (field: FieldKey) => `fields.${field.replace('.', '_') as keyof typeof deliver.fields}` as const

export interface FieldOf {
  readonly field: string
  readonly name: string
  readonly own: boolean
}

/** Everything a text may speak of: what every lead has, and the fields the company declared. */
export function useFields(): readonly FieldOf[] {
  const t = useWords('deliver')
  const { language } = useLanguage()
  const declared = useQuery(api.fields.list.queryOptions({ input: {} }))
  const own = (declared.data?.items ?? [])
    .filter((one) => one.custom && !one.archived)
    .map((one) => ({ field: `lead.attrs.${one.key}`, name: one[language], own: true }))
  return [...FIELDS.map((field) => ({ field, name: t(wordOf(field)), own: false })), ...own]
}

/** The name of a field for its chip. */
export function useFieldNames(): (field: string) => string {
  const names = new Map(useFields().map(({ field, name }) => [field, name]))
  return (field) => names.get(field) ?? field
}
