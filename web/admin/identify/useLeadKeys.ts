import { useEffect, useEffectEvent } from 'react'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.isContentEditable ||
    target.closest('[role=dialog],[role=menu],[role=listbox]') !== null)

/** Steps to the next or the previous entry of the timeline. */
function step(by: 1 | -1): void {
  const entries = [...document.querySelectorAll<HTMLElement>('.lead-page [data-entry]')]
  const here = entries.indexOf(document.activeElement as HTMLElement)
  const next = here < 0 ? (by > 0 ? 0 : entries.length - 1) : Math.min(entries.length - 1, Math.max(0, here + by))
  entries[next]?.focus()
}

/** The keys of a person's page; `g` + letter belongs to the shell. Never while somebody types. */
export function useLeadKeys(keys: Readonly<Record<string, () => void>>): void {
  const onKey = useEffectEvent((e: KeyboardEvent, state: { g: number }) => {
    if (e.isComposing || e.metaKey || e.ctrlKey || e.altKey || typing(e.target)) return
    const afterG = e.timeStamp - state.g < 900
    state.g = e.key === 'g' ? e.timeStamp : -1e9
    if (afterG) return
    if (e.key === 'j' || e.key === 'k') {
      e.preventDefault()
      return step(e.key === 'j' ? 1 : -1)
    }
    const run = keys[e.key]
    if (!run) return
    e.preventDefault()
    run()
  })
  useEffect(() => {
    const state = { g: -1e9 }
    const listen = (e: KeyboardEvent) => onKey(e, state)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
