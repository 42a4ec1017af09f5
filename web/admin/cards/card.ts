import type { client } from '../api.ts'

export type Detail = Awaited<ReturnType<typeof client.cards.get>>
export type Field = NonNullable<Detail['fields']['mail']>
export type Side = 'front' | 'back'

/** The fields in the order people look at a card. */
export const FIELDS = [
  'companyName',
  'department',
  'title',
  'familyName',
  'givenName',
  'familyKana',
  'givenKana',
  'mail',
  'phone',
  'mobile',
  'postalCode',
  'address',
  'website',
] as const
export type Key = (typeof FIELDS)[number]
export type Values = Record<Key, string>

/** What was read, ready to be corrected. */
export const valuesOf = (card: Detail): Values => Object.fromEntries(FIELDS.map((key) => [key, card.fields[key]?.value ?? ''])) as Values

/** How sure a reading is, as three colours. */
export const tone = (confidence: number | undefined): 'green' | 'amber' | 'red' | 'grey' =>
  confidence === undefined ? 'grey' : confidence >= 0.85 ? 'green' : confidence >= 0.6 ? 'amber' : 'red'
