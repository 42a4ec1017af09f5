/**
 * Words of the screens. Japanese is the source: its keys and ICU arguments are the types; English must have each of them.
 *
 *   // words/ja/deals.ts                              // words/en/deals.ts
 *   export const deals = {                            import type { deals as ja } from '../ja/deals.ts'
 *     title: '商談',                                   import type { Same } from '../same.ts'
 *     count: '{n, number}件',                          export const deals: Same<typeof ja> = {
 *   } as const                                          title: 'Deals', count: '{n, number} deals' }
 *
 *   one line in words/ja.ts and words/en.ts:  deals,
 *   in a page:  const t = useWords('deals');  t('count', { n: 3 })
 */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { IntlProvider, useTranslations } from 'use-intl'
import { ja } from './ja.ts'
import type { Same } from './same.ts'

export type Language = 'ja' | 'en'

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof ja
    Locale: Language
  }
}

/** `useWords('deals')` gives the typed `t` of one room. */
export const useWords = useTranslations

const remembered = 'hagukumi.language'
const LanguageContext = createContext<{ language: Language; setLanguage: (to: Language) => void }>({
  language: 'ja',
  setLanguage: () => {},
})

/** The language shown now, and the verb that changes and remembers it. */
export const useLanguage = () => use(LanguageContext)

function initial(): Language {
  return localStorage.getItem(remembered) === 'en' ? 'en' : 'ja'
}

/** Holds the language; English is loaded only when it is asked for. */
export function Words({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState<Language>(initial)
  const [english, setEnglish] = useState<Same<typeof ja> | null>(null)
  useEffect(() => {
    if (wanted === 'en' && !english) void import('./en.ts').then((m) => setEnglish(m.en))
  }, [wanted, english])
  const setLanguage = useCallback((to: Language) => {
    localStorage.setItem(remembered, to)
    setWanted(to)
  }, [])
  const language: Language = wanted === 'en' && english ? 'en' : 'ja'
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const value = useMemo(() => ({ language, setLanguage }), [language, setLanguage])
  if (wanted === 'en' && !english) return null
  return (
    <LanguageContext value={value}>
      <IntlProvider locale={language} messages={(language === 'en' ? english : ja) as typeof ja} timeZone={zone()} onError={unknownWord}>
        {children}
      </IntlProvider>
    </LanguageContext>
  )
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** A word that is missing shows its key; types catch it before that. */
const unknownWord = () => {}
