import '../deliver.css'
import './templates.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ChartNoAxesColumn, PenLine } from 'lucide-react'
import { useState } from 'react'
import type { Edition, Figures, Rate, ReportPeople } from '#loop/deliver/template/report/contract.ts'
import { api, paged } from '../../api.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { SideDrawer } from '../../parts/FormDrawer.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'

interface Asked {
  readonly of: ReportPeople
  readonly edition: Edition | null
}

/** How a template did, made by itself: in all, and its versions side by side. */
export function ReportPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('templates')
  const deliver = useWords('deliver')
  const navigate = useNavigate()
  const report = useQuery(api.templateReport.get.queryOptions({ input: { id } }))
  const [asked, setAsked] = useState<Asked | null>(null)
  const { data } = report
  return (
    <>
      <PageTop title={data?.name ?? t('report')} crumb={deliver('templates')} crumbTo="/templates" note={t('report')}>
        <Button variant="default" leftSection={<PenLine size={14} />} onClick={() => void navigate({ to: `/templates/${id}` as string })}>
          {t('toEditor')}
        </Button>
      </PageTop>
      <Page>
        {report.isPending && <Skeletons rows={8} />}
        <ErrorNote error={report.error} retry={report.refetch} />
        {data && data.editions.length === 0 && (
          <EmptyState icon={ChartNoAxesColumn} title={t('reportEmpty')}>
            {t('reportEmptyText')}
          </EmptyState>
        )}
        {data && data.editions.length > 0 && (
          <div className="report-stack">
            <Total figures={data.total.figures} rates={data.total.rates} onAsk={(of) => setAsked({ of, edition: null })} />
            <section className="card">
              <div className="card-head">
                <h2>{t('versions')}</h2>
              </div>
              <p className="muted mail-hint">{t('versionsHint')}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
              <section className="table-scroll" tabIndex={0} aria-label={t('versions')}>
                <Versions editions={data.editions} onAsk={setAsked} />
              </section>
              <p className="muted mail-hint">
                {t('truthHint')} {t('rangeHint')}
              </p>
            </section>
          </div>
        )}
      </Page>
      {asked && data && <People id={id} asked={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

type Shares = Edition['rates']

function Total({ figures, rates, onAsk }: { figures: Figures; rates: Shares; onAsk: (of: ReportPeople) => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const share = (rate: Rate) => (rate ? f.percent(rate.share) : '—')
  return (
    <Kpis>
      <Kpi
        label={t('count.sent')}
        value={f.number(figures.sent)}
        hint={`${t('count.undelivered')} ${share(rates.undelivered)}`}
        onOpen={() => onAsk('sent')}
      />
      <Kpi
        label={t('count.opened')}
        value={share(rates.opened)}
        hint={t('raw', { rate: share(rates.rawOpened) })}
        onOpen={() => onAsk('opened')}
      />
      <Kpi
        label={t('count.clicked')}
        value={share(rates.clicked)}
        hint={t('raw', { rate: share(rates.rawClicked) })}
        onOpen={() => onAsk('clicked')}
      />
      <Kpi label={t('count.converted')} title={t('convertedHint')} value={share(rates.converted)} onOpen={() => onAsk('converted')} />
    </Kpis>
  )
}

const COLUMNS = ['opened', 'clicked', 'converted', 'undelivered'] as const
const RAW = { opened: 'rawOpened', clicked: 'rawClicked' } as const
const TONES: Record<'better' | 'worse' | 'same' | 'few', Tone> = { better: 'green', worse: 'red', same: 'grey', few: 'grey' }

function Versions({ editions, onAsk }: { editions: readonly Edition[]; onAsk: (asked: Asked) => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const widest = Math.max(0.05, ...editions.flatMap((one) => COLUMNS.map((key) => one.rates[key]?.high ?? 0)))
  return (
    <table className="edition-table">
      <thead>
        <tr>
          <th scope="col">{t('subject')}</th>
          <th scope="col">{t('count.sent')}</th>
          {COLUMNS.map((key) => (
            <th scope="col" key={key}>
              {t(`count.${key}`)}
            </th>
          ))}
          <th scope="col">{t('count.stopped')}</th>
        </tr>
      </thead>
      <tbody>
        {editions.map((one) => (
          <tr key={one.versionId}>
            <td>
              <b>{t('editionN', { n: one.edition })}</b>
              <span className="sub">{one.subject}</span>
              {one.firstSentAt && <span className="sub">{f.day(one.firstSentAt)}</span>}
            </td>
            <td>
              <NumberLink label={t('sample', { n: one.figures.sent })} onClick={() => onAsk({ of: 'sent', edition: one })}>
                {f.number(one.figures.sent)}
              </NumberLink>
              {one.figures.waiting > 0 && (
                <span className="sub">
                  {t('count.waiting')} {f.number(one.figures.waiting)}
                </span>
              )}
            </td>
            {COLUMNS.map((key) => (
              <td key={key}>
                <RateCell edition={one} of={key} widest={widest} onAsk={onAsk} />
              </td>
            ))}
            <td>
              <NumberLink
                label={`${t('count.stopped')} ${f.number(one.figures.stopped)}`}
                onClick={() => onAsk({ of: 'stopped', edition: one })}
              >
                {f.number(one.figures.stopped)}
              </NumberLink>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function RateCell({
  edition,
  of,
  widest,
  onAsk,
}: {
  edition: Edition
  of: (typeof COLUMNS)[number]
  widest: number
  onAsk: (asked: Asked) => void
}) {
  const t = useWords('templates')
  const f = useFormats()
  const rate = edition.rates[of]
  if (!rate) return <span className="muted">—</span>
  const told = edition.against[of]
  const raw = of === 'opened' || of === 'clicked' ? edition.rates[RAW[of]] : null
  const at = (share: number) => `${(share / widest) * 100}%`
  const range = t('range', { low: f.percent(rate.low), high: f.percent(rate.high) })
  return (
    <>
      <NumberLink
        label={`${t(`count.${of}`)} ${f.percent(rate.share)} ${f.number(edition.figures[of])}`}
        onClick={() => onAsk({ of, edition })}
      >
        <span className="big">{f.percent(rate.share)}</span>
      </NumberLink>
      <span className="edition-rate" title={range} aria-hidden>
        <i style={{ left: at(rate.low), width: at(rate.high - rate.low) }} />
        <b style={{ left: at(rate.share) }} />
      </span>
      <span className="sub">{range}</span>
      {raw && <span className="sub">{t('raw', { rate: f.percent(raw.share) })}</span>}
      {told && (
        <span className="told">
          <Chip tone={TONES[told]}>{t(`told.${told}`)}</Chip>
        </span>
      )}
    </>
  )
}

function People({ id, asked, onClose }: { id: string; asked: Asked; onClose: () => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const input = { id, of: asked.of, limit: 50, ...(asked.edition ? { versionId: asked.edition.versionId } : {}) }
  const list = useInfiniteQuery(paged(api.templateReport.people, input))
  const rows = list.data?.pages.flatMap((one) => one.items) ?? []
  const scope = asked.edition ? t('editionN', { n: asked.edition.edition }) : t('total')
  return (
    <SideDrawer opened onClose={onClose} title={t('peopleOf', { what: t(`count.${asked.of}`), scope })}>
      {list.isPending && <Skeletons rows={6} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && rows.length === 0 && <p className="muted">{t('nobody')}</p>}
      <ul className="plain-list">
        {rows.map((row) => (
          <li key={row.deliveryId}>
            <Link to={`/leads/${row.personId}` as string}>
              <b>{row.name || row.company || row.personId.slice(0, 8)}</b>
            </Link>
            <span className="muted tiny">
              {[row.company, t('editionN', { n: row.edition }), row.sentAt && f.instant(row.sentAt), row.reason]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </SideDrawer>
  )
}
