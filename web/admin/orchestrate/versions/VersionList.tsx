import { ActionIcon, Menu, Textarea } from '@mantine/core'
import { ArrowRightFromLine, Ellipsis, FileInput, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { again, api, client } from '../../api.ts'
import { Ago } from '../../parts/Ago.tsx'
import { Chip } from '../../parts/Chip.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import type { DraftState } from '../useDraft.ts'
import type { Version } from './versions.ts'

interface ListProps {
  readonly id: string
  readonly items: readonly Version[]
  readonly picked: number
  readonly canEdit: boolean
  readonly draft: DraftState
  readonly onPick: (version: number) => void
  readonly onBack: (version: Version) => void
  /** Null when nobody can be moved: the scenario is not live. */
  readonly onMove: ((version: Version) => void) | null
}

export function VersionList(props: ListProps) {
  const t = useWords('scenarioVersions')
  return (
    <section className="card sv-list" aria-label={t('list')}>
      <div className="card-head">
        <h2>{t('list')}</h2>
      </div>
      <ol>
        {props.items.map((one) => (
          <li key={one.version} data-picked={one.version === props.picked || undefined}>
            <Line {...props} one={one} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Line({ one, ...props }: ListProps & { one: Version }) {
  const t = useWords('scenarioVersions')
  const picked = one.version === props.picked
  return (
    <>
      <div className="sv-line">
        <button type="button" aria-pressed={picked} onClick={() => props.onPick(one.version)}>
          <span className="row wrap">
            <b className="num">{t('version', { n: one.version })}</b>
            {one.isLive && <Chip tone="green">{t('live')}</Chip>}
            {one.copyOf !== null && <Chip dot={false}>{t('copyOf', { n: one.copyOf })}</Chip>}
            {one.active > 0 && <span className="num">{t('people', { n: one.active })}</span>}
          </span>
          <span className="muted">
            <Ago at={one.publishedAt} />・{t('by', { name: one.publishedBy, steps: one.steps })}
          </span>
          {one.note && !(picked && props.canEdit) && <span>{one.note}</span>}
        </button>
        {props.canEdit && <Acts {...props} one={one} />}
      </div>
      {picked && props.canEdit && <Note key={one.version} id={props.id} one={one} />}
    </>
  )
}

function Acts({ id, one, draft, onBack, onMove }: ListProps & { one: Version }) {
  const t = useWords('scenarioVersions')
  const toast = useToasts()
  const take = () =>
    client.scenarios.version({ id, version: one.version }).then((found) => {
      const before = draft.graph
      const taken = found.graph as unknown as Graph
      draft.setGraph(() => taken)
      // What was changed since, here or by a colleague, is not thrown away for it.
      toast.undo(t('taken', { n: one.version }), async () => {
        if (!draft.swap(taken, before)) throw new Error(t('takenSince'))
      })
    }, toast.failed)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actions', { n: one.version })}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!one.isLive && (
          <Menu.Item leftSection={<Undo2 size={14} />} onClick={() => onBack(one)}>
            {t('rollback')}
          </Menu.Item>
        )}
        {onMove && !one.isLive && one.active > 0 && (
          <Menu.Item leftSection={<ArrowRightFromLine size={14} />} onClick={() => onMove(one)}>
            {t('move')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<FileInput size={14} />} onClick={() => void take()}>
          {t('take')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Note({ id, one }: { id: string; one: Version }) {
  const t = useWords('scenarioVersions')
  const toast = useToasts()
  const [note, setNote] = useState(one.note)
  const save = () => {
    if (note.trim() === one.note) return
    client.scenarioVersions.note({ id, version: one.version, note }).then(() => {
      toast.done(t('noteSaved'))
      void again(api.scenarios.versions.key())
    }, toast.failed)
  }
  return (
    <Textarea
      className="sv-note"
      size="xs"
      autosize
      minRows={1}
      maxLength={500}
      aria-label={t('note')}
      placeholder={t('notePlaceholder')}
      value={note}
      onChange={(event) => setNote(event.currentTarget.value)}
      onBlur={save}
    />
  )
}
