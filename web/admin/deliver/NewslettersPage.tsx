import './deliver.css'
import './preview.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Mail, Plus } from 'lucide-react'
import { again, api, type client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { SendDrawer } from './SendDrawer.tsx'
import { useSubject } from './useSubject.ts'

const schema = viewOf({ add: maybeText, segment: maybeText })
type Row = Awaited<ReturnType<typeof client.newsletters.list>>['items'][number]
export const TONES: Record<Row['status'], Tone> = {
  draft: 'grey',
  scheduled: 'violet',
  sending: 'blue',
  paused: 'amber',
  finished: 'green',
  cancelled: 'red',
}

/** All newsletters. `?segment=` opens the form with that list chosen: from a list to a mail in three steps. */
export function NewslettersPage() {
  const subjectOf = useSubject()
  const t = useWords('deliver')
  const f = useFormats()
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(schema)
  const list = useInfiniteQuery(paged(api.newsletters.list, { limit: 50 }))
  useLive('newsletter', () => again(api.newsletters.key()))
  const rate = (part: number, row: Row) => f.percent(row.counts.sent ? part / row.counts.sent : null)
  const create = may('newsletters.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('newNewsletter')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('newsletters')}>{create}</PageTop>
      <DataGrid<Row>
        label={t('newsletters')}
        query={list}
        rowKey={(row) => row.id}
        href={(row) => `/newsletters/${row.id}`}
        empty={
          <EmptyState icon={Mail} title={t('newslettersEmpty')} action={create}>
            {t('newslettersEmptyText')}
          </EmptyState>
        }
        columns={[
          { key: 'name', head: t('name'), width: 'minmax(180px,1.2fr)', cell: (row) => <b className="clip">{row.name}</b>, phone: 'title' },
          {
            key: 'subject',
            head: t('subject'),
            width: 'minmax(180px,1.4fr)',
            cell: (row) => <span className="clip muted">{subjectOf(row.subject)}</span>,
            phone: 'sub',
          },
          {
            key: 'status',
            head: t('state'),
            width: '110px',
            cell: (row) => <Chip tone={TONES[row.status]}>{t(`status.${row.status}`)}</Chip>,
            phone: 'side',
          },
          {
            key: 'when',
            head: t('when'),
            width: '130px',
            cell: (row) => <Ago at={row.startedAt ?? row.sendAt ?? row.createdAt} muted />,
          },
          {
            key: 'sent',
            head: t('delivered'),
            width: '90px',
            align: 'end',
            cell: (row) => <span className="num">{f.number(row.counts.sent)}</span>,
          },
          {
            key: 'open',
            head: t('openRate'),
            width: '90px',
            align: 'end',
            cell: (row) => <span className="num">{rate(row.counts.opened, row)}</span>,
          },
          {
            key: 'click',
            head: t('clickRate'),
            width: '100px',
            align: 'end',
            cell: (row) => <span className="num">{rate(row.counts.clicked, row)}</span>,
          },
        ]}
      />
      {may('newsletters.write') && (
        <SendDrawer
          opened={search.add !== undefined || search.segment !== undefined}
          segment={search.segment}
          onClose={() => setSearch({ add: undefined, segment: undefined })}
        />
      )}
    </>
  )
}
