import { useWords } from '../words/words.tsx'
import { isElsewhere, useZone } from './zone.ts'

/** What stands under a field that asks for a time: whose time it is, where the clock of whoever looks shows another one. */
export function useZoneHint(): string | undefined {
  const t = useWords('parts')
  const zone = useZone()
  return isElsewhere(new Date()) ? t('zoneHint', { zone }) : undefined
}
