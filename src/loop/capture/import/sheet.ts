// How a spreadsheet shows its numbers: days are numbers there, and codes lose the zeros in front of them.

export type Format = { readonly kind: 'plain' } | { readonly kind: 'date' } | { readonly kind: 'zeros'; readonly pattern: string }

const DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, ...range(27, 36), 45, 46, 47, ...range(50, 58)])

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** What a number format means for us: a day or time, a code with its zeros (`0000000`, `000-0000`), or just a number. */
export function formatOf(id: number, code: string | undefined): Format {
  if (code === undefined) return { kind: DATES.has(id) ? 'date' : 'plain' }
  const bare = code.replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, '').split(';')[0] ?? ''
  if (/[ymdhsge年月日]/i.test(bare.replace(/general/i, ''))) return { kind: 'date' }
  return /^0[0-]*0$/.test(bare) && bare.replaceAll('-', '').length > 1 ? { kind: 'zeros', pattern: bare } : { kind: 'plain' }
}

/** A number as a person sees it in the sheet. */
export function shownNumber(text: string, format: Format | undefined, from1904: boolean): string {
  const plain = text.trim()
  const n = Number(plain)
  if (plain === '' || !Number.isFinite(n)) return plain
  if (format?.kind === 'date') return serialDate(n, from1904) ?? plain
  if (format?.kind === 'zeros' && Number.isInteger(n) && n >= 0) return withZeros(n, format.pattern)
  // 0.1 + 0.2 is stored with all its digits; fifteen are what a sheet shows.
  return Number.isInteger(n) ? BigInt(n).toString() : String(Number(n.toPrecision(15)))
}

function withZeros(n: number, pattern: string): string {
  const places = pattern.replaceAll('-', '').length
  const digits = [...String(n).padStart(places, '0')]
  const extra = digits.splice(0, digits.length - places).join('')
  return extra + [...pattern].map((mark) => (mark === '-' ? '-' : (digits.shift() ?? ''))).join('')
}

/** The day (and time) of a serial number: `2026-04-08` or `2026-04-08 13:30:00`; null when it is none. Excel's 1900 has a 29 February. */
export function serialDate(serial: number, from1904: boolean): string | null {
  if (serial < 0 || serial > 2_958_465.99999) return null
  const seconds = Math.round(serial * 86_400)
  const day = Math.floor(seconds / 86_400)
  const rest = seconds - day * 86_400
  const time = rest ? new Date(rest * 1000).toISOString().slice(11, 19) : ''
  if (!from1904 && day === 0) return time || null
  if (!from1904 && day === 60) return '1900-02-29'
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : day < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  const date = new Date(epoch + day * 86_400_000).toISOString().slice(0, 10)
  return time ? `${date} ${time}` : date
}

/** `AB12` → 27. */
export function columnOf(reference: string): number {
  let n = 0
  for (const letter of reference) {
    const code = letter.charCodeAt(0) - 64
    if (code < 1 || code > 26) break
    n = n * 26 + code
  }
  return n - 1
}
