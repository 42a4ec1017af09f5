import { Button, Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { useWords } from '../words/words.tsx'
import { ErrorNote } from './ErrorNote.tsx'

/**
 * A form beside the page; a bottom sheet on a phone. The verb stands on the button.
 *   <FormDrawer opened={…} onClose={…} title="リードを追加" verb="追加" busy={form.busy} failed={form.failed} onSubmit={form.send(…)}>
 */
export function FormDrawer({
  opened,
  onClose,
  title,
  verb,
  busy,
  failed,
  onSubmit,
  children,
  wide,
  readOnly,
}: {
  opened: boolean
  onClose: () => void
  title: string
  verb?: string
  busy?: boolean
  failed?: unknown
  onSubmit: (event: React.FormEvent<HTMLFormElement>) => void
  children: ReactNode
  wide?: boolean
  /** Nothing to save: one button that closes. */
  readOnly?: boolean
}) {
  const t = useWords('parts')
  const shell = useWords('shell')
  return (
    <SideDrawer opened={opened} onClose={onClose} title={title} {...(wide ? { wide } : {})}>
      <form className="drawer-form" onSubmit={onSubmit} noValidate>
        <div className="stack">
          {children}
          <ErrorNote error={failed} />
        </div>
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {readOnly ? shell('close') : t('cancel')}
          </Button>
          {!readOnly && (
            <Button type="submit" loading={busy ?? false}>
              {verb ?? t('save')}
            </Button>
          )}
        </div>
      </form>
    </SideDrawer>
  )
}

/** A drawer at the right, a bottom sheet on a phone. */
export function SideDrawer({
  opened,
  onClose,
  title,
  children,
  wide,
}: {
  opened: boolean
  onClose: () => void
  title: ReactNode
  children: ReactNode
  wide?: boolean
}) {
  const t = useWords('shell')
  useFocusBack()
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position={phone ? 'bottom' : 'right'}
      size={phone ? 'auto' : wide ? 720 : 440}
      closeButtonProps={{ 'aria-label': t('close') }}
      classNames={{ title: 'drawer-title', content: 'drawer' }}
      overlayProps={{ backgroundOpacity: 0.25 }}
      transitionProps={{ duration: 150 }}
    >
      {children}
    </Drawer>
  )
}

/** A drawer that goes away at once leaves the focus nowhere: it goes back to what had it, else to the page. */
function useFocusBack() {
  const before = useRef(document.activeElement)
  useEffect(() => {
    const had = before.current
    return () => {
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return
        const back = had instanceof HTMLElement && had.isConnected && had !== document.body ? had : document.getElementById('main')
        back?.focus({ preventScroll: true })
      })
    }
  }, [])
}

/** A titled part of a form: `<Section title="差出人" hint="メールの法定表示に使われます">`. */
export function Section({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="section">
      <legend>{title}</legend>
      {hint && <p className="muted">{hint}</p>}
      <div className="stack">{children}</div>
    </fieldset>
  )
}
