// Undo, redo and the clipboard work anywhere on the page of the editor, except inside a field or a dialog.
import { useEffect, useEffectEvent } from 'react'

interface Keys {
  readonly undo: () => void
  readonly redo: () => void
  readonly copy: () => string
  readonly cut: () => string
  readonly paste: (text: string) => void
}

/** Whether keys belong to something else: a field, a dialog, marked text. */
function isElsewhere(target: EventTarget | null): boolean {
  const at = target instanceof HTMLElement ? target : document.body
  return (
    at.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]') !== null ||
    document.querySelector('[role="dialog"][aria-modal="true"]') !== null
  )
}

const isMarked = (): boolean => !(document.getSelection()?.isCollapsed ?? true)

export function useEditorKeys(canEdit: boolean, keys: Keys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!canEdit || event.isComposing || !(event.ctrlKey || event.metaKey) || isElsewhere(event.target)) return
    const key = event.key.toLowerCase()
    if (key === 'z' && !event.shiftKey) keys.undo()
    else if ((key === 'z' && event.shiftKey) || key === 'y') keys.redo()
    else return
    event.preventDefault()
  })
  const onClip = useEffectEvent((event: ClipboardEvent) => {
    if (isElsewhere(event.target) || (event.type !== 'paste' && isMarked()) || (event.type !== 'copy' && !canEdit)) return
    if (event.type === 'paste') {
      const text = event.clipboardData?.getData('text/plain') ?? ''
      if (!text) return
      event.preventDefault()
      return keys.paste(text)
    }
    const text = event.type === 'cut' ? keys.cut() : keys.copy()
    if (!text) return
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  })
  useEffect(() => {
    const key = (event: KeyboardEvent) => onKey(event)
    const clip = (event: ClipboardEvent) => onClip(event)
    document.addEventListener('keydown', key)
    for (const name of ['copy', 'cut', 'paste'] as const) document.addEventListener(name, clip)
    return () => {
      document.removeEventListener('keydown', key)
      for (const name of ['copy', 'cut', 'paste'] as const) document.removeEventListener(name, clip)
    }
  }, [])
}
