import { useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import { useState } from 'react'
import { api, type client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { LineChart } from '../parts/LineChart.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

type Row = Awaited<ReturnType<typeof client.track.counts>>['items'][number]
const REASONS = [
  'accepted',
  'robot',
  'duplicate',
  'conflict',
  'consent',
  'gpc',
  'domain',
  'invalid',
  'key',
  'unnamed',
  'asset',
  'other',
] as const
/** Neither taken in nor refused: counted for what they are. */
const APART: readonly string[] = ['accepted', 'robot', 'asset', 'other', 'unnamed']
const PERIODS = ['7', '14', '30', '90'] as const

/** What came in per day, robots apart, and every drop with its reason. */
export function CountsTab() {
  const t = useWords('track')
  const [days, setDays] = useState<(typeof PERIODS)[number]>('14')
  const counts = useQuery(api.track.counts.queryOptions({ input: { days: Number(days) } }))
  const rows = counts.data?.items ?? []
  return (
    <>
      <div className="row wrap">
        <span className="muted">{t('countsText', { n: Number(days) })}</span>
        <span className="push">
          <ChipChoice
            label={t('period')}
            value={days}
            options={PERIODS.map((each) => [each, t('days', { n: Number(each) })] as const)}
            onChange={setDays}
          />
        </span>
      </div>
      {counts.isPending && <Skeletons rows={5} height={64} />}
      <ErrorNote error={counts.error} retry={counts.refetch} />
      {counts.data && rows.length === 0 && (
        <EmptyState icon={Activity} title={t('countsEmpty')}>
          {t('countsEmptyText')}
        </EmptyState>
      )}
      {rows.length > 0 && <Counts rows={rows} days={Number(days)} />}
    </>
  )
}

const sum = (rows: readonly Row[]) => rows.reduce((total, row) => total + row.n, 0)

function Counts({ rows, days }: { rows: readonly Row[]; days: number }) {
  const t = useWords('track')
  const f = useFormats()
  const of = (reason: string) => rows.filter((row) => row.reason === reason)
  const accepted = sum(of('accepted'))
  const robots = sum(of('robot'))
  const dropped = sum(rows.filter((row) => !APART.includes(row.reason)))
  const dates = lastDays(rows, days)
  const perDay = (reason: string) => dates.map((day) => sum(of(reason).filter((row) => row.day === day)))
  return (
    <>
      <Kpis>
        <Kpi label={t('accepted')} title={t('acceptedHint')} value={f.number(accepted)} />
        <Kpi label={t('robots')} value={f.number(robots)} />
        <Kpi
          label={t('robotShare')}
          title={t('robotShareHint')}
          value={f.percent(accepted + robots ? robots / (accepted + robots) : null)}
        />
        <Kpi label={t('dropped')} title={t('droppedHint')} value={f.number(dropped)} />
      </Kpis>
      <Card title={t('daily')}>
        <LineChart
          label={t('daily')}
          days={dates.map((day) => f.shortDay(`${day}T00:00:00`))}
          lines={[
            { name: t('accepted'), values: perDay('accepted') },
            { name: t('robots'), values: perDay('robot'), before: true },
          ]}
        />
      </Card>
      <div className="track-two">
        <Tally
          title={t('reasons')}
          head={t('reasonHead')}
          rows={REASONS.map((reason) => [t(`reason.${reason}`), sum(of(reason))] as const).filter(([, n]) => n > 0)}
        />
        <Tally title={t('robotNames')} head={t('detailHead')} rows={byDetail(of('robot'))} />
      </div>
    </>
  )
}

function Tally({ title, head, rows }: { title: string; head: string; rows: readonly (readonly [string, number])[] }) {
  const t = useWords('track')
  const f = useFormats()
  if (!rows.length) return null
  const most = Math.max(...rows.map(([, n]) => n))
  return (
    <Card title={title}>
      <table className="track-tally">
        <thead>
          <tr>
            <th>{head}</th>
            <th className="num">{t('countHead')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, n]) => (
            <tr key={name}>
              <td>
                <span className="clip">{name}</span>
                <i aria-hidden style={{ width: `${(n / most) * 100}%` }} />
              </td>
              <td className="num">{f.number(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

function byDetail(rows: readonly Row[]): (readonly [string, number])[] {
  const totals = new Map<string, number>()
  for (const row of rows) totals.set(row.detail || '—', (totals.get(row.detail || '—') ?? 0) + row.n)
  return [...totals].sort((a, b) => b[1] - a[1]).slice(0, 12)
}

/** The days up to the latest one counted, oldest first, the empty ones included. */
function lastDays(rows: readonly Row[], days: number): string[] {
  const last = Date.parse(`${rows.reduce((latest, row) => (row.day > latest ? row.day : latest), '')}T00:00:00Z`)
  return Array.from({ length: days }, (_, i) => new Date(last - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10))
}
