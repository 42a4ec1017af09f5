// Japanese postal codes. Pure.

const HYPHENS = /[‐‑‒–—―−ー－ｰ﹣\-\s\u3000]/gu

const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/^\s*〒/, '')
    .replace(HYPHENS, '')

/** A postal code as `100-0001`; full-width digits, 〒 and every sort of hyphen are read. Null when it is not one of seven digits. */
export function normalisePostal(text: string): string | null {
  const digits = digitsOf(text)
  return /^\d{7}$/.test(digits) ? `${digits.slice(0, 3)}-${digits.slice(3)}` : null
}
