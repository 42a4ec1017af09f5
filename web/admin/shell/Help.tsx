import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useWords } from '../words/words.tsx'
import { paletteKey } from './platform.ts'
import { useNav } from './useNav.ts'

const opened = 'hagukumi:help'

/** Opens the list of keys from anywhere. */
export const openHelp = () => dispatchEvent(new Event(opened))

/** The list of keyboard shortcuts. */
export function Help() {
  const t = useWords('shell')
  const { items } = useNav()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    addEventListener(opened, show)
    return () => removeEventListener(opened, show)
  }, [])
  const general: [string[], string][] = [
    [[paletteKey], t('keys.palette')],
    [['/'], t('keys.filter')],
    [['?'], t('keys.help')],
    [['J', 'K'], t('keys.move')],
    [['X'], t('keys.select')],
    [['Enter'], t('keys.open')],
    [['Esc'], t('keys.escape')],
  ]
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={t('help')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="keys">
        {general.map(([keys, words]) => (
          <KeyLine key={words} keys={keys} words={words} />
        ))}
        {items
          .filter((i) => i.key)
          .map((i) => (
            <KeyLine key={i.to} keys={['G', (i.key ?? '').toUpperCase()]} words={t('keys.go', { page: t(`nav.${i.word}`) })} />
          ))}
      </div>
    </Modal>
  )
}

const KeyLine = ({ keys, words }: { keys: string[]; words: string }) => (
  <div className="row">
    <span className="key-set">
      {keys.map((k) => (
        <kbd key={k}>{k}</kbd>
      ))}
    </span>
    <span>{words}</span>
  </div>
)
