// What traits (Segment's names, our own, Japanese habits) say about a person.

import type { JsonObject } from '#kernel/json.ts'
import type { IdentifyAct, PersonFields } from '#loop/identify/service.ts'
import { isObject } from './json.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const NAMES: Readonly<Record<string, keyof PersonFields>> = {
  lastName: 'familyName',
  last_name: 'familyName',
  familyName: 'familyName',
  family_name: 'familyName',
  firstName: 'givenName',
  first_name: 'givenName',
  givenName: 'givenName',
  given_name: 'givenName',
  familyKana: 'familyKana',
  family_kana: 'familyKana',
  givenKana: 'givenKana',
  given_kana: 'givenKana',
  company: 'companyName',
  companyName: 'companyName',
  company_name: 'companyName',
  department: 'department',
  title: 'title',
  phone: 'phone',
  prefecture: 'prefecture',
  industry: 'industry',
  website: 'website',
}

const HAN_OR_KANA = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** What an identify call says: standard fields, custom fields that exist, a recorded consent if there is one. */
export interface Told {
  readonly mail: string | null
  readonly fields: Partial<PersonFields>
  readonly attrs: JsonObject
  readonly consent: NonNullable<IdentifyAct['consent']> | null
}

/**
 * @param custom keys of the custom fields that exist; traits that are neither these nor standard are not stored
 */
export function toldBy(traits: JsonObject, custom: ReadonlySet<string>): Told {
  const fields: Partial<Mutable<PersonFields>> = nameParts(traits['name'])
  const attrs: Record<string, JsonObject[string]> = {}
  for (const [key, value] of Object.entries(traits)) {
    const field = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined
    const text = textIn(key === 'company' && isObject(value) ? value['name'] : value)
    if (field && text !== null) fields[field] = text
    else if (!field && value !== undefined && custom.has(key)) attrs[key] = value
  }
  const address = traits['address']
  const state = isObject(address) ? textIn(address['state']) : null
  if (state && !fields.prefecture) fields.prefecture = state
  return { mail: textIn(traits['email']) ?? textIn(traits['mail']), fields, attrs, consent: consentIn(traits['mail_consent']) }
}

/**
 * The documented consent trait: `mail_consent: { text, at }`, the words the person agreed to and when. Anything less is no basis:
 * a bare `true` proves nothing.
 */
function consentIn(value: unknown): Told['consent'] {
  if (!isObject(value)) return null
  const text = textIn(value['text'])
  const at = typeof value['at'] === 'string' ? new Date(value['at']) : null
  if (!text || !at || Number.isNaN(at.getTime())) return null
  return { basis: 'consent', text, evidence: { at: at.toISOString(), trait: 'mail_consent' } }
}

/** A full name in one trait: 「見本 一郎」 is surname first, "Ichiro Mihon" surname last. */
function nameParts(value: unknown): Partial<Mutable<PersonFields>> {
  const name = textIn(value)
  if (!name) return {}
  const parts = name.split(/[\s　]+/)
  const [first, last] = [parts[0] ?? '', parts.slice(1).join(' ')]
  if (!last) return { familyName: first }
  return HAN_OR_KANA.test(name)
    ? { familyName: first, givenName: last }
    : { familyName: parts.at(-1) ?? '', givenName: parts.slice(0, -1).join(' ') }
}

function textIn(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.trim() ? value.trim().slice(0, 500) : null
}
