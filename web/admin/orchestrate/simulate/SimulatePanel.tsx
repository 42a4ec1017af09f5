import './simulate.css'
import { ActionIcon, Select, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { History, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { SimulationDetail, SimulationSummary } from '#loop/orchestrate/simulate/contract.ts'
import { again, api, client } from '../../api.ts'
import { useLive } from '../../live.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'
import { Result } from './Result.tsx'
import { StartForm } from './StartForm.tsx'

const UNDER_WAY = new Set(['waiting', 'running'])

/** The time machine: a draft over the real past, before it is switched on. */
export function SimulatePanel({ id, draft, canEdit }: PanelProps) {
  const t = useWords('simulate')
  const [picked, setPicked] = useState<string | null>(null)
  const list = useQuery(api.simulations.list.queryOptions({ input: { scenario: id } }))
  useLive('simulation', (payload) => {
    const about = payload as { scenario?: string } | null
    if (about?.scenario === undefined || about.scenario === id) void again(api.simulations.list.key(), api.simulations.get.key())
  })
  // The schema of a graph reads itself: the client's type of it is another one by name alone.
  const items = (list.data?.items ?? []) as unknown as readonly SimulationSummary[]
  const shown = items.find((one) => one.id === picked) ?? items[0]
  return (
    <div className="page">
      <div className="stack">
        {canEdit && <StartForm id={id} draft={draft} onStarted={setPicked} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isPending && <Skeletons rows={3} height={72} />}
        {list.data && !items.length && (
          <EmptyState icon={History} title={t('emptyTitle')}>
            {t('emptyText')}
          </EmptyState>
        )}
        {shown && <Head items={items} shown={shown} canEdit={canEdit} onPick={setPicked} />}
        {shown && <One key={shown.id} id={shown.id} canEdit={canEdit} />}
      </div>
    </div>
  )
}

function Head({
  items,
  shown,
  canEdit,
  onPick,
}: {
  items: readonly SimulationSummary[]
  shown: SimulationSummary
  canEdit: boolean
  onPick: (id: string | null) => void
}) {
  const t = useWords('simulate')
  const f = useFormats()
  const toast = useToasts()
  const name = (one: SimulationSummary): string =>
    [f.instant(one.madeAt), t('monthsOf', { n: one.asked.months }), ...(one.asked.parts.length > 1 ? ['A / B'] : []), one.madeBy]
      .filter(Boolean)
      .join('・')
  const remove = () =>
    client.simulations.remove({ id: shown.id }).then(() => {
      onPick(null)
      void again(api.simulations.list.key())
    }, toast.failed)
  return (
    <div className="row wrap sm-head">
      <Select
        aria-label={t('earlier')}
        className="sm-picker"
        value={shown.id}
        onChange={onPick}
        data={items.map((one) => ({ value: one.id, label: name(one) }))}
        allowDeselect={false}
      />
      <span className="muted">{t('deletedAt', { when: f.shortDay(shown.deletedAt) })}</span>
      {canEdit && !UNDER_WAY.has(shown.state) && (
        <Tooltip label={t('remove')} openDelay={400}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('remove')} onClick={() => void remove()}>
            <Trash2 size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  )
}

function One({ id, canEdit }: { id: string; canEdit: boolean }) {
  const t = useWords('simulate')
  const found = useQuery({
    ...api.simulations.get.queryOptions({ input: { id } }),
    refetchInterval: ({ state }) => (state.data && UNDER_WAY.has(state.data.state) ? 2_000 : false),
  })
  if (found.isPending) return <Skeletons rows={4} height={72} />
  if (found.error) return <ErrorNote error={found.error} retry={found.refetch} />
  const detail = found.data as unknown as SimulationDetail
  if (UNDER_WAY.has(detail.state)) return <UnderWay detail={detail} canEdit={canEdit} />
  if (detail.state !== 'done')
    return <EmptyState small icon={History} title={detail.state === 'cancelled' ? t('cancelled') : t('failed')} />
  return (
    <>
      <Done detail={detail} />
      <Result detail={detail} />
    </>
  )
}

function Done({ detail }: { detail: SimulationDetail }) {
  const t = useWords('simulate')
  if (!detail.startedAt || !detail.endedAt) return null
  const seconds = Math.max(1, Math.round((Date.parse(detail.endedAt) - Date.parse(detail.startedAt)) / 1_000))
  return <p className="muted sm-done">{t('done', { n: detail.events, seconds: t('seconds', { n: seconds }) })}</p>
}

function UnderWay({ detail, canEdit }: { detail: SimulationDetail; canEdit: boolean }) {
  const t = useWords('simulate')
  const toast = useToasts()
  const stop = () => client.simulations.cancel({ id: detail.id }).then(() => again(api.simulations.key()), toast.failed)
  return (
    <Card>
      <ProgressBar
        label={detail.state === 'waiting' ? t('waiting') : t('running')}
        done={detail.progress}
        total={100}
        onCancel={canEdit ? () => void stop() : undefined}
      />
      <p className="muted num">{t('runningText', { n: detail.events })}</p>
    </Card>
  )
}
