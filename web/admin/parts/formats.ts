/**
 * Formats of ui.md §4 as a hook, so they follow the language and the company's time zone:
 *   const f = useFormats()
 *   f.number(1234)  f.money(184_000_000) → 1.84億円  f.percent(0.232)  f.ago(iso)  f.day(iso)  f.time(iso)  f.instant(iso)
 */
import { useLanguage } from '../words/words.tsx'
import { formatsOf } from './formatting.ts'
import { useZone } from './zone.ts'

const made = new Map<string, ReturnType<typeof formatsOf>>()

/** Made once for all components: formats are costly to make. */
function formatsIn(language: 'ja' | 'en', zone: string): ReturnType<typeof formatsOf> {
  const key = `${language} ${zone}`
  const known = made.get(key) ?? formatsOf(language, zone)
  made.set(key, known)
  return known
}

/** The formats of the language shown now and of the company's zone. */
export function useFormats(): ReturnType<typeof formatsOf> {
  const { language } = useLanguage()
  const zone = useZone()
  return formatsIn(language, zone)
}
