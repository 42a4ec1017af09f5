// What of a mail ISO-2022-JP cannot carry, and which of its addresses are to be asked. Pure.

import { TWINS } from '../../sender/iso2022jp.ts'
import { allFits } from '../../sender/jis.ts'
import type { Draft } from '../contract.ts'
import type { MergeContext } from '../liquid.ts'
import type { Falling, Finding } from './contract.ts'
import { withWords, wordsIn } from './places.ts'
import { swapOf } from './swaps.ts'

const LOOKALIKES: ReadonlySet<string> = new Set([...TWINS.keys(), ...TWINS.values()])
const clusters = new Intl.Segmenter('ja', { granularity: 'grapheme' })
// Line ends are the mail's own matter.
const said = (text: string): string => text.replace(/\r/g, '')

/** Characters of a text, as people see them, that do not fit. */
export function lostIn(text: string): string[] {
  if (allFits(said(text))) return []
  return [...clusters.segment(said(text))].flatMap(({ segment }) => (allFits(segment) ? [] : [segment]))
}

/** A text with all that is proposed; what nothing is known for stays. */
export function mended(text: string): string {
  if (allFits(said(text))) return text
  return [...clusters.segment(text)].map(({ segment }) => (allFits(said(segment)) ? segment : (swapOf(segment) ?? segment))).join('')
}

export const mendedDraft = (draft: Draft): Draft => withWords(draft, mended)

const codeOf = (char: string): string =>
  [...char].map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ')

const AROUND = 12
/** More units than any so many characters have: a long text is not gone through for each of its characters. */
const NEAR = 4 * AROUND
function excerptOf(text: string, char: string): string {
  const at = text.indexOf(char)
  const end = at + char.length
  const before = [...text.slice(Math.max(0, at - NEAR), at)]
  const behind = [...text.slice(end, end + NEAR)]
  const cut = (list: readonly string[]) => (list.length > AROUND ? '…' : '')
  const around = `${before.slice(-AROUND).join('')}${char}${behind.slice(0, AROUND).join('')}`
  return `${cut(before)}${around}${cut(behind)}`.replace(/\s+/g, ' ')
}

function* signsOf(text: string): Generator<{ char: string; kind: Finding['kind'] }> {
  for (const char of lostIn(text)) yield { char, kind: 'lost' }
  for (const char of text) if (LOOKALIKES.has(char)) yield { char, kind: 'twin' }
}

/** Each character once for each place; those that cannot go out first. */
export function findingsOf(draft: Draft, sender: readonly string[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const { place, text } of wordsIn(draft, sender))
    for (const { char, kind } of signsOf(text)) {
      const key = `${place.part} ${place.blockId ?? ''} ${kind} ${char}`
      const known = found.get(key)
      found.set(
        key,
        known
          ? { ...known, count: known.count + 1 }
          : {
              ...place,
              char,
              code: codeOf(char),
              kind,
              count: 1,
              swap: kind === 'lost' ? swapOf(char) : null,
              excerpt: excerptOf(text, char),
            },
      )
    }
  const all = [...found.values()]
  return [...all.filter((one) => one.kind === 'lost'), ...all.filter((one) => one.kind === 'twin')]
}

const FIELD = /\b((?:lead|owner|sender|fact)\.[A-Za-z][A-Za-z0-9_.]*)/g

/** The merge fields a draft speaks of. */
export function fieldsOf(draft: Draft): string[] {
  const found = new Set<string>()
  const gather = (text: string) => {
    for (const [token] of text.matchAll(/\{\{[^{}]*\}\}/g)) for (const [field] of token.matchAll(FIELD)) found.add(field)
    return text
  }
  withWords(draft, gather)
  for (const [, field = ''] of JSON.stringify(draft.blocks).matchAll(/"type":"mergeField","attrs":\{"field":"([^"]+)"/g)) found.add(field)
  return [...found]
}

function saidAt(context: MergeContext, field: string): string {
  let value: unknown = context
  for (const key of field.split('.')) value = typeof value === 'object' && value !== null ? (value as MergeContext)[key] : undefined
  return typeof value === 'string' ? value : ''
}

export interface Reader {
  readonly id: string
  readonly name: string
  readonly company: string
  readonly context: MergeContext
}

/** Why the mail of somebody would go in UTF-8: the first of the fields that does not fit; null when all do. */
export function fallingOf(reader: Reader, fields: readonly string[]): Falling | null {
  for (const field of ['to', ...fields]) {
    const value = field === 'to' ? reader.name : saidAt(reader.context, field)
    const chars = lostIn(value)
    if (chars.length)
      return {
        personId: reader.id,
        name: reader.name,
        company: reader.company,
        field,
        value: value.slice(0, 200),
        chars: [...new Set(chars)],
      }
  }
  return null
}
