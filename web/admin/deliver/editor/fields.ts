import type { MERGE_FIELDS } from '#loop/deliver/template/contract.ts'
import type { deliver } from '../../words/ja/deliver.ts'

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

export const isKnownField = (field: string): field is FieldKey => (FIELDS as readonly string[]).includes(field)

/** The key of a field's name among the words: a dot would mean nesting there. */
export const wordOf = (field: FieldKey) => `fields.${field.replace('.', '_') as keyof typeof deliver.fields}` as const
