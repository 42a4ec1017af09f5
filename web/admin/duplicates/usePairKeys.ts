import { useEffect, useRef } from 'react'

interface Acts {
  readonly merge: () => Promise<void>
  readonly different: () => Promise<void>
  readonly keep: (side: 'a' | 'b') => void
  readonly step: (by: 1 | -1) => void
}

/** m merges, d says two people, arrows choose who stays, j and k walk; never while typing or with another key held. */
export function usePairKeys(acts: Acts, on: boolean): void {
  const held = useRef(acts)
  held.current = acts
  useEffect(() => {
    if (!on) return
    const hear = (event: KeyboardEvent) => {
      if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey || event.repeat) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"], [contenteditable]')) return
      const { merge, different, keep, step } = held.current
      const run: Record<string, () => void> = {
        m: () => void merge(),
        d: () => void different(),
        j: () => step(1),
        k: () => step(-1),
        ArrowLeft: () => keep('a'),
        ArrowRight: () => keep('b'),
      }
      const act = run[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [on])
}
