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
 *
 * The first paint carries only the words of the shell, the parts and the dashboard; routes.tsx has every other page wait for all.
 */
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { IntlProvider, useTranslations } from 'use-intl'
import { useZone } from '../parts/zone.ts'
import { measure } from './ja/measure.ts'
import { parts } from './ja/parts.ts'
import { shell } from './ja/shell.ts'
import type { ja } from './ja.ts'

export type Language = 'ja' | 'en'

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof ja
    Locale: Language
  }
}

/** `useWords('deals')` gives the typed `t` of one room. */
export const useWords = useTranslations

interface Shown {
  readonly language: Language
  readonly messages: object
  readonly all: boolean
}

const remembered = 'hagukumi.language'
const watchers = new Set<() => void>()
let wanted: Language = localStorage.getItem(remembered) === 'en' ? 'en' : 'ja'
let shown: Shown | null = wanted === 'ja' ? { language: 'ja', messages: { shell, parts, measure }, all: false } : null

function show(next: Shown) {
  // Asked for again in the meantime: the newest wish stands.
  if (next.language !== wanted || (shown?.language === next.language && shown.all)) return
  shown = next
  document.documentElement.lang = next.language
  for (const fn of watchers) fn()
}

const everything = {
  ja: () => import('./ja.ts').then((m) => m.ja),
  en: () => import('./en.ts').then((m) => m.en),
}

async function firstEnglish() {
  const [a, b, c] = await Promise.all([import('./en/shell.ts'), import('./en/parts.ts'), import('./en/measure.ts')])
  return { shell: a.shell, parts: b.parts, measure: c.measure }
}

/** Resolves once all words of the language shown are there. Every page but the first waits for it. */
export async function allWords(): Promise<void> {
  const language = wanted
  if (shown?.language === language && shown.all) return
  show({ language, messages: await everything[language](), all: true })
}

/** The language shown now, and the verb that changes and remembers it. */
export function useLanguage(): { language: Language; setLanguage: (to: Language) => void } {
  return { language: useShown()?.language ?? wanted, setLanguage }
}

function setLanguage(to: Language) {
  localStorage.setItem(remembered, to)
  wanted = to
  void allWords()
}

/** The language of an account, for a browser on which nobody has chosen one. */
export function preferLanguage(to: Language): void {
  if (localStorage.getItem(remembered) || to === wanted) return
  wanted = to
  void allWords()
}

function watch(fn: () => void) {
  watchers.add(fn)
  return () => watchers.delete(fn)
}
const useShown = () => useSyncExternalStore(watch, () => shown)

/** A word that is missing shows its key; types catch it before that. */
const unknownWord = () => {}

/** Holds the words of the language shown. */
export function Words({ children }: { children: ReactNode }) {
  const now = useShown()
  const zone = useZone()
  useEffect(() => {
    if (!now) void firstEnglish().then((messages) => show({ language: 'en', messages, all: false }))
    else if (!now.all) void allWords()
  }, [now])
  if (!now) return null
  return (
    <IntlProvider locale={now.language} messages={now.messages as typeof ja} timeZone={zone} onError={unknownWord}>
      {children}
    </IntlProvider>
  )
}
