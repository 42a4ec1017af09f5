import { Modal } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { paletteKey } from './platform.ts'
import { useNav } from './useNav.ts'

/** The list of keyboard shortcuts. */
export function Help({ close }: { close: () => void }) {
  const t = useWords('shell')
  const { items } = useNav()
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
    <Modal opened onClose={close} title={t('help')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
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
