// Rules of cards around the reading: what is taken, what counts as sure, who may be the same person. Pure.
import { DAY } from '#kernel/clock.ts'
import type { PersonFields } from '#loop/identify/acts.ts'
import { normalisePhone, normalisePrefecture, parseMail, searchable } from '#loop/identify/normalise/decide.ts'
import type { CardFields, CardValues } from './contract.ts'
import type { CardFieldKey } from './kinds/contract.ts'

/** What a photo is by its first bytes; null for everything that is not taken. */
export function photoKind(head: Uint8Array): 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' | 'heic' | null {
  const ascii = Buffer.from(head).toString('latin1')
  if (ascii.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (ascii.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'WEBP') return 'webp'
  if (ascii.startsWith('II*\0') || ascii.startsWith('MM\0*')) return 'tiff'
  if (ascii.slice(4, 8) !== 'ftyp') return null
  const brand = ascii.slice(8, 12)
  if (brand === 'avif' || brand === 'avis') return 'avif'
  return /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand) ? 'heic' : null
}

const MATTER: readonly CardFieldKey[] = ['companyName', 'familyName', 'givenName', 'mail']

/** How sure a card is as a whole: its least sure field that matters; a missing one counts as none. Null without any field. */
export function confidenceOf(fields: CardFields): number | null {
  if (!Object.keys(fields).length) return null
  return Math.min(...MATTER.map((key) => fields[key]?.confidence ?? 0))
}

/** What a lead could be the same person by. */
export interface Likeness {
  readonly mail: string | null
  readonly phone: string | null
  readonly directPhone: string | null
  readonly mobile: string | null
  readonly name: string
  readonly company: string
}

const form = /株式会社|有限会社|合同会社|\(株\)|\(有\)|\(同\)|㈱|㈲/g
/** Company names as they are compared: width, case, blanks and the legal form do not count. */
export const comparableCompany = (text: string | null): string =>
  searchable(text)
    .replace(form, '')
    .replace(/[\s・.,、-]/g, '')
export const comparableName = (family: string | null, given: string | null): string =>
  searchable(`${family ?? ''}${given ?? ''}`).replace(/\s/g, '')

/** The keys by which known people are looked up. */
export function likenessOf(values: Partial<Record<CardFieldKey, string>>): Likeness {
  const mail = values.mail ? parseMail(values.mail) : null
  return {
    mail: mail?.ok ? mail.mail : null,
    phone: values.phone ? normalisePhone(values.phone) : null,
    directPhone: values.directPhone ? normalisePhone(values.directPhone) : null,
    mobile: values.mobile ? normalisePhone(values.mobile) : null,
    name: comparableName(values.familyName ?? '', values.givenName ?? ''),
    company: comparableCompany(values.companyName ?? ''),
  }
}

export interface Known {
  readonly mail: string | null
  readonly contact_mail: string | null
  readonly phone: string | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
}

/** Why a known lead may be the person of the card; empty when nothing speaks for it. */
export function reasonsFor(card: Likeness, known: Known): ('mail' | 'phone' | 'nameCompany')[] {
  const name = comparableName(known.family_name, known.given_name)
  const sameName = card.name !== '' && name === card.name
  const company = comparableCompany(known.company_name)
  return [
    ...(card.mail && (known.mail === card.mail || known.contact_mail === card.mail) ? (['mail'] as const) : []),
    // A switchboard's number is shared: it speaks for a person only with the name. A direct line and a mobile phone are one's own.
    ...(known.phone && ((known.phone === card.phone && sameName) || known.phone === card.mobile || known.phone === card.directPhone)
      ? (['phone'] as const)
      : []),
    ...(sameName && company !== '' && company === card.company ? (['nameCompany'] as const) : []),
  ]
}

/** The fields of a person that a confirmed card gives; the address is parted into 都道府県, 市区町村, 番地, building. */
export function personFields(values: CardValues): Partial<PersonFields> {
  const { mobile, directPhone, fax: _fax, mail: _mail, phone, address, ...same } = values
  const told = { ...same, phone: phone || directPhone || mobile, ...partAddress(address) }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== '')) as Partial<PersonFields>
}

/** 東京都渋谷区渋谷2-21-1 サンプルビル8F → 東京都 · 渋谷区 · 渋谷2-21-1 · サンプルビル8F. What cannot be parted stays in `address`. */
export function partAddress(text: string): { prefecture: string; city: string; address: string; building: string } {
  const plain = text.normalize('NFKC').trim()
  const prefecture = /^(北海道|東京都|(?:京都|大阪)府|.{2,3}県)/.exec(plain)?.[0] ?? ''
  const rest = plain.slice(prefecture.length).trim()
  const city =
    /^(?:[^\d\s]{1,8}?郡[^\d\s]{1,8}?[町村]|[^\d\s]{1,7}?市[^\d\s市]{1,4}区|(?:四日市|廿日市|野々市|市川|市原)市|[^\d\s]{1,8}?[市区])/.exec(
      rest,
    )?.[0] ?? ''
  const [address = '', ...building] = rest.slice(city.length).trim().split(' ')
  return { prefecture: prefecture && (normalisePrefecture(prefecture) ?? ''), city, address, building: building.join(' ') }
}

/** How a new batch is proposed to be treated: cards of the last week start scenarios, those of the last quarter know better than what is stored. */
export function proposed(exchangedOn: string, today: string): { starts: boolean; overwrites: boolean } {
  const days = (Date.parse(today) - Date.parse(exchangedOn)) / DAY
  return { starts: days <= 7, overwrites: days <= 90 }
}

/** The status that an exchange of cards means in a campaign: its own word for it, else having been there, else the first. */
export function memberStatus(statuses: readonly string[]): string {
  const find = (words: RegExp): string | undefined => statuses.find((status) => words.test(status))
  return find(/名刺|card/i) ?? find(/来場|参加|反応|接触|attend|visit/i) ?? statuses[0] ?? ''
}

/** Days in which a confirmation can be taken back. */
export const UNDO_DAYS = 30

/** Whether a confirmed card can still be undone. */
export const mayUndo = ({ undo, settled_at }: { readonly undo: unknown; readonly settled_at: Date | null }, now: Date): boolean =>
  undo !== null && settled_at !== null && settled_at.getTime() > now.getTime() - UNDO_DAYS * DAY
