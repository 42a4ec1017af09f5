import { useState } from 'react'
import { client } from '../api.ts'
import { useWords } from '../words/words.tsx'

/** What a postal code says of the other fields of an address. */
const PARTS = ['prefecture', 'city', 'address'] as const
type Part = (typeof PARTS)[number]

/**
 * Seven digits fill prefecture, city and street, where they are empty or were filled this way.
 * @param now what stands in the fields
 * @returns `fill` for each change of the code, and what to tell beside it
 */
export function usePostalFill(now: () => Readonly<Partial<Record<Part, unknown>>>, set: (part: Part, value: string) => void) {
  const t = useWords('fields')
  const [told, setTold] = useState<string | null>(null)
  const [filled, setFilled] = useState<Readonly<Partial<Record<Part, string>>>>({})
  const fill = async (text: string): Promise<void> => {
    const digits = text.normalize('NFKC').replace(/\D/g, '')
    if (digits.length !== 7) return setTold(null)
    const found = await client.fields.postal({ code: digits }).catch(() => null)
    if (!found) return setTold(t('postalUnknown'))
    const standing = now()
    for (const part of PARTS) if (!standing[part] || standing[part] === filled[part]) set(part, found[part])
    setFilled(found)
    setTold(t('postalFilled'))
  }
  return { fill, told: told ?? t('postalHint') }
}
