import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { again, api, client } from '../../api.ts'
import { Ago } from '../../parts/Ago.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'

/** People who are being moved now, with progress, and what the last move came to. */
export function Moves({ id, paused, canEdit }: { id: string; paused: boolean; canEdit: boolean }) {
  const t = useWords('scenarioVersions')
  const options = api.scenarioVersions.moves.queryOptions({ input: { id } })
  const found = useQuery({
    ...options,
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.state === 'running') ? 1_000 : false),
  })
  const running = found.data?.items.filter((one) => one.state === 'running') ?? []
  const [last] = found.data?.items ?? []
  if (!last) return null
  if (!running.length) {
    // All that were moved by the last publication, or by hand after it.
    const done = found.data?.items.filter((one) => one.to === last.to && one.state === last.state) ?? []
    const sum = (pick: 'moved' | 'ended') => done.reduce((all, one) => all + one[pick], 0)
    return (
      <p className="muted sv-last" aria-live="polite">
        <CircleCheck size={15} aria-hidden />
        <span>
          {last.state === 'replaced'
            ? t('replaced', { from: last.from, to: last.to, n: last.moved })
            : t('moved', { to: last.to, n: sum('moved') }) + (sum('ended') ? t('movedEnded', { n: sum('ended') }) : '')}
          ・<Ago at={last.doneAt ?? last.madeAt} />
        </span>
      </p>
    )
  }
  return (
    <section className="card stack" aria-live="polite">
      {running.map((one) => (
        <ProgressBar
          key={one.id}
          label={t('moving', { from: one.from, to: one.to })}
          done={one.moved}
          total={Math.max(one.total, one.moved)}
        />
      ))}
      {paused && <p className="muted">{t('rests')}</p>}
      {running.some((one) => one.stalled) && <Stalled id={id} canEdit={canEdit} />}
    </section>
  )
}

/** The move stands still: it is said, and can be gone on with at once. */
function Stalled({ id, canEdit }: { id: string; canEdit: boolean }) {
  const t = useWords('scenarioVersions')
  const toast = useToasts()
  const goOn = () =>
    client.scenarioVersions.goOnMoving({ id }).then(async () => {
      toast.done(t('goingOn'))
      await again(api.scenarioVersions.moves.key())
    }, toast.failed)
  return (
    <div className="hint-warn" role="status">
      <span>{t('stalled')}</span>
      {canEdit && (
        <Button size="compact-sm" variant="default" className="push" onClick={() => void goOn()}>
          {t('goOn')}
        </Button>
      )}
    </div>
  )
}
