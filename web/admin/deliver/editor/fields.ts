import { useQuery } from '@tanstack/react-query'
import { factField, type MERGE_FIELDS } from '#loop/deliver/template/contract.ts'
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

export const FIELD_GROUPS = ['lead', 'own', 'company', 'sales', 'score', 'other'] as const
type FieldGroup = (typeof FIELD_GROUPS)[number]

export interface FieldOf {
  readonly field: string
  readonly name: string
  readonly group: FieldGroup
}

/** Ids that say nothing to a reader, and what stands among the fields of every lead already. */
const UNSAID =
  /^(?:owner|company\.owner|company\.segments|mail|companyName|familyName|givenName|department|title|isLead|sendable|mailBasis|mailStop|status|snapshot\..*|persona\..*|attrs\..*)$/

function groupOf(name: string): FieldGroup {
  if (name.startsWith('company.')) return 'company'
  if (name.startsWith('sales.')) return 'sales'
  return name.startsWith('score') ? 'score' : 'other'
}

/** What every lead has, and the fields the company defined. */
export function useFields(): readonly FieldOf[] {
  const t = useWords('deliver')
  const { language } = useLanguage()
  const declared = useQuery(api.fields.list.queryOptions({ input: {} }))
  const own = (declared.data?.items ?? [])
    .filter((one) => one.custom && !one.archived)
    .map((one) => ({ field: `lead.attrs.${one.key}`, name: one[language], group: 'own' as const }))
  return [...FIELDS.map((field) => ({ field, name: t(wordOf(field)), group: 'lead' as const })), ...own]
}

/** Everything a text may speak of: besides those, every fact that some room declares of a lead. */
export function useAllFields(): readonly FieldOf[] {
  const { language } = useLanguage()
  const facts = useQuery({ ...api.fields.facts.queryOptions({ input: {} }), staleTime: 300_000 })
  const declared = (facts.data?.items ?? [])
    .filter(({ name }) => !UNSAID.test(name))
    .map((one) => ({ field: factField(one.name), name: one[language], group: groupOf(one.name) }))
  return [...useFields(), ...declared]
}

/** The name of a field for its chip. */
export function useFieldNames(): (field: string) => string {
  const names = new Map(useAllFields().map(({ field, name }) => [field, name]))
  return (field) => names.get(field) ?? field
}
