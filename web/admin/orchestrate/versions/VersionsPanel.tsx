import './versions.css'
import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { again, api } from '../../api.ts'
import { useLive } from '../../live.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'
import { Comparison } from './Comparison.tsx'
import { DiffCard } from './DiffCard.tsx'
import { Moves } from './Moves.tsx'
import { RollbackModal } from './RollbackModal.tsx'
import { VersionList } from './VersionList.tsx'
import type { Version } from './versions.ts'

/** What was published when: differences, the way back, the people on older versions, and what came of each. */
export function VersionsPanel({ id, detail, draft, canEdit }: PanelProps) {
  const t = useWords('scenarioVersions')
  const list = useQuery(api.scenarios.versions.queryOptions({ input: { id } }))
  const [picked, setPicked] = useState<number | null>(null)
  const [back, setBack] = useState<Version | null>(null)
  const [moving, setMoving] = useState<Version | null>(null)
  useLive('scenario', (payload) => {
    if ((payload as { id?: string } | null)?.id === id) void again(api.scenarios.versions.key(), api.scenarioVersions.key())
  })
  if (list.isPending) return <Framed content={<Skeletons rows={5} height={72} />} />
  if (list.error) return <Framed content={<ErrorNote error={list.error} retry={list.refetch} />} />
  const items = list.data.items
  const [newest] = items
  if (!newest) {
    return (
      <Framed
        content={
          <EmptyState icon={History} title={t('none')}>
            {t('noneText')}
          </EmptyState>
        }
      />
    )
  }
  const live = items.find((one) => one.isLive)
  const shown = items.find((one) => one.version === picked) ?? newest
  return (
    <div className="page">
      <div className="stack">
        <Moves id={id} paused={detail.state === 'paused'} canEdit={canEdit} />
        <div className="sv-two">
          <VersionList
            id={id}
            items={items}
            picked={shown.version}
            canEdit={canEdit}
            draft={draft}
            onPick={setPicked}
            onBack={setBack}
            onMove={detail.state === 'live' || detail.state === 'paused' ? setMoving : null}
          />
          <DiffCard key={shown.version} id={id} items={items} version={shown.version} draft={draft} hasChanges={detail.hasChanges} />
        </div>
        <Comparison id={id} items={items} />
      </div>
      {back && <RollbackModal id={id} version={back} items={items} hasChanges={detail.hasChanges} onClose={() => setBack(null)} />}
      {moving && live && (
        <RollbackModal id={id} version={moving} items={items} to={live} hasChanges={false} onClose={() => setMoving(null)} />
      )}
    </div>
  )
}

const Framed = ({ content }: { content: React.ReactNode }) => <div className="page">{content}</div>
