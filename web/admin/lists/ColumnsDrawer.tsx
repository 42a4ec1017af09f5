import { ActionIcon, Button, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { FactShown } from '../identify/listColumns.tsx'
import { isFactColumn, SCORE_COLUMN } from '../identify/listKeys.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useLanguage, useWords } from '../words/words.tsx'

/** Columns that are no facts, or stand for more than one. */
function useOwn(): Readonly<Record<string, string>> {
  const t = useWords('identify')
  return {
    companyName: t('company'),
    'sales.stage': t('stage'),
    [SCORE_COLUMN]: t('score'),
    owner: t('owner'),
    last: t('last'),
    mail: t('mail'),
    tags: t('tags'),
    priority: t('priority'),
    externalId: t('externalId'),
    createdAt: t('createdAt'),
    lastSeenAt: t('lastSeen'),
  }
}

const MOST = 20

/** Which columns a list shows, and in which order. */
export function ColumnsDrawer({
  keys,
  usual,
  facts,
  onChange,
  onClose,
}: {
  keys: readonly string[]
  usual: readonly string[]
  facts: readonly FactShown[]
  onChange: (to: readonly string[]) => void
  onClose: () => void
}) {
  const l = useWords('lists')
  const { language } = useLanguage()
  const own = useOwn()
  const [find, setFind] = useState('')
  const nameOf = (key: string) => own[key] ?? facts.find((fact) => fact.name === key)?.[language] ?? key
  const all = [...Object.keys(own), ...facts.map((fact) => fact.name).filter((name) => isFactColumn(name) && name !== 'isLead')]
  const wanted = find.normalize('NFKC').toLowerCase()
  const rest = all.filter((key) => !keys.includes(key) && nameOf(key).normalize('NFKC').toLowerCase().includes(wanted))
  const move = (from: number, to: number) => {
    const next = [...keys]
    const [moved] = next.splice(from, 1)
    if (moved) next.splice(to, 0, moved)
    onChange(next)
  }
  return (
    <SideDrawer opened onClose={onClose} title={l('columnsTitle')}>
      <div className="stack">
        <p className="muted">{l('columnsHint')}</p>
        <section aria-label={l('shownColumns')}>
          <ol className="column-list">
            {keys.map((key, i) => (
              <li key={key}>
                <span className="clip">{nameOf(key)}</span>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  disabled={i === 0}
                  aria-label={`${l('up')} ${nameOf(key)}`}
                  onClick={() => move(i, i - 1)}
                >
                  <ArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  disabled={i === keys.length - 1}
                  aria-label={`${l('down')} ${nameOf(key)}`}
                  onClick={() => move(i, i + 1)}
                >
                  <ArrowDown size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  disabled={keys.length === 1}
                  aria-label={`${l('remove')} ${nameOf(key)}`}
                  onClick={() => onChange(keys.filter((one) => one !== key))}
                >
                  <X size={14} />
                </ActionIcon>
              </li>
            ))}
          </ol>
        </section>
        <TextInput
          size="xs"
          label={l('moreColumns')}
          placeholder={l('findColumn')}
          value={find}
          onChange={(e) => setFind(e.currentTarget.value)}
        />
        <ul className="column-list more">
          {rest.map((key) => (
            <li key={key}>
              <button type="button" disabled={keys.length >= MOST} onClick={() => onChange([...keys, key])}>
                <Plus size={14} aria-hidden /> <span className="clip">{nameOf(key)}</span>
              </button>
            </li>
          ))}
        </ul>
        <Button variant="default" size="xs" onClick={() => onChange(usual)}>
          {l('reset')}
        </Button>
      </div>
    </SideDrawer>
  )
}
