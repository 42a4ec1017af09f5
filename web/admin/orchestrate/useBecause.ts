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
  const w = useWords('scenarioPeople')
  const f = useFormats()
  // A dot would nest words: `page.viewed` has the key `page_viewed`.
  const eventName = (name: string): string => {
    const key = `events.${name.replaceAll('.', '_') as EventWord}` as const
    return t.has(key) ? t(key) : name.replace(/^custom\./, '')
  }
  /** Why something was not done, or a fault in its own words. */
  const reason = (what: string): string => {
    const key = `held.${what as HeldWord}` as const
    return w.has(key) ? w(key) : what
  }
  const because = (why: Because): string => {
    if (why.kind === 'waited') return w('because.waited')
    if (why.kind === 'event') return w('because.event', { name: eventName(String(why['name'])) })
    if (why.kind === 'timedOut') return w('because.timedOut')
    if (why.kind === 'rule') return why['yes'] ? w('because.ruleYes') : w('because.ruleNo')
    if (why.kind === 'drawn') return w('because.drawn')
    if (why.kind === 'case') return why['key'] === null ? w('because.noCase') : w('because.case')
    if (why.kind === 'timing') return why['arm'] === 'control' ? w('because.timingControl') : w('because.timingBest')
    if (why.kind === 'late') return w('because.late', { n: Number(why['hours'] ?? 0) })
    if (why.kind === 'moved') return w('because.moved', { name: String(why['by'] ?? '') })
    if (why.kind === 'hurried') return w('because.hurried', { name: String(why['by'] ?? '') })
    if (why.kind === 'waitsUntil') return w('because.waitsUntil', { when: f.instant(String(why['when'])) })
    return typeof why['outcome'] === 'string' ? w('because.heldMail', { reason: reason(why['outcome']) }) : w('because.done')
  }
  return { eventName, reason, because }
}
