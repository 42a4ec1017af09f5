import { Modal, TextInput } from '@mantine/core'
import { ClipboardPaste, Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Place } from './edit.ts'
import { GROUPS } from './kinds.ts'
import { type PaletteItem, paletteOf } from './palette.ts'
import type { Names } from './useNames.ts'

interface Props {
  /** Where it goes; null is closed. */
  readonly place: Place | null
  readonly names: Names
  /** Steps that were copied, here or in another scenario. */
  readonly copied: readonly Step[]
  readonly onClose: () => void
  readonly onPick: (item: PaletteItem) => void
  readonly onPaste: () => void
}

/** Which step to put here: every kind with one line on what it does, found by its words. Enter takes the first. */
export function AddStep(props: Props) {
  const t = useWords('orchestrate')
  return (
    <Modal
      opened={props.place !== null}
      onClose={props.onClose}
      title={t('addStep')}
      size={820}
      closeButtonProps={{ 'aria-label': t('close') }}
      transitionProps={{ duration: 120 }}
      centered
    >
      {props.place && <Palette {...props} />}
    </Modal>
  )
}

function Palette({ place, names, copied, onPick, onPaste }: Props) {
  const t = useWords('orchestrate')
  const { language } = useLanguage()
  const words = useItemWords()
  const [asked, setAsked] = useState('')
  const wanted = asked.normalize('NFKC').trim().toLowerCase()
  const items = paletteOf(place, names, language).filter((item) => {
    const { title, hint } = words(item)
    return !wanted || `${title} ${hint}`.normalize('NFKC').toLowerCase().includes(wanted)
  })
  const take = (event: FormEvent) => {
    event.preventDefault()
    const [first] = GROUPS.flatMap((group) => items.filter((item) => item.group === group))
    if (wanted && first) onPick(first)
  }
  return (
    <form onSubmit={take} className="stack">
      <TextInput
        data-autofocus
        aria-label={t('findStep')}
        placeholder={t('findStep')}
        leftSection={<Search size={15} aria-hidden />}
        value={asked}
        onChange={(event) => setAsked(event.currentTarget.value)}
      />
      {copied.length > 0 && !wanted && (
        <button type="button" className="sc-kind sc-paste" onClick={onPaste}>
          <span className="ic">
            <ClipboardPaste size={17} aria-hidden />
          </span>
          <span>
            <b>{t('clip.paste', { n: copied.length })}</b>
            <span className="muted">{t('clip.pasteText')}</span>
          </span>
        </button>
      )}
      {items.length === 0 && <p className="muted">{t('noStepFound')}</p>}
      <div className="sc-kinds">
        {GROUPS.filter((group) => items.some((item) => item.group === group)).map((group) => (
          <section key={group}>
            <h3>{t(`groups.${group}`)}</h3>
            {items
              .filter((item) => item.group === group)
              .map((item) => (
                <Line key={item.key} item={item} onPick={onPick} />
              ))}
          </section>
        ))}
      </div>
    </form>
  )
}

function Line({ item, onPick }: { item: PaletteItem; onPick: (item: PaletteItem) => void }) {
  const { title, hint } = useItemWords()(item)
  const Icon = item.icon
  return (
    <button type="button" className="sc-kind" onClick={() => onPick(item)}>
      <span className="ic" data-hue={item.hue}>
        <Icon size={17} aria-hidden />
      </span>
      <span>
        <b>{title}</b>
        <span className="muted">{hint}</span>
      </span>
    </button>
  )
}

/** What a line of the palette is called, and what it does. */
function useItemWords() {
  const t = useWords('orchestrate')
  return (item: PaletteItem): { title: string; hint: string } => {
    const hint = t(`hints.${item.key as 'mail'}`)
    if (item.is === 'trigger') return { title: t(`trigger.${item.kind}`), hint }
    if (item.key.startsWith('wait_')) return { title: t(`wait.${item.key.slice(5) as 'for'}`), hint }
    return { title: t(`kinds.${item.key as 'mail'}`), hint }
  }
}
