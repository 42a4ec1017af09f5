import { domainToASCII } from 'node:url'
import { type Choice, employeeBands, prefectures, salutations } from '../vocabulary.ts'

export const LONGEST_TEXT = 500

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must go
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\ufeff]/gu

// Whatever the slow way might change; most texts have none of it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must go
const UNCLEAN = /[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\ufeff\ud800-\udfff]|[^\S ]|^ | $| {2}/

/** Text as it may be stored: well-formed, no control characters, outer and repeated blanks gone, cut at `most` characters. Null when empty. */
export function cleanText(text: string, most = LONGEST_TEXT): string | null {
  if (text.length <= most && !UNCLEAN.test(text)) return text === '' ? null : text
  const plain = text
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(/[\s\u3000]+/gu, ' ')
    .trim()
  return plain === '' ? null : Array.from(plain).slice(0, most).join('')
}

/** A name: full-width letters and half-width kana become what people write (NFKC). */
export function normaliseName(text: string): string | null {
  return cleanText(text.normalize('NFKC'), 100)
}

/** Kana as lists sort it: full-width katakana, hiragana turned into it. */
export function normaliseKana(text: string): string | null {
  return normaliseName(text)?.replace(/[\u3041-\u3096]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60)) ?? null
}

/** How search and matching see text: NFKC, lower case, hiragana as katakana, one blank between words. */
export function searchable(...texts: readonly (string | null | undefined)[]): string {
  let all = ''
  for (const text of texts) if (text) all = all === '' ? text : `${all} ${text}`
  const joined = (ASCII.test(all) ? all : all.normalize('NFKC')).toLowerCase()
  const kana = HIRAGANA.test(joined)
    ? joined.replace(/[\u3041-\u3096]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
    : joined
  return LOOSE_BLANKS.test(kana) ? kana.replace(/\s+/gu, ' ').trim() : kana
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is its own NFKC form
const ASCII = /^[\u0000-\u007f]*$/
const HIRAGANA = /[\u3041-\u3096]/
const LOOSE_BLANKS = /[^\S ]|^ | $| {2}/

/** Parts a searchable text from its pairs and these from each other: no text that is stored has it. */
const PART = 0x1f
const BLANK = 0x20
const LAST_OF_ASCII = 0x7e

/** Where pairs are put together, letter by letter in UTF-16: a text that grows by pieces leaves a chain of them behind. */
let room = Buffer.alloc(4_096)

/**
 * The pairs of neighbouring letters of a searchable text of which at least one is not ASCII, word by word and each after a U+001F: what the
 * database's own `search_pairs` makes of it, in the same order, at a fraction of the cost. Empty for a text of ASCII alone.
 */
export function pairsOf(text: string): string {
  if (room.length < text.length * 8) room = Buffer.alloc(text.length * 8)
  const to = room
  let end = 0
  let before = BLANK
  for (let i = 0; i < text.length; i++) {
    const letter = text.codePointAt(i) ?? BLANK
    if (letter > 0xffff) i++
    if (letter !== BLANK && (letter > LAST_OF_ASCII || before > LAST_OF_ASCII)) {
      end = put(to, PART, end)
      end = put(to, before, end)
      end = put(to, letter, end)
    }
    before = letter
  }
  return to.toString('utf16le', 0, end)
}

/** Writes a letter. @returns where the next one goes */
function put(to: Buffer, letter: number, end: number): number {
  if (letter > 0xffff) return put(to, 0xdc00 + ((letter - 0x10000) & 0x3ff), put(to, 0xd800 + ((letter - 0x10000) >> 10), end))
  to[end] = letter & 0xff
  to[end + 1] = letter >> 8
  return end + 2
}

export type ParsedMail =
  /** `risk: 'carrier'`: an old phone carrier's address that breaks RFC 5321 (`a..b@docomo.ne.jp`): stored, sent to only with its local part quoted. */
  | { readonly ok: true; readonly mail: string; readonly typed: string; readonly risk: 'carrier' | null }
  | { readonly ok: false; readonly reason: string }

const CARRIERS =
  /(^|\.)(docomo\.ne\.jp|ezweb\.ne\.jp|au\.com|softbank\.ne\.jp|vodafone\.ne\.jp|i\.softbank\.jp|disney\.ne\.jp|willcom\.com|pdx\.ne\.jp|ymobile\.ne\.jp|emnet\.ne\.jp|wcm\.ne\.jp)$/
const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const LOOSE_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$/i
const DOMAIN_TYPED = /^[\p{L}\p{M}\p{N}.\-ー]+$/u
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * One plain address (RFC 5321 dot-string with ASCII local part and an IDNA domain), or why it is none. No display names, no comments,
 * no literal forms, and quotes only around what needs none: whatever a mailer could read as two people is refused. Full-width letters and ＠ are folded first.
 */
export function parseMail(text: string): ParsedMail {
  const typed = text
    .toWellFormed()
    .normalize('NFKC')
    .replace(/^[\s\u3000]+|[\s\u3000]+$/gu, '')
  const no = (reason: string): ParsedMail => ({ ok: false, reason })
  if (typed === '') return no('メールアドレスを入力してください / Enter an address')
  if (typed.length > 254) return no('メールアドレスが長すぎます / This address is too long')
  const at = typed.lastIndexOf('@')
  if (at < 1 || typed.indexOf('@') !== at) return no('メールアドレスの形式が正しくありません / This is not one plain address')
  const domain = domainOf(typed.slice(at + 1))
  if (!domain) return no('メールアドレスの@より後ろを確認してください / Check the part after @')
  const local = bareLocal(typed.slice(0, at))
  if (local.length > 64) return no('メールアドレスが長すぎます / This address is too long')
  const mail = `${local.toLowerCase()}@${domain}`
  if (DOT_ATOM.test(local)) return { ok: true, mail, typed, risk: null }
  if (!LOOSE_ATOM.test(local)) return no('メールアドレスの形式が正しくありません / This is not one plain address')
  if (CARRIERS.test(domain)) return { ok: true, mail, typed, risk: 'carrier' }
  return no(
    '「.」が続くか端にあるアドレスは携帯電話会社のものだけです / Only mobile carriers have addresses with dots in a row or at an end',
  )
}

/** Lists write carriers' addresses as they go over the wire, too: `"a..b"@docomo.ne.jp`. Any other quoted form stays quoted, and is refused. */
function bareLocal(local: string): string {
  const inner = /^"([^"\\]+)"$/.exec(local)?.[1]
  return inner && LOOSE_ATOM.test(inner) ? inner : local
}

