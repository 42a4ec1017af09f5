// Why a step was left, in one line.
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'

type EventWord = 'page_viewed'
type HeldWord = 'gone'

/** A reason as the server gives it. */
export interface Because {
  readonly kind: string
  readonly [key: string]: unknown
}

/** Names of events, and words and sentences for reasons, in the language shown. */
export function useBecause() {
  const t = useWords('orchestrate')
  const f = useFormats()
  // A dot would nest words: `page.viewed` has the key `page_viewed`.
  const eventName = (name: string): string => {
    const key = `events.${name.replaceAll('.', '_') as EventWord}` as const
    return t.has(key) ? t(key) : name.replace(/^custom\./, '')
  }
  /** Why something was not done, or a fault in its own words. */
  const reason = (what: string): string => {
    const key = `held.${what as HeldWord}` as const
    return t.has(key) ? t(key) : what
  }
  const because = (why: Because): string => {
    if (why.kind === 'waited') return t('because.waited')
    if (why.kind === 'event') return t('because.event', { name: eventName(String(why['name'])) })
    if (why.kind === 'timedOut') return t('because.timedOut')
    if (why.kind === 'rule') return why['yes'] ? t('because.ruleYes') : t('because.ruleNo')
    if (why.kind === 'drawn') return t('because.drawn')
    if (why.kind === 'case') return why['key'] === null ? t('because.noCase') : t('because.case')
    if (why.kind === 'timing') return why['arm'] === 'control' ? t('because.timingControl') : t('because.timingBest')
    if (why.kind === 'late') return t('because.late', { n: Number(why['hours'] ?? 0) })
    if (why.kind === 'moved') return t('because.moved', { name: String(why['by'] ?? '') })
    if (why.kind === 'hurried') return t('because.hurried', { name: String(why['by'] ?? '') })
    if (why.kind === 'waitsUntil') return t('because.waitsUntil', { when: f.instant(String(why['when'])) })
    return typeof why['outcome'] === 'string' ? t('because.heldMail', { reason: reason(why['outcome']) }) : t('because.done')
  }
  return { eventName, reason, because }
}
