// Japanese postal codes and the leading zeros that spreadsheets eat. Pure.

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

/**
 * The same for a cell of a spreadsheet, which may have lost its leading zeros: `600000` was 060-0000, `10000` was 001-0000.
 * Only bare numbers of five or six digits are mended; with a hyphen nothing was lost.
 */
export function repairPostal(text: string): string | null {
  const bare = text.normalize('NFKC').trim()
  return normalisePostal(/^\d{5,6}$/.test(bare) ? bare.padStart(7, '0') : text)
}

/** A phone number of a spreadsheet with the zero it lost: `312345678` was 03-1234-5678, `9012345678` was 090-1234-5678. Others stay. */
export function repairPhone(text: string): string {
  const bare = text.normalize('NFKC').trim()
  return /^[1-9]\d{8,9}$/.test(bare) ? `0${bare}` : text
}
