// By which keys two leads may be one person, and how much each says. Pure.
import { searchable } from '../normalise/decide.ts'
import type { PersonRow } from '../tables.ts'

export const KINDS = ['mail', 'phone', 'kana_company', 'name_company', 'name_domain'] as const
export type Kind = (typeof KINDS)[number]

export interface Key {
  readonly kind: Kind
  readonly value: string
}

/** A key held by more people than this says nothing: a switchboard's number, a shared inbox. */
export const LARGEST_BLOCK = 12

type Told = Pick<
  PersonRow,
  'mail' | 'contact_mail' | 'phone' | 'family_name' | 'given_name' | 'family_kana' | 'given_kana' | 'company_name'
>

/** The keys of a lead. */
export function keysOf(row: Told): Key[] {
  const name = nameKey(row.family_name, row.given_name)
  const kana = nameKey(row.family_kana, row.given_kana)
  const company = companyKey(row.company_name)
  const mails = [row.mail, row.contact_mail].flatMap((mail) => (mail ? (mailKey(mail) ?? []) : []))
  const domain = row.mail ? workDomain(row.mail) : null
  const keys: (Key | null)[] = [
    ...mails.map((value) => ({ kind: 'mail' as const, value })),
    row.phone ? { kind: 'phone', value: row.phone } : null,
    kana && company ? { kind: 'kana_company', value: `${kana}|${company}` } : null,
    name && company ? { kind: 'name_company', value: `${name}|${company}` } : null,
    name && domain ? { kind: 'name_domain', value: `${name}|${domain}` } : null,
  ]
  const distinct = new Map(
    keys.flatMap((key) => (key ? [[`${key.kind} ${key.value}`, { ...key, value: key.value.slice(0, 300) }] as const] : [])),
  )
  return [...distinct.values()]
}

const SHARED =
  /^(info|contact|sales|support|office|admin|mail|post|hello|soumu|somu|eigyo|jinji|keiri|kouhou|koho|recruit|webmaster|postmaster|toiawase|inquiry|noreply|no-reply)([._-]?[a-z0-9]*)$/
const DOTLESS = new Set(['gmail.com', 'googlemail.com'])

/** An address without what people vary: `taro+list@…` is `taro@…`, dots mean nothing at Gmail. Null for inboxes that several people share. */
export function mailKey(mail: string): string | null {
  const at = mail.lastIndexOf('@')
  const domain = mail.slice(at + 1).toLowerCase()
  const plain = mail.slice(0, at).toLowerCase().split('+')[0] ?? ''
  const local = DOTLESS.has(domain) ? plain.replaceAll('.', '') : plain
  return local === '' || SHARED.test(local) ? null : `${local}@${DOTLESS.has(domain) ? 'gmail.com' : domain}`
}

const FREE =
  /(^|\.)(gmail\.com|googlemail\.com|yahoo\.(co\.jp|com|ne\.jp)|ymail\.ne\.jp|hotmail\.(com|co\.jp)|outlook\.(com|jp)|live\.(jp|com)|icloud\.com|me\.com|mac\.com|aol\.com|docomo\.ne\.jp|ezweb\.ne\.jp|au\.com|softbank\.ne\.jp|i\.softbank\.jp|vodafone\.ne\.jp|ymobile\.ne\.jp|nifty\.com|biglobe\.ne\.jp|so-net\.ne\.jp|ocn\.ne\.jp|plala\.or\.jp|excite\.co\.jp|infoseek\.jp|goo\.(jp|ne\.jp)|mail\.ru|qq\.com|163\.com|naver\.com|protonmail\.com|proton\.me)$/

/** The domain of an address that belongs to a company; null for free mail and phone carriers, which never imply one. */
export function workDomain(mail: string): string | null {
  const domain = mail.slice(mail.lastIndexOf('@') + 1).toLowerCase()
  return FREE.test(domain) ? null : domain
}

/** Old forms of signs in names, as the plain one: one clerk writes 髙橋, the next 高橋. */
const SAME_SIGN: Readonly<Record<string, string>> = {
  髙: '高',
  﨑: '崎',
  濵: '浜',
  濱: '浜',
  澤: '沢',
  邊: '辺',
  邉: '辺',
  齋: '斎',
  齊: '斎',
  斉: '斎',
  廣: '広',
  櫻: '桜',
  國: '国',
  眞: '真',
  惠: '恵',
  嶋: '島',
  嶌: '島',
  桒: '桑',
  曻: '昇',
  栁: '柳',
  寬: '寛',
}

/** A whole name without blanks; a family name alone is no key, unless it holds the whole name. */
function nameKey(family: string | null, given: string | null): string | null {
  const text = searchable(family, given)
    .replace(/[\s・.,]/gu, '')
    .replace(/[髙﨑濵濱澤邊邉齋齊斉廣櫻國眞惠嶋嶌桒曻栁祐寬]/gu, (sign) => SAME_SIGN[sign] ?? sign)
  return (family && given) || text.length >= 4 ? text || null : null
}

