// ISO-2022-JP as RFC 1468 has it: ASCII and JIS X 0208 in seven bits, each line and each text ending in ASCII. Vendors' additions (①, ㈱,
// 髙, half-width kana) are not of it and are never written: old readers show them as something else. Pure.

const TO_KANJI = [0x1b, 0x24, 0x42] as const
const TO_ASCII = [0x1b, 0x28, 0x42] as const
export const SHIFT = TO_KANJI.length

/** Rows of JIS X 0208; what decoders know in rows 9–15 and above 84 are additions of NEC and IBM. */
const isStandardRow = (row: number): boolean => (row >= 1 && row <= 8) || (row >= 16 && row <= 84)

/** Characters that Unicode has twice for one of JIS: either is sent as the same two bytes, and a reader may show the other one. */
export const TWINS: ReadonlyMap<string, string> = new Map([
  ['\u301c', '\uff5e'],
  ['\u2014', '\u2015'],
  ['\u2016', '\u2225'],
  ['\u2212', '\uff0d'],
  ['\u00a2', '\uffe0'],
  ['\u00a3', '\uffe1'],
  ['\u00ac', '\uffe2'],
])

let known: Uint16Array | null = null

/** UTF-16 unit → two JIS bytes; 0 where there is none. Read off the platform's own decoder, once. */
function table(): Uint16Array {
  if (known) return known
  const made = new Uint16Array(65_536)
  const decoder = new TextDecoder('euc-jp')
  for (let row = 1; row <= 84; row++) {
    if (!isStandardRow(row)) continue
    const pairs = Uint8Array.from({ length: 94 * 3 }, (_, i) => (i % 3 === 0 ? 0xa0 + row : i % 3 === 1 ? 0xa1 + Math.floor(i / 3) : 0x0a))
    for (const [cell, char] of decoder.decode(pairs).split('\n').entries())
      if (char.length === 1 && char !== '\ufffd') made[char.charCodeAt(0)] = ((0x20 + row) << 8) | (0x21 + cell)
  }
  for (const [twin, of] of TWINS) made[twin.charCodeAt(0)] = made[of.charCodeAt(0)] as number
  known = made
  return made
}

/** ASCII without what shifts or ends a text: ESC, SO and SI speak to the decoder, NUL and a bare CR to servers. */
const isPlain = (code: number): boolean => (code >= 0x20 && code < 0x7f) || code === 0x0a || code === 0x09

/** @param char one character; a line end is LF or CRLF */
export function fits(char: string): boolean {
  const code = char.charCodeAt(0)
  return char.length === 1 && (code === 0x0d || isPlain(code) || (code > 0x7f && table()[code] !== 0))
}

/** How many bytes one more character takes, and in which state it leaves. Characters that do not fit count as two bytes. */
export function step(char: string, isKanji: boolean): { readonly bytes: number; readonly isKanji: boolean } {
  const next = char.charCodeAt(0) > 0x7f
  return { bytes: (next === isKanji ? 0 : SHIFT) + (next ? 2 : 1), isKanji: next }
}

/** The bytes with CRLF line ends, or null when a character does not fit: nothing is ever replaced here. */
export function encodeJis(text: string): Buffer | null {
  const map = table()
  const out = Buffer.allocUnsafe(text.length * 5 + SHIFT)
  let at = 0
  let isKanji = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const next = code > 0x7f
    if (next !== isKanji) {
      for (const byte of next ? TO_KANJI : TO_ASCII) out[at++] = byte
      isKanji = next
    }
    if (next) {
      const pair = map[code] as number
      if (!pair) return null
      out[at++] = pair >> 8
      out[at++] = pair & 0xff
    } else if (isPlain(code)) {
      if (code === 0x0a) out[at++] = 0x0d
      out[at++] = code
    } else if (code !== 0x0d || text.charCodeAt(i + 1) !== 0x0a) return null
  }
  if (isKanji) for (const byte of TO_ASCII) out[at++] = byte
  return out.subarray(0, at)
}
