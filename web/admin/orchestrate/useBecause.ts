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

/** Names of events and sentences for reasons, in the language shown. */
export function useBecause() {
  const t = useWords('orchestrate')
  const f = useFormats()
  // A dot would nest words: `page.viewed` has the key `page_viewed`.
  const eventName = (name: string): string => {
    const key = `events.${name.replaceAll('.', '_') as EventWord}` as const
    return t.has(key) ? t(key) : name.replace(/^custom\./, '')
  }
  const held = (reason: string): string => {
    const key = `held.${reason as HeldWord}` as const
    return t('because.heldMail', { reason: t.has(key) ? t(key) : reason })
  }
  const because = (reason: Because): string => {
    if (reason.kind === 'waited') return t('because.waited')
    if (reason.kind === 'event') return t('because.event', { name: eventName(String(reason['name'])) })
    if (reason.kind === 'timedOut') return t('because.timedOut')
    if (reason.kind === 'rule') return reason['yes'] ? t('because.ruleYes') : t('because.ruleNo')
    if (reason.kind === 'drawn') return t('because.drawn')
    if (reason.kind === 'case') return reason['key'] === null ? t('because.noCase') : t('because.case')
    if (reason.kind === 'timing') return reason['arm'] === 'control' ? t('because.timingControl') : t('because.timingBest')
    if (reason.kind === 'late') return t('because.late', { n: Number(reason['hours'] ?? 0) })
    if (reason.kind === 'moved') return t('because.moved', { name: String(reason['by'] ?? '') })
    if (reason.kind === 'hurried') return t('because.hurried', { name: String(reason['by'] ?? '') })
    if (reason.kind === 'waitsUntil') return t('because.waitsUntil', { when: f.instant(String(reason['when'])) })
    return typeof reason['outcome'] === 'string' ? held(reason['outcome']) : t('because.done')
  }
  return { eventName, because }
}
