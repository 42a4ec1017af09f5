import './mailbox.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ArrowLeft, Inbox, Info } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, text, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { withBase } from './editor/Preview.tsx'

const schema = viewOf({ q: text, mail: maybeText })
type Row = Awaited<ReturnType<typeof client.mailbox.list>>['items'][number]

/** The built-in mailbox: every mail as its reader would get it. */
export function MailboxPage() {
  const t = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(schema)
  const list = useInfiniteQuery(paged(api.mailbox.list, { limit: 50, ...(search.q ? { search: search.q } : {}) }))
  const state = useQuery(api.mail.settings.queryOptions({ input: {} }))
  useLive('mailbox', () => again(api.mailbox.list.key()))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const clear = () =>
    client.mailbox.clear({}).then(() => {
      toast.done(t('emptied'))
      setSearch({ mail: undefined })
      void again(api.mailbox.key())
    }, toast.failed)
  return (
    <>
      <PageTop title={t('mailbox')} note={t('mailboxNote')}>
        {may('mail.write') && rows.length > 0 && (
          <Button variant="default" onClick={clear}>
            {t('empty')}
          </Button>
        )}
      </PageTop>
      <div className="bar-note">
        <Info size={15} aria-hidden />
        {state.data?.effective === 'smtp' ? t('mailboxSmtp') : t('mailboxHint')}
      </div>
      <FilterBar>
        <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('searchMails')} />
      </FilterBar>
      {list.isPending ? (
        <div className="page">
          <Skeletons rows={8} height={56} />
        </div>
      ) : list.error ? (
        <div className="page">
          <ErrorNote error={list.error} retry={list.refetch} />
        </div>
      ) : rows.length === 0 ? (
        <div className="page">
          <EmptyState icon={Inbox} title={t('mailboxEmpty')}>
            {t('mailboxEmptyText')}
          </EmptyState>
        </div>
      ) : (
        <div className={search.mail ? 'mailbox reading' : 'mailbox'}>
          <ul className="mail-list" aria-label={t('mailbox')}>
            {rows.map((row) => (
              <MailItem key={row.id} row={row} on={row.id === search.mail} open={() => setSearch({ mail: row.id })} />
            ))}
            {list.hasNextPage && (
              <li>
                <Button variant="subtle" fullWidth loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
                  {t('next')}
                </Button>
              </li>
            )}
          </ul>
          {search.mail ? (
            <OpenMail key={search.mail} id={search.mail} back={() => setSearch({ mail: undefined })} />
          ) : (
            <div className="mail-open">
              <div className="mail-none">{t('pickMail')}</div>
            </div>
          )}
        </div>
      )}
    </>
  )
}

function MailItem({ row, on, open }: { row: Row; on: boolean; open: () => void }) {
  const t = useWords('deliver')
  return (
    <li>
      <button type="button" className={`mail-item${on ? ' on' : ''}${row.read ? '' : ' unread'}`} onClick={open} aria-current={on}>
        <span className="dot" role="img" aria-label={row.read ? '' : t('unread')} />
        <span className="mail-subject clip">{row.subject}</span>
        <span className="muted tiny nowrap">
          <Ago at={row.at} />
        </span>
        <span className="mail-to clip">{row.to}</span>
      </button>
    </li>
  )
}

type View = 'html' | 'text' | 'headers' | 'source'

function OpenMail({ id, back }: { id: string; back: () => void }) {
  const t = useWords('deliver')
  const f = useFormats()
  const [view, setView] = useState<View>('html')
  const mail = useQuery(api.mailbox.get.queryOptions({ input: { id } }))
  const unread = mail.data?.read === false
  useEffect(() => {
    if (unread) void client.mailbox.read({ id }).then(() => again(api.mailbox.list.key()))
  }, [id, unread])
  if (mail.error)
    return (
      <div className="mail-open">
        <ErrorNote error={mail.error} retry={mail.refetch} />
      </div>
    )
  if (!mail.data)
    return (
      <div className="mail-open">
        <Skeletons rows={6} />
      </div>
    )
  const { data } = mail
  return (
    <article className="mail-open">
      <header className="mail-head">
        <div className="row back">
          <Button size="compact-sm" variant="subtle" leftSection={<ArrowLeft size={14} />} onClick={back}>
            {t('backToList')}
          </Button>
        </div>
        <h2>{data.subject}</h2>
        <div className="row wrap muted">
          <span>{f.pair(t('from'), data.from)}</span>
          <span>{f.pair(t('to'), data.to)}</span>
          <span className="num push nowrap">{f.instant(data.at)}</span>
        </div>
        <SegmentedControl
          className="views"
          size="xs"
          aria-label={t('mailbox')}
          value={view}
          onChange={(to) => setView(to as View)}
          data={[
            { value: 'html', label: t('asHtml') },
            { value: 'text', label: t('asText') },
            { value: 'headers', label: t('asHeaders') },
            { value: 'source', label: t('asSource') },
          ]}
        />
      </header>
      {view === 'html' && (
        <iframe
          className="mail-frame"
          title={data.subject}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcDoc={withBase(data.html)}
        />
      )}
      {view === 'text' && <pre className="mail-plain">{data.text}</pre>}
      {view === 'headers' && (
        <dl className="mail-headers">
          {data.headers.map((header, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: header names repeat
            <div key={i} style={{ display: 'contents' }}>
              <dt>{header.name}</dt>
              <dd>{header.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {view === 'source' && <pre className="mail-plain">{data.source}</pre>}
    </article>
  )
}
