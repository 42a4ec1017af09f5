import './mailbox.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleCheck, Info } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Clipped } from '../parts/Clipped.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { useReason } from './ReasonList.tsx'
import { useSubject } from './useSubject.ts'

type Row = Awaited<ReturnType<typeof client.mail.unknown>>['items'][number]

/** Mails of which nobody knows whether they arrived; a human decides. */
export function UnknownPage() {
  const subjectOf = useSubject()
  const t = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const reason = useReason()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const list = useInfiniteQuery(paged(api.mail.unknown, { limit: 100 }))
  const total = (list.data?.pages[0] as { total?: number } | undefined)?.total ?? 0
  const n = chosen.size || total
  const ids = chosen.size ? { ids: [...chosen] } : {}
  const after = (words: string) => {
    toast.done(words)
    setChosen(new Set())
    void again(api.mail.key())
  }
  return (
    <>
      <PageTop title={t('unknowns')} crumb={t('mailSettings')} crumbTo="/settings/mail">
        {may('mail.write') && total > 0 && (
          <>
            <Button
              variant="default"
              onClick={() => client.mail.settleUnknown(ids).then(({ count }) => after(t('settled', { n: count })), toast.failed)}
            >
              {t('settle')}
            </Button>
            <Button onClick={() => client.mail.resendUnknown(ids).then(({ count }) => after(t('resent', { n: count })), toast.failed)}>
              {t('resend', { n })}
            </Button>
          </>
        )}
      </PageTop>
      {total > 0 && (
        <div className="bar-note">
          <Info size={15} aria-hidden />
          {t('unknownsHint')} {t('selectAllHint')}
        </div>
      )}
      <DataGrid<Row>
        label={t('unknowns')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name || row.address}
        href={(row) => `/leads/${row.personId}`}
        selected={chosen}
        onSelect={setChosen}
        total={{ n: total }}
        empty={
          <EmptyState icon={CircleCheck} title={t('unknownsEmpty')}>
            {t('unknownsEmptyText')}
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
          {
            key: 'mail',
            head: t('to'),
            width: 'minmax(180px,1fr)',
            cell: (row) => <span className="clip">{row.address}</span>,
            phone: 'sub',
          },
          {
            key: 'subject',
            head: t('subject'),
            width: 'minmax(180px,1.4fr)',
            cell: (row) => <span className="clip">{subjectOf(row.subject)}</span>,
          },
          {
            key: 'reason',
            head: t('because'),
            width: 'minmax(160px,1fr)',
            cell: (row) => <Clipped text={reason(row.reason)} />,
          },
          {
            key: 'at',
            head: t('marked'),
            width: '120px',
            cell: (row) => <Ago at={row.markedAt} muted />,
            phone: 'side',
          },
        ]}
      />
    </>
  )
}
