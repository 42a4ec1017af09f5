import { searchable } from '../normalise/decide.ts'
import type { Initial } from './contract.ts'

/** Events that a list may show as "the latest thing a lead did"; what we do by ourselves is not among them. */
export const ACTIONS: readonly string[] = [
  'page.viewed',
  'form.submitted',
  'file.downloaded',
  'link.clicked',
  'mail.opened',
  'mail.clicked',
  'mail.unsubscribed',
  'seminar.attended',
  'activity.call',
  'activity.visit',
  'activity.meeting',
  'activity.seminar',
  'activity.exhibition',
  'card.scanned',
  'deal.created',
  'deal.won',
  'deal.lost',
]

const SEPARATOR = '\n'

/** A keyset cursor: the order it belongs to, the value of that order as text, and the id. Opaque to clients. */
export function encodeKey(order: string, key: string, id: string): string {
  return Buffer.from([order, id, key].join(SEPARATOR)).toString('base64url')
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The position a cursor stands for; undefined when it is not one of this order. */
export function decodeKey(order: string, cursor: string): { key: string; id: string } | undefined {
  const [of, id = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split(SEPARATOR)
  return of === order && UUID.test(id) ? { key: rest.join(SEPARATOR), id } : undefined
}

/** One word or phrase that must be found. */
export interface Term {
  /** As the search text has it: NFKC, lower case, katakana. */
  readonly text: string
  /** One or two letters that no index finds inside of words are looked for where words begin. */
  readonly where: 'anywhere' | 'begin'
  /** Neighbouring characters by which the index of Japanese text finds it, those that are rare by their kind first: `search_pairs` makes all. */
  readonly grams: readonly string[]
  /** Its letters of ASCII alone are too few to find anybody by: looking for them would read very many. */
  readonly isThin: boolean
  /** It has three letters or figures of ASCII in a row: the index of Latin text finds it, and better than pairs of common letters. */
  readonly hasRun: boolean
}

const MOST_TERMS = 6
const QUOTED =
  /["\u201c\u201d\uff02\u300c\u300d]([^"\u201c\u201d\uff02\u300c\u300d]+)["\u201c\u201d\uff02\u300c\u300d]|[^\s\u3000"\u201c\u201d\uff02\u300c\u300d]+/gu

/** What somebody typed into the search field: words that must each be found, and phrases in quotation marks found as they stand. */
export function readSearch(typed: string): Term[] {
  const terms = [...typed.toWellFormed().matchAll(QUOTED)].flatMap((match) => {
    const text = searchable(match[1] ?? match[0])
    return text === '' ? [] : [termOf(text)]
  })
  return terms.slice(0, MOST_TERMS)
}

const isJapanese = (letter: string | undefined): boolean => letter !== undefined && letter > '~'
/** More would make the index read more than they spare. */
const MOST_GRAMS = 3
/** Pairs that more than this share of all leads have spare nothing. */
const COMMON = 0.4

/**
 * The pairs to look a term up by: the rarest by what the statistics of the index know, and none that nearly everybody has (株式, 会社), unless
 * there is no other.
 * @param share of the leads that have a pair; pairs that the statistics do not know are rare
 */
export function rarestGrams(grams: readonly string[], share: ReadonlyMap<string, number>): string[] {
  const sorted = grams.toSorted((a, b) => (share.get(a) ?? 0) - (share.get(b) ?? 0))
  const rare = sorted.filter((gram) => (share.get(gram) ?? 0) <= COMMON)
  return (rare.length ? rare : sorted.slice(0, 1)).slice(0, MOST_GRAMS)
}

/** Rows of the head of a list that are looked at first: what many match is found there at once. */
export const FIRST_LOOK = 1_000
const MOST_LOOKED_AT = 8_000

/**
 * How far to go on down a list after a first look that found too few, by how many it found; null when whoever matches is so rare that an
 * index finds them sooner.
 */
export function furtherLook(found: number, wanted: number): number | null {
  const rows = found === 0 ? Number.POSITIVE_INFINITY : Math.ceil((FIRST_LOOK * wanted * 1.6) / found)
  return rows <= MOST_LOOKED_AT ? rows : null
}

function termOf(text: string): Term {
  const letters = Array.from(text)
  const pairs = letters.flatMap((letter, i) => {
    const before = letters[i - 1]
    return before !== undefined && letter !== ' ' && (isJapanese(letter) || isJapanese(before)) ? [{ before, letter }] : []
  })
  if (letters.length === 1 || (letters.length === 2 && !pairs.length)) {
    const first = letters[0] ?? ''
    return { text, where: 'begin', grams: isJapanese(first) ? [` ${first}`] : [], isThin: true, hasRun: false }
  }
  // Few texts go over from Japanese to a certain figure; very many words begin with the same letter.
  const rank = ({ before, letter }: { before: string; letter: string }): number =>
    before === ' ' ? 2 : isJapanese(before) && !isJapanese(letter) ? 0 : 1
  const grams = pairs.toSorted((a, b) => rank(a) - rank(b)).map(({ before, letter }) => before + letter)
  return { text, where: 'anywhere', grams: [...new Set(grams)], isThin: !/[a-z0-9]{2}/.test(text), hasRun: /[a-z0-9]{3}/.test(text) }
}

/** The stretch of `sort_name` in which names of an initial lie: from (included) to (excluded); null is open. */
export function stretchOf(initial: Initial): { readonly from: string; readonly to: string | null } | null {
  if (initial === '#') return null
  if (initial === 'A') return { from: 'a', to: '{' }
  return { from: STARTS[initial], to: ENDS[initial] }
}

/** Katakana by code point: a row begins with its small first letter, voiced ones lie among the others; ヴ comes last and counts as another. */
const STARTS = { ア: 'ァ', カ: 'カ', サ: 'サ', タ: 'タ', ナ: 'ナ', ハ: 'ハ', マ: 'マ', ヤ: 'ャ', ラ: 'ラ', ワ: 'ヮ' } as const
const ENDS = { ア: 'カ', カ: 'サ', サ: 'タ', タ: 'ナ', ナ: 'ハ', ハ: 'マ', マ: 'ャ', ヤ: 'ラ', ラ: 'ヮ', ワ: 'ヴ' } as const
