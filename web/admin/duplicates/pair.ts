import type { client } from '../api.ts'

export type Pair = Awaited<ReturnType<typeof client.duplicates.list>>['items'][number]
export type PairDetail = Awaited<ReturnType<typeof client.duplicates.pair>>
export type Person = Pair['a']

/** Reasons by which the list can be narrowed. */
export const REASONS = ['mail', 'name_company', 'name_domain', 'kana_company', 'phone', 'mail_and_external', 'card'] as const

/** What moves, as far as people have a word for it. */
export const MOVES = [
  'journal',
  'delivery',
  'deal_person',
  'handoff',
  'run',
  'submission',
  'campaign_person',
  'activity',
  'note',
  'task',
  'card',
  'consent_entry',
] as const

/** The name to show: the name, else the company, else the address. */
export const personName = (one: Pick<Person, 'familyName' | 'givenName' | 'companyName' | 'mail'>, none: string): string =>
  [one.familyName, one.givenName].filter(Boolean).join(' ') || one.companyName || one.mail || none

/** The one to keep unless the reviewer says otherwise: who may be mailed, else who was known first. */
export function keeperOf({ a, b }: Pick<PairDetail, 'a' | 'b'>): 'a' | 'b' {
  const good = (one: Person) => one.mail !== null && one.mailStop === 'none' && one.mailBasis !== 'none'
  if (good(a) !== good(b)) return good(a) ? 'a' : 'b'
  if ((a.mail === null) !== (b.mail === null)) return a.mail ? 'a' : 'b'
  return a.createdAt <= b.createdAt ? 'a' : 'b'
}