/** Lists of people share few domains, and reading one costs more than all the rest of an address. */
const domains = new Map<string, string | null>()
const MOST_DOMAINS = 2_000

function domainOf(typed: string): string | null {
  const known = domains.get(typed)
  if (known !== undefined) return known
  const read = readDomain(typed)
  if (domains.size >= MOST_DOMAINS) domains.clear()
  domains.set(typed, read)
  return read
}

function readDomain(typed: string): string | null {
  if (!DOMAIN_TYPED.test(typed) || typed.endsWith('.')) return null
  const ascii = domainToASCII(typed)
  const labels = ascii.split('.')
  const last = labels.at(-1) ?? ''
  const good =
    labels.length > 1 && ascii.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last) && last.length > 1
  return good ? ascii : null
}

/** A phone number in E.164, by Japanese rules where no country is given; null when it cannot be one. Extensions are dropped. */
export function normalisePhone(text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .replace(/(内線|ext\.?|x|代表?).*$/i, '')
    .replace(/\(0\)/, '')
  const international = /^\s*(\+|00(?!0)|010(?=[1-9]))/.test(plain)
  const digits = plain.replace(/^\s*(\+|010(?=[1-9]\d{9})|00)/, international ? '' : '$1').replace(/\D/g, '')
  if (international) return international && digits.startsWith('81') ? japanese(`0${digits.slice(2).replace(/^0/, '')}`) : world(digits)
  return japanese(digits)
}

function japanese(digits: string): string | null {
  const mobile = /^0[2-9]0\d{8}$/.test(digits)
  const fixed = /^0[1-9]\d{8}$/.test(digits) && !/^0[2-9]0/.test(digits)
  const free = /^0(120|570)\d{6}$|^0800\d{7}$/.test(digits)
  return mobile || fixed || free ? `+81${digits.slice(1)}` : null
}

const world = (digits: string): string | null => (/^[1-9]\d{7,14}$/.test(digits) ? `+${digits}` : null)

/** The value of a closed list that a text means, in either language; otherwise the text itself, cleaned. */
export function choose(choices: readonly Choice[], text: string): string | null {
  return wordsOf(choices).get(searchable(text)) ?? cleanText(text, 100)
}

const words = new WeakMap<readonly Choice[], ReadonlyMap<string, string>>()

/** Each word of a closed list with the value it means; of two choices that share a word the first has it. */
function wordsOf(choices: readonly Choice[]): ReadonlyMap<string, string> {
  const known = words.get(choices)
  if (known) return known
  const made = new Map<string, string>()
  for (const choice of choices)
    for (const word of [choice.value, choice.ja, choice.en].map((one) => searchable(one))) if (!made.has(word)) made.set(word, choice.value)
  words.set(choices, made)
  return made
}

export const normaliseSalutation = (text: string): string | null => choose(salutations, text)

/** `東京`, `東京都`, `Tokyo` and `東京都千代田区…` are all 東京都. */
export function normalisePrefecture(text: string): string | null {
  const exact = choose(prefectures, text)
  if (exact === null || prefectures.some((choice) => choice.value === exact)) return exact
  const found = prefectures.find((choice) => exact.startsWith(choice.ja) || exact === choice.ja.replace(/[都府県]$/, ''))
  return found?.value ?? exact
}

/** A band, or a number of people in one: `250` and `250名` are 100-299. */
export function normaliseEmployees(text: string): string | null {
  const exact = choose(employeeBands, text)
  if (exact === null || employeeBands.some((choice) => choice.value === exact)) return exact
  const number = /^(約)?([\d,]+)\s*(名|人)?$/.exec(text.normalize('NFKC').trim())?.[2]?.replaceAll(',', '')
  return number === undefined ? exact : (employeeBands.findLast((band) => Number(number) >= Number.parseInt(band.value, 10))?.value ?? null)
}

/** An http(s) address of a web site; a bare host gets https. Null when it is none. */
export function normaliseWebsite(text: string): string | null {
  const plain = cleanText(text.normalize('NFKC'), 500)
  if (!plain) return null
  const url = URL.parse(/^https?:\/\//i.test(plain) ? plain : `https://${plain}`)
  return url?.hostname.includes('.') && !url.username ? url.href : null
}
