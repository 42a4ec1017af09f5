// What a QR code on a card says: vCard (RFC 6350, 2426), MECARD of Japanese phones, or a plain address of the web.
import type { CardFieldKey } from '../kinds/contract.ts'

export type Told = Partial<Record<CardFieldKey, string>>

const LARGEST = 4_000

/** Reads the text of a QR code; null when it says nothing of a person. */
export function readCode(text: string): Told | null {
  const plain = text.slice(0, LARGEST).trim()
  if (/^BEGIN:VCARD/i.test(plain)) return vcard(plain)
  if (/^MECARD:/i.test(plain)) return mecard(plain.slice(7))
  if (/^https?:\/\/\S+$/i.test(plain)) return { website: plain }
  return /^mailto:/i.test(plain) ? { mail: plain.slice(7).split('?')[0] ?? '' } : null
}

const unescaped = (text: string): string =>
  text
    .replace(/\\n/gi, ' ')
    .replace(/\\([,;:\\])/g, '$1')
    .trim()
const parts = (text: string, by: RegExp): string[] => text.split(by).map(unescaped)

function vcard(text: string): Told {
  const told: Told = {}
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const [head = '', ...rest] = line.split(':')
    const value = rest.join(':')
    const [name = '', ...params] = head
      .toUpperCase()
      .replace(/^ITEM\d+\./, '')
      .split(';')
    put(told, name, params.join(';'), value)
  }
  return withoutEmpty(told)
}

function put(told: Told, name: string, params: string, value: string): void {
  const split = /(?<!\\);/
  if (name === 'N') [told.familyName, told.givenName] = [parts(value, split)[0] ?? '', parts(value, split)[1] ?? '']
  else if (name === 'FN') fullName(told, unescaped(value))
  else if (name === 'X-PHONETIC-LAST-NAME') told.familyKana = unescaped(value)
  else if (name === 'X-PHONETIC-FIRST-NAME') told.givenKana = unescaped(value)
  else if (name === 'ORG') [told.companyName, told.department] = [parts(value, split)[0] ?? '', parts(value, split).slice(1).join(' ')]
  else if (name === 'TITLE' || name === 'ROLE') told.title ??= unescaped(value)
  else if (name === 'EMAIL') told.mail ??= unescaped(value)
  else if (name === 'URL') told.website ??= unescaped(value)
  else if (name === 'TEL')
    told[/FAX/.test(params) ? 'fax' : /CELL|MOBILE/.test(params) ? 'mobile' : 'phone'] ??= value.replace(/^tel:/i, '').trim()
  else if (name === 'ADR') {
    const [, extra = '', street = '', city = '', region = '', code = ''] = parts(value, split)
    Object.assign(told, { postalCode: code, address: `${region}${city}${street}${extra ? ` ${extra}` : ''}` })
  }
}

function fullName(told: Told, text: string): void {
  const [family = '', ...given] = text.split(/[\s\u3000]+/)
  if (!told.familyName && given.length) [told.familyName, told.givenName] = [family, given.join(' ')]
}

function mecard(text: string): Told {
  const told: Told = {}
  for (const part of text.split(/(?<!\\);/)) {
    const at = part.indexOf(':')
    const [name, value] = [part.slice(0, at).toUpperCase(), unescaped(part.slice(at + 1))]
    const [first = '', second = ''] = value.split(',')
    if (name === 'N') [told.familyName, told.givenName] = [first.trim(), second.trim()]
    else if (name === 'SOUND') [told.familyKana, told.givenKana] = [first.trim(), second.trim()]
    else if (name === 'TEL') told[/^(?:\+?81-?|0)[789]0/.test(value) ? 'mobile' : 'phone'] ??= value
    else if (name === 'EMAIL') told.mail ??= value
    else if (name === 'ORG') told.companyName ??= value
    else if (name === 'URL') told.website ??= value
    else if (name === 'ADR') told.address ??= value.replaceAll(',', ' ').trim()
  }
  return withoutEmpty(told)
}

const withoutEmpty = (told: Told): Told => Object.fromEntries(Object.entries(told).filter(([, value]) => value)) as Told
