import '../deliver/mailbox.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleCheck, Info } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Clipped } from '../parts/Clipped.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** So many are tried again by one request. */
const AT_ONCE = 500

type Row = Awaited<ReturnType<typeof client.stuck.list>>['items'][number]

/** Everybody for whom nothing runs because of a fault, and another try for some or all of them. */
export function StuckPage() {
  const t = useWords('stuck')
  const p = useWords('parts')
  const toast = useToasts()
  const { may } = useSession()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState(false)
  const list = useInfiniteQuery(paged(api.stuck.list, { limit: 100 }))
  useLive('stuck', () => void again(api.stuck.key()))
  const total = (list.data?.pages[0] as { total?: number } | undefined)?.total ?? 0
  const mayRetry = may('scenarios.write')
  const nameOf = (row: Row) => row.name ?? row.mail ?? p(row.isLead ? 'unknownPerson' : 'visitor')
  const retry = async (ids: readonly string[] | null) => {
    setBusy(true)
    try {
      let n = 0
      if (!ids) n = (await client.stuck.retry({})).tried
      else
        for (let from = 0; from < ids.length; from += AT_ONCE)
          n += (await client.stuck.retry({ ids: ids.slice(from, from + AT_ONCE) })).tried
      setChosen(new Set())
      toast.done(t('retried', { n }))
    } catch (error) {
      toast.failed(error)
    }
    setBusy(false)
    await again(api.stuck.key())
  }
  return (
    <>
      <PageTop title={t('title')} crumb={t('crumb')} crumbTo="/settings">
        {mayRetry && total > 0 && (
          <Button loading={busy} onClick={() => void retry(chosen.size ? [...chosen] : null)}>
            {chosen.size ? t('retrySome', { n: chosen.size }) : t('retryAll')}
          </Button>
        )}
      </PageTop>
      {total > 0 && (
        <div className="bar-note">
          <Info size={15} aria-hidden />
          {t('hint')}
        </div>
      )}
      <DataGrid<Row>
        label={t('title')}
        query={list}
        rowKey={(row) => row.id}
        rowName={nameOf}
        href={(row) => `/leads/${row.id}`}
        {...(mayRetry ? { selected: chosen, onSelect: setChosen } : {})}
        total={{ n: total }}
        empty={
          <EmptyState icon={CircleCheck} title={t('empty')}>
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            head: t('person'),
            width: 'minmax(150px,1fr)',
            cell: (row) => <b className="clip">{nameOf(row)}</b>,
            phone: 'title',
          },
          {
            key: 'company',
            head: t('company'),
            width: 'minmax(130px,1fr)',
            cell: (row) => <span className="clip">{row.companyName ?? ''}</span>,
          },
          {
            key: 'why',
            head: t('why'),
            width: 'minmax(240px,2.4fr)',
            cell: (row) => <Clipped text={t('reason', { kind: t(`kinds.${row.kind}`), what: row.what })} />,
            phone: 'sub',
          },
          { key: 'since', head: t('since'), width: '120px', cell: (row) => <Ago at={row.since} muted />, phone: 'side' },
        ]}
      />
    </>
  )
}
