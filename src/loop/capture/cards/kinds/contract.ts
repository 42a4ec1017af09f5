// Words of cards that need no schema: pages load them without the validator.

/** What is read from a card, in the order people look at it. */
export const CARD_FIELDS = [
  'companyName',
  'department',
  'title',
  'familyName',
  'givenName',
  'familyKana',
  'givenKana',
  'mail',
  'phone',
  'directPhone',
  'mobile',
  'fax',
  'postalCode',
  'address',
  'website',
] as const
export type CardFieldKey = (typeof CARD_FIELDS)[number]