const FORMS =
  /株式会社|\(株\)|有限会社|\(有\)|合同会社|\(同\)|合資会社|合名会社|一般社団法人|一般財団法人|公益社団法人|公益財団法人|\(一社\)|\(一財\)|社会福祉法人|医療法人|学校法人|独立行政法人|カブシキガイシャ|\b(co\.?,? ?ltd\.?|inc\.?|corp\.?|corporation|company|limited|k\.k\.|kk|llc|g\.k\.)(?=$|[\s,.])/giu

/** A company name as it is compared: without its legal form, blanks, middle dots; long vowels and hyphens are one sign. */
export function companyKey(name: string | null): string | null {
  if (!name) return null
  const text = searchable(name.normalize('NFKC').replace(FORMS, ' '))
    .replace(/[‐‑‒–—―−ｰー]/gu, 'ー')
    .replace(/[\s・.,&'"「」『』()-]/gu, '')
  return text || null
}

const STRENGTH: Readonly<Record<Kind, number>> = { mail: 92, name_company: 80, name_domain: 78, kana_company: 70, phone: 45 }
const MOBILE = /^\+81[789]0/
const MOBILE_STRENGTH = 75

/** How much equal keys say, 0–99: the strongest reason, and a little more for each further one. A desk's number is shared, a mobile is not. */
export function strengthOf(keys: readonly Key[]): number {
  const each = keys.map((key) => (key.kind === 'phone' && MOBILE.test(key.value) ? MOBILE_STRENGTH : STRENGTH[key.kind]))
  const kinds = new Set(keys.map((key) => key.kind))
  return keys.length ? Math.min(99, Math.max(...each) + 6 * (kinds.size - 1)) : 0
}

/** Fields of a merge whose value is taken from the one who goes; `attrs.x` are custom fields. */
export const MERGE_FIELDS: readonly { readonly field: string; readonly columns: readonly (keyof PersonRow)[] }[] = [
  { field: 'familyName', columns: ['family_name'] },
  { field: 'givenName', columns: ['given_name'] },
  { field: 'familyKana', columns: ['family_kana'] },
  { field: 'givenKana', columns: ['given_kana'] },
  { field: 'companyName', columns: ['company_name', 'company_id'] },
  { field: 'department', columns: ['department'] },
  { field: 'title', columns: ['title', 'role_level'] },
  { field: 'mail', columns: ['mail', 'mail_typed', 'mail_risk', 'mail_basis'] },
  { field: 'contactMail', columns: ['contact_mail'] },
  { field: 'phone', columns: ['phone', 'phone_typed'] },
  { field: 'prefecture', columns: ['prefecture'] },
  { field: 'industry', columns: ['industry'] },
  { field: 'employeeBand', columns: ['employee_band'] },
  { field: 'website', columns: ['website'] },
  { field: 'owner', columns: ['owner_id'] },
  { field: 'priority', columns: ['priority'] },
  { field: 'status', columns: ['status'] },
]

/** The keeper's row after a human chose some values of the other; the stop stays the stricter one, whatever address is chosen. */
export function withChosen(row: PersonRow, lose: PersonRow, chosen: readonly string[]): PersonRow {
  const taken = MERGE_FIELDS.filter((one) => chosen.includes(one.field)).flatMap((one) => one.columns)
  const next: PersonRow = { ...row, ...Object.fromEntries(taken.map((column) => [column, lose[column]])) }
  const attrs = chosen.flatMap((field) => (field.startsWith('attrs.') ? [field.slice('attrs.'.length)] : []))
  return {
    ...next,
    attrs: {
      ...next.attrs,
      ...Object.fromEntries(attrs.flatMap((key) => (lose.attrs[key] === undefined ? [] : [[key, lose.attrs[key] ?? null]]))),
    },
    mail_stop: Math.max(row.mail_stop, lose.mail_stop),
  }
}

/** Both values of each field in which two people differed, for the history: what stays and what went. */
export function bothValues(keep: PersonRow, lose: PersonRow, after: PersonRow): { field: string; stays: string; other: string }[] {
  return MERGE_FIELDS.flatMap(({ field, columns }) => {
    const column = columns[0]
    if (!column || column === 'owner_id') return []
    const [a, b, now] = [keep[column], lose[column], after[column]].map((value) => (typeof value === 'string' ? value : ''))
    return a && b && a !== b ? [{ field, stays: now ?? '', other: (now === a ? b : a) ?? '' }] : []
  })
}

export const UNDO_DAYS = 90
const DAY_MS = 86_400_000

/** Until when a merge can be undone. */
export const undoableUntil = (at: Date): Date => new Date(at.getTime() + UNDO_DAYS * DAY_MS)
