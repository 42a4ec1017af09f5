import './incoming.css'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MailCheck } from 'lucide-react'
import { Fragment, useState } from 'react'
import { api, type client, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Clipped } from '../parts/Clipped.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useWords } from '../words/words.tsx'
import { useSubject } from './useSubject.ts'

type Row = Awaited<ReturnType<typeof client.incoming.bounces>>['items'][number]
type Reason = Row['reason']

/** Mails that came back, with the reason; each row opens its person. */
export function BouncesPage() {
  const subjectOf = useSubject()
  const t = useWords('incoming')
  const d = useWords('deliver')
  const [reason, setReason] = useState<Reason | ''>('')
  const [hard, setHard] = useState(false)
  const filter = { ...(reason ? { reason } : {}), ...(hard ? { hard: 'true' } : {}) }
  const list = useInfiniteQuery(paged(api.incoming.bounces, { limit: 100, ...filter }))
  const reasons = useQuery(api.incoming.reasons.queryOptions({ input: { days: 90 } })).data?.items ?? []
  const known = [...new Set(reasons.map((one) => one.reason))]
  return (
    <>
      <PageTop title={t('bounces')} crumb={d('mailSettings')} crumbTo="/settings/mail">
        <Button component={Link} to={'/settings/mail/incoming' as string} variant="default">
          {t('settingsLink')}
        </Button>
      </PageTop>
      <Bars reasons={reasons} />
      {known.length > 0 && (
        <div className="bounce-filter">
          <NativeSelect
            aria-label={t('reasonHead')}
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value as Reason | '')}
            data={[{ value: '', label: t('all') }, ...known.map((value) => ({ value, label: t(`reason.${value}`) }))]}
          />
          <Checkbox label={t('hardOnly')} checked={hard} onChange={(e) => setHard(e.currentTarget.checked)} />
        </div>
      )}
      <DataGrid<Row>
        label={t('bounces')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name || row.address}
        href={(row) => `/leads/${row.personId}`}
        empty={
          <EmptyState
            icon={MailCheck}
            title={t('empty')}
            action={
              <Button component={Link} to={'/settings/mail/incoming' as string}>
                {t('title')}
              </Button>
            }
          >
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            head: t('person'),
            width: 'minmax(160px,1fr)',
            cell: (row) => <b className="clip">{row.name || row.address}</b>,
            phone: 'title',
          },
          { key: 'reason', head: t('reasonHead'), width: 'minmax(170px,1fr)', cell: (row) => <ReasonCell row={row} />, phone: 'sub' },
          {
            key: 'subject',
            head: t('mail'),
            width: 'minmax(150px,1fr)',
            cell: (row) => <span className="clip">{subjectOf(row.subject)}</span>,
          },
          {
            key: 'said',
            head: t('said'),
            width: 'minmax(180px,1.4fr)',
            cell: (row) => <Clipped text={row.said} />,
          },
          { key: 'via', head: '', width: '110px', cell: (row) => <span className="muted">{t(`via.${row.via}`)}</span> },
          {
            key: 'at',
            head: t('at'),
            width: '110px',
            cell: (row) => <Ago at={row.at} muted />,
            phone: 'side',
          },
        ]}
      />
    </>
  )
}

function ReasonCell({ row }: { row: Row }) {
  const t = useWords('incoming')
  const kind = row.hard || row.stopped ? t('hard') : row.delayed ? t('delayed') : t('soft')
  return (
    <span className="clip">
      {t(`reason.${row.reason}`)} <span className="muted">{kind}</span>
    </span>
  )
}

function Bars({ reasons }: { reasons: readonly { reason: Reason; hard: boolean; n: number }[] }) {
  const t = useWords('incoming')
  const most = Math.max(1, ...reasons.map((one) => one.n))
  if (!reasons.length) return null
  return (
    <section className="reason-bars" aria-label={t('days90')}>
      {reasons.slice(0, 6).map((one) => (
        <Fragment key={`${one.reason}${one.hard}`}>
          <span>{t(`reason.${one.reason}`)}</span>
          <i className={one.hard ? 'dead' : ''} style={{ width: `${(100 * one.n) / most}%` }} />
          <b className="num">{one.n}</b>
        </Fragment>
      ))}
    </section>
  )
}
