import { useRouter } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { openHelp } from './help.ts'
import { useNav } from './useNav.ts'

/** Whether keys belong to a field, a menu or a dialog just now; shortcuts then keep out. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.isContentEditable ||
    target.closest('[role=dialog],[role=menu],[role=listbox]') !== null
  )
}

/** The keys that work everywhere: ⌘K, `g` + letter, `/`, `?`. Never while an input method is composing. */
export function useKeys(openPalette: () => void) {
  const router = useRouter()
  const { items } = useNav()
  const onKey = useEffectEvent((e: KeyboardEvent, state: { g: number }) => {
    if (e.isComposing || e.keyCode === 229) return
    if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === 'k') {
      e.preventDefault()
      openPalette()
      return
    }
    if (e.metaKey || e.ctrlKey || e.altKey || typing(e.target)) return
    const to = e.timeStamp - state.g < 900 ? items.find((i) => i.key === e.key) : undefined
    state.g = e.key === 'g' ? e.timeStamp : -1e9
    if (to) void router.navigate({ to: to.to })
    else if (e.key === '?') openHelp()
    else if (e.key === '/') {
      const filter = document.querySelector<HTMLElement>('main [data-filter]')
      if (!filter) return
      e.preventDefault()
      filter.focus()
    } else if ((e.key === 'j' || e.key === 'k') && (e.target === document.body || (e.target as HTMLElement).id === 'main'))
      // From nowhere in particular the first step leads into the list.
      document.querySelector<HTMLElement>('main [role=grid]')?.focus()
  })
  useEffect(() => {
    const state = { g: -1e9 }
    const listen = (e: KeyboardEvent) => onKey(e, state)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
