import { ActionIcon, Button, TextInput } from '@mantine/core'
import { Archive, ArrowDown, ArrowUp, Plus, Undo2 } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import type { Field } from './fieldShow.ts'

type Options = Field['options']

/** The options of a choice, in order. One that leads may have is archived, never lost: their values stay. */
export function OptionsInput({ value, onChange }: { value: Options; onChange: (to: Options) => void }) {
  const t = useWords('fields')
  const set = (index: number, change: Partial<Options[number]>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...change } : one)))
  const move = (from: number, to: number) => {
    const next = [...value]
    const [one] = next.splice(from, 1)
    if (one) next.splice(to, 0, one)
    onChange(next)
  }
  const fresh = () => {
    const taken = new Set(value.map((one) => one.value))
    for (let n = value.length + 1; ; n++) if (!taken.has(`o${n}`)) return { value: `o${n}`, ja: '', en: '' }
  }
  return (
    <fieldset className="section">
      <legend>{t('options')}</legend>
      <ul className="option-list">
        {value.map((one, index) => (
          <li key={one.value} className={one.archived ? 'away' : undefined}>
            <TextInput
              size="xs"
              aria-label={`${t('optionJa')} ${index + 1}`}
              placeholder={t('optionJa')}
              value={one.ja}
              disabled={one.archived === true}
              onChange={(event) => set(index, { ja: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label={`${t('optionEn')} ${index + 1}`}
              placeholder={t('optionEn')}
              value={one.en}
              disabled={one.archived === true}
              onChange={(event) => set(index, { en: event.currentTarget.value })}
            />
            <span className="row">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('moveUp', { name: one.ja })}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              >
                <ArrowUp size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('moveDown', { name: one.ja })}
                disabled={index === value.length - 1}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t(one.archived ? 'restoreOption' : 'archiveOption', { name: one.ja })}
                onClick={() => set(index, { archived: !one.archived })}
              >
                {one.archived ? <Undo2 size={14} /> : <Archive size={14} />}
              </ActionIcon>
            </span>
          </li>
        ))}
      </ul>
      <Button size="compact-sm" variant="default" leftSection={<Plus size={13} />} onClick={() => onChange([...value, fresh()])}>
        {t('addOption')}
      </Button>
    </fieldset>
  )
}
