import '../deliver.css'
import './templates.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { ChartNoAxesColumn, PenLine } from 'lucide-react'
import { useState } from 'react'
import type { Edition, Figures, Rate, ReportPeople } from '#loop/deliver/template/report/contract.ts'
import { api } from '../../api.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { useSubject } from '../useSubject.ts'
import { PersonaResults } from './PersonaResults.tsx'
import { COLUMNS, RateCell, widestOf } from './RateCell.tsx'
import { ReportPeopleDrawer } from './ReportPeopleDrawer.tsx'

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
  const nameOf = useEditionName()
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
              <Scroller label={t('versions')}>
                <Versions editions={data.editions} onAsk={setAsked} />
              </Scroller>
              <p className="muted mail-hint">
                {t('truthHint')} {t('rangeHint')}
              </p>
            </section>
            <PersonaResults id={id} />
          </div>
        )}
      </Page>
      {asked && data && (
        <ReportPeopleDrawer
          input={{ id, of: asked.of, ...(asked.edition ? { versionId: asked.edition.versionId } : {}) }}
          scope={asked.edition ? nameOf(asked.edition) : t('total')}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}

/** What an edition is called, or the B that was tried beside it. */
function useEditionName() {
  const t = useWords('templates')
  const n = useWords('newsletters')
  return ({ edition, trial }: Edition) =>
    trial ? t('editionB', { n: edition, what: n(`trial.kind.${trial}`) }) : t('editionN', { n: edition })
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

function Versions({ editions, onAsk }: { editions: readonly Edition[]; onAsk: (asked: Asked) => void }) {
  const subjectOf = useSubject()
  const t = useWords('templates')
  const f = useFormats()
  const widest = widestOf(editions)
  const nameOf = useEditionName()
  const words = { better: t('told.better'), worse: t('told.worse'), same: t('told.same'), few: t('told.few') }
  return (
    <table className="edition-table edition-cards">
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
              <b>{nameOf(one)}</b>
              <span className="sub">{subjectOf(one.subject)}</span>
              {one.firstSentAt && <span className="sub">{f.day(one.firstSentAt)}</span>}
            </td>
            <td data-label={t('count.sent')}>
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
              <td key={key} data-label={t(`count.${key}`)}>
                <RateCell result={one} of={key} widest={widest} onAsk={() => onAsk({ of: key, edition: one })} told={words} />
              </td>
            ))}
            <td data-label={t('count.stopped')}>
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
