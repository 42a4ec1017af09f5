/**
 * Formats of ui.md §4 as a hook, so they follow the language:
 *   const f = useFormats()
 *   f.number(1234)  f.money(184_000_000) → 1.84億円  f.percent(0.232)  f.ago(iso)  f.day(iso)  f.time(iso)  f.instant(iso)
 */
import { useMemo } from 'react'
import { useLanguage } from '../words/words.tsx'
import { formatsOf } from './formatting.ts'

/** The formats of the language shown now. */
export function useFormats(): ReturnType<typeof formatsOf> {
  const { language } = useLanguage()
  return useMemo(() => formatsOf(language), [language])
}
