import { ActionIcon, Popover } from '@mantine/core'
import { Keyboard } from 'lucide-react'
import { useWords } from '../words/words.tsx'

const KEYS = [
  ['walk', '← ↑ → ↓'],
  ['range', 'Shift + ↑ ↓'],
  ['edit', 'Enter'],
  ['back', 'Esc'],
  ['add', '+'],
  ['carry', 'M'],
  ['nudge', 'Alt + ↑ ↓'],
  ['copy', 'Ctrl + C / X / V'],
  ['twice', 'Ctrl + D'],
  ['remove', 'Delete'],
  ['undo', 'Ctrl + Z / Shift + Z'],
] as const

/** What can be done without a mouse. */
export function KeysHelp() {
  const t = useWords('orchestrate')
  return (
    <Popover position="bottom-end" withArrow trapFocus={false}>
      <Popover.Target>
        <ActionIcon className="hide-s" variant="transparent" color="gray" aria-label={t('help')} title={t('help')}>
          <Keyboard size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className="sc-keys">
          {KEYS.map(([word, keys]) => (
            <div key={word}>
              <dt>{t(`helpKeys.${word}`)}</dt>
              <dd>
                <kbd>{keys}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  )
}
