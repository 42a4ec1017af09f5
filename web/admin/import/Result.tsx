import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, Download, Pause, Play, Undo2 } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { spoken } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Detail } from './detail.ts'

/** How far an import is, what became of its rows, and the way back. */
export function Result({ run }: { run: Detail }) {
  const undo = run.status === 'undoing' || run.status === 'undone'
  return (
    <div className="stack">
      {undo ? <Undone run={run} /> : <Progress run={run} />}
      {run.undoUntil && <WayBack run={run} until={run.undoUntil} />}
      <Turned run={run} />
    </div>
  )
}

function Progress({ run }: { run: Detail }) {
  const t = useWords('imports')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const act = (done: Promise<unknown>, words?: string) =>
    void done.then(() => again(api.imports.key()).then(() => words && toast.done(words)), toast.failed)
  const moving = run.status === 'running' || run.status === 'paused'
  const write = may('imports.write')
  const total = run.status === 'done' ? run.rowsDone : Math.max(run.rowsEstimate, run.rowsDone)
  return (
    <Card>
      <ProgressBar
        label={t('progress')}
        done={run.rowsDone}
        total={total}
        perSecond={run.perSecond ?? undefined}
        remaining={run.secondsLeft ?? undefined}
        tone={run.status === 'failed' ? 'red' : run.status === 'paused' ? 'amber' : 'accent'}
      />
      {run.failure && (
        <div className="error-note" role="alert">
          <div>
            <div>{t('failedAt')}</div>
            <div className="muted">{spoken(run.failure)}</div>
          </div>
        </div>
      )}
      <div className="import-numbers">
        {(['inserted', 'updated', 'skipped', 'rejected'] as const).map((key) => (
          <div key={key}>
            <span className="muted">{t(key)}</span>
            <b className={key === 'rejected' && run.rejected ? 'num bad' : 'num'}>{f.number(run[key])}</b>
          </div>
        ))}
        {run.returned > 0 && (
          <div>
            <span className="muted">{t('returned')}</span>
            <b className="num">{f.number(run.returned)}</b>
          </div>
        )}
        <div className="row wrap push import-acts">
          {write && run.status === 'running' && (
            <Button
              variant="default"
              leftSection={<Pause size={15} />}
              onClick={() => act(client.imports.pause({ id: run.id }), t('paused'))}
            >
              {t('pause')}
            </Button>
          )}
          {write && run.status === 'paused' && (
            <Button leftSection={<Play size={15} />} onClick={() => act(client.imports.resume({ id: run.id }))}>
              {t('resume')}
            </Button>
          )}
          {write && moving && (
            <Button variant="default" onClick={() => act(client.imports.cancel({ id: run.id }), t('cancelled'))}>
              {t('stop')}
            </Button>
          )}
          {run.options?.campaignId && (
            <Button component={Link} to={`/campaigns/${run.options.campaignId}` as string} variant="default">
              {t('toCampaign')}
            </Button>
          )}
          <Button component={Link} to={(run.target === 'deals' ? '/deals?view=list' : '/leads?sort=created') as string} variant="default">
            {run.target === 'deals' ? t('toDeals') : t('toLeads')}
          </Button>
        </div>
      </div>
    </Card>
  )
}

/** Thirty days to change one's mind. */
function WayBack({ run, until }: { run: Detail; until: string }) {
  const t = useWords('imports')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  if (!may('imports.write')) return null
  return (
    <Card>
      <div className="row wrap import-back">
        <span className="muted">
          {t('undoHint', { until: f.day(until) })} {t('undoConsent')}
        </span>
        <Button
          variant="default"
          className="push"
          leftSection={<Undo2 size={15} />}
          onClick={() => void client.imports.undo({ id: run.id }).then(() => again(api.imports.key()), toast.failed)}
        >
          {t('undo')}
        </Button>
      </div>
    </Card>
  )
}

function Undone({ run }: { run: Detail }) {
  const t = useWords('imports')
  const f = useFormats()
  const { undone } = run
  const parts = [
    [t('undoneRemoved'), undone?.removed],
    [t('undoneRestored'), undone?.restored],
    [t('undoneKept'), undone?.kept],
    [t('undoneChanged'), undone?.changed],
  ] as const
  return (
    <Card {...(run.status === 'undone' ? { title: t('undoneTitle') } : {})}>
      {run.status === 'undoing' && (
        <ProgressBar
          label={t('undoing')}
          done={run.rowsDone}
          total={Math.max(run.rowsEstimate, run.rowsDone)}
          perSecond={run.perSecond ?? undefined}
          remaining={run.secondsLeft ?? undefined}
        />
      )}
      <div className="import-numbers">
        {parts.map(([label, n]) => (
          <div key={label}>
            <span className="muted">{label}</span>
            <b className="num">{f.number(n ?? 0)}</b>
          </div>
        ))}
      </div>
      <p className="muted">{t('undoConsent')}</p>
    </Card>
  )
}

/** The rows that were not taken, with line and reason; for thirty days with what they said. */
function Turned({ run }: { run: Detail }) {
  const t = useWords('imports')
  const p = useWords('parts')
  const f = useFormats()
  const rows = useInfiniteQuery(paged(api.imports.rows, { id: run.id, limit: 100 }))
  const items = rows.data?.pages.flatMap((page) => page.items) ?? []
  if (rows.data && !items.length) return run.status === 'done' ? <EmptyState small icon={CircleCheck} title={t('noProblems')} /> : null
  const gone = run.finishedAt !== null && run.rowsUntil === null
  const file = (outcome: 'rejected' | 'skipped', label: string) => (
    <Button
      component="a"
      href={`/api/imports/${run.id}/rejected.csv?outcome=${outcome}`}
      size="xs"
      variant="default"
      leftSection={<Download size={14} />}
    >
      {label}
    </Button>
  )
  return (
    <Card
      title={t('rejected')}
      aside={
        !gone && (
          <span className="row wrap">
            {run.skipped > 0 && file('skipped', t('downloadSkipped'))}
            {run.rejected > 0 && file('rejected', t('download'))}
          </span>
        )
      }
    >
      {gone && <p className="muted">{t('rowsGone')}</p>}
      {run.rowsUntil && <p className="muted">{t('rowsUntil', { until: f.day(run.rowsUntil) })}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="import-table turned" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>{t('line')}</th>
              <th>{t('state')}</th>
              <th>{t('reason')}</th>
              {!gone && <th>{t('cells')}</th>}
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <tr key={row.line}>
                <td className="num">{row.line}</td>
                <td>{t(row.outcome === 'skipped' ? 'willSkip' : 'willReject')}</td>
                <td>{spoken(row.reason)}</td>
                {!gone && <td className="muted">{row.cells?.filter(Boolean).join(' ・ ').slice(0, 200) ?? t('cellsErased')}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.hasNextPage && (
        <Button variant="default" size="xs" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </Card>
  )
}
