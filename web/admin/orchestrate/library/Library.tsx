import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { type LibraryItem, PURPOSES, type Purpose } from '#loop/orchestrate/library/contract.ts'
import { api } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useLanguage, useWords } from '../../words/words.tsx'
import { BLANK, LIBRARY_ICONS } from './icons.ts'
import { Preview } from './Preview.tsx'
import './library.css'

/** What a scenario can begin from: found by purpose or words, looked at, then made. */
export function Library({ phone }: { phone: boolean }) {
  const { language } = useLanguage()
  const found = useQuery({ ...api.scenarios.library.queryOptions({ input: { language } }), staleTime: Number.POSITIVE_INFINITY })
  if (found.isError) return <ErrorNote error={found.error} />
  if (!found.data) return <Skeletons />
  return <Shelves items={found.data.items as LibraryItem[]} link={found.data.link} phone={phone} />
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

function Shelves({ items, link, phone }: { items: readonly LibraryItem[]; link: string; phone: boolean }) {
  const t = useWords('library')
  const [asked, setAsked] = useState('')
  const [purpose, setPurpose] = useState<Purpose | null>(null)
  const [picked, setPicked] = useState<string | null>(phone ? null : (items[0]?.id ?? BLANK))
  const words = plain(asked).split(/\s+/).filter(Boolean)
  const shown = items.filter((item) => {
    const told = plain([item.name, item.text, item.enters, ...item.purposes.map((one) => t(`purposes.${one}`))].join(' '))
    return (!purpose || item.purposes.includes(purpose)) && words.every((word) => told.includes(word))
  })
  const item = items.find((one) => one.id === picked)
  if (phone && picked) return <Preview key={picked} item={item} link={link} onBack={() => setPicked(null)} />
  return (
    <div className="sl">
      <div className="sl-shelf">
        <TextInput
          data-autofocus
          aria-label={t('find')}
          placeholder={t('find')}
          leftSection={<Search size={15} aria-hidden />}
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
        <fieldset className="sl-purposes" aria-label={t('purpose')}>
          {[null, ...PURPOSES].map((one) => (
            <button key={one ?? 'all'} type="button" className="chip" aria-pressed={one === purpose} onClick={() => setPurpose(one)}>
              {one ? t(`purposes.${one}`) : t('all')}
            </button>
          ))}
        </fieldset>
        <div className="sl-list">
          {shown.map((one) => (
            <Entry key={one.id} id={one.id} name={one.name} text={one.enters} checked={one.id === picked} onPick={setPicked} />
          ))}
          {!shown.length && <p className="muted sl-none">{t('none')}</p>}
          <Entry id={BLANK} name={t('blank')} text={t('blankText')} checked={picked === BLANK} onPick={setPicked} />
        </div>
      </div>
      {!phone && <Preview key={picked} item={item} link={link} />}
    </div>
  )
}

interface EntryProps {
  readonly id: LibraryItem['id']
  readonly name: string
  readonly text: string
  readonly checked: boolean
  readonly onPick: (id: string) => void
}

function Entry({ id, name, text, checked, onPick }: EntryProps) {
  const { icon: Icon, hue } = LIBRARY_ICONS[id]
  return (
    <button type="button" className="sl-entry" aria-pressed={checked} data-starter={id} onClick={() => onPick(id)}>
      <span className="ic" data-hue={hue}>
        <Icon size={17} aria-hidden />
      </span>
      <b>{name}</b>
      <span className="muted">{text}</span>
    </button>
  )
}
