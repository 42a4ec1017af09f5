import { CARD_FIELDS, type CardFieldKey } from '#loop/capture/cards/kinds/contract.ts'
import type { client } from '../api.ts'

export type Detail = Awaited<ReturnType<typeof client.cards.get>>
export type Field = NonNullable<Detail['fields']['mail']>
export type Side = 'front' | 'back'

export const FIELDS = CARD_FIELDS
export type Key = CardFieldKey
export type Values = Record<Key, string>

/** What was read, ready to be corrected. */
export const valuesOf = (card: Detail): Values => Object.fromEntries(FIELDS.map((key) => [key, card.fields[key]?.value ?? ''])) as Values

/** How sure a reading is, as three colours. */
export const tone = (confidence: number | undefined): 'green' | 'amber' | 'red' | 'grey' =>
  confidence === undefined ? 'grey' : confidence >= 0.85 ? 'green' : confidence >= 0.6 ? 'amber' : 'red'
