import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { dkimPasses } from '../../../../test/dkim.ts'
import { aLetter, signed, signedWith } from '../../../../test/letter.ts'
import { check } from '../../../../test/world.ts'
import { encodeJis, fits, TWINS } from './iso2022jp.ts'
import { jisWords } from './jis.ts'
import type { Letter } from './mime.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what shifts
const SHIFTS = /\u001b(\(B|\$B)/g
const decoder = new TextDecoder('iso-2022-jp', { fatal: true })
const decoded = (bytes: Uint8Array) => decoder.decode(bytes)
/** As a reader by WHATWG's table sees it. */
const seen = (text: string) => [...text].map((char) => TWINS.get(char) ?? char).join('')
const ALL = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((char) => char > '\x7f' && fits(char))

test('E3 the bytes are those of RFC 1468: ESC $ B, two bytes a character, ESC ( B before each line end and the end of the text', () => {
  expect(encodeJis('日本語')?.toString('hex')).toBe('1b2442467c4b5c386c1b2842')
  expect(encodeJis('a あ b\nア')?.toString('latin1')).toBe('a \x1b$B$"\x1b(B b\r\n\x1b$B%"\x1b(B')
  expect(encodeJis('〒105 − 〜')?.toString('hex')).toBe('1b2442222 91b284231303520 1b2442215d1b284220 1b244221411b2842'.replaceAll(' ', ''))
  expect(encodeJis('plain only\r\n')?.toString('latin1')).toBe('plain only\r\n')
})

test('E3 all 6,879 characters of JIS X 0208 are carried and read back, and no others are', () => {
  expect(ALL.length - TWINS.size).toBe(6_879)
  for (const char of ALL) expect(decoded(encodeJis(char) as Buffer), char).toBe(seen(char))
  for (const char of [
    '①',
    '㈱',
    '髙',
    '﨑',
    'Ⅳ',
    '㎡',
    '№',
    '℡',
    'ｱ',
    'ﾞ',
    '¥',
    '‾',
    'é',
    '©',
    '😀',
    '𠮷',
    '\u00a0',
    '\u200b',
    '\x1b',
    '\x0e',
    '\0',
  ])
    expect(encodeJis(`あ${char}`), char).toBeNull()
  expect(encodeJis('a\rb')).toBeNull()
})

const words = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ALL) }, { weight: 1, arbitrary: fc.constantFrom(...'abc XYZ 019.,-') }),
  {
    maxLength: 120,
  },
)

test('E3 a header in ISO-2022-JP: every word has at most 75 columns, stands by itself and ends in ASCII, and together they say what was meant', async () => {
  await check(
    fc.property(words, fc.integer({ min: 4, max: 40 }), (chars, used) => {
      const text = chars.join('')
      fc.pre(/[^\x20-\x7e]/.test(text))
      const lines = jisWords(text, used).split('\r\n ')
      const read = lines.map((word, i) => {
        expect(word.length).toBeLessThanOrEqual(75)
        expect(word.length + (i ? 1 : used)).toBeLessThanOrEqual(76)
        const bytes = Buffer.from(/^=\?ISO-2022-JP\?B\?([A-Za-z0-9+/=]*)\?=$/.exec(word)?.[1] ?? '!', 'base64')
        const shifts = [...bytes.toString('latin1').matchAll(SHIFTS)].map((found) => found[1])
        if (shifts.length) expect(shifts.at(-1)).toBe('(B')
        return decoded(bytes)
      })
      expect(read.join('')).toBe(seen(text))
    }),
  )
})

const letter = (more: Partial<Letter> = {}): Letter =>
  aLetter({
    subject: '【見本】料金表をご覧いただいた皆さまへ、秋の導入相談会のご案内です（無料）',
    html: '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><p>料金  〜\t </p>\n.\n..x</html>',
    text: 'こんにちは  \n.\n料金は10,000円\t です\n',
    charset: 'iso-2022-jp',
    ...more,
  })

test('E1 E3 a whole mail in ISO-2022-JP is seven bits, is signed, and parses back to what was meant', async () => {
  const raw = await signed(letter())
  expect(raw.every((byte) => byte < 0x80)).toBe(true)
  const text = raw.toString('latin1')
  expect(text).toContain('Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\x1b$B')
  expect(text).toContain('text/html; charset=iso-2022-jp">')
  for (const line of text.split('\r\n')) expect(line.match(SHIFTS)?.at(-1) ?? '\x1b(B').toBe('\x1b(B')
  expect(dkimPasses(raw, signedWith).ok).toBe(true)
  const mail = await PostalMime.parse(raw)
  expect(mail).toMatchObject({ subject: letter().subject, from: letter().from, to: [letter().to], replyTo: [letter().replyTo] })
  expect(mail.text).toContain('料金は10,000円\t です')
  expect(mail.html).toContain('料金  ～')
})

test('E3 a line over 998 octets goes in base64, still in ISO-2022-JP', async () => {
  const long = '長'.repeat(600)
  const raw = await signed(letter({ text: long }))
  expect(raw.toString('latin1')).toContain('Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: base64')
  for (const line of raw.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
  expect((await PostalMime.parse(raw)).text?.trim()).toBe(long)
  expect(dkimPasses(raw, signedWith).ok).toBe(true)
})

test('E3 one character that does not fit, wherever it stands, makes the whole mail UTF-8; nothing is ever changed', async () => {
  for (const more of [
    { subject: '①' },
    { text: '㈱見本' },
    { html: '<p>髙</p>' },
    { to: { name: '山﨑', address: 'a@example.co.jp' } },
    { from: { name: '見本😀', address: 'news@mihon.example' } },
    { text: 'a\x1b$Bb' },
  ]) {
    const raw = await signed(letter(more))
    expect(raw.toString('latin1')).not.toMatch(/iso-2022-jp/i)
    const mail = await PostalMime.parse(raw)
    for (const [part, said] of Object.entries(more)) {
      if (typeof said === 'string') expect(mail[part as 'subject']?.trim()).toBe(said)
      else expect([mail.from, mail.to?.[0]]).toContainEqual(said)
    }
    expect(dkimPasses(raw, signedWith).ok).toBe(true)
  }
})
