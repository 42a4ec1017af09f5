import './duplicates.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** What colleagues merged, and until when each merge can be undone. */
export function MergesPage() {
  const t = useWords('trust')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const list = useInfiniteQuery(paged(api.duplicates.merges, { limit: 50 }))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const undo = (id: string) =>
    client.leads
      .undoAdoption({ id })
      .then(() => again(api.duplicates.key(), api.leads.key()).then(() => toast.done(t('undone'))), toast.failed)
  return (
    <>
      <PageTop title={t('history')} crumb={t('duplicates')} crumbTo="/duplicates" />
      <Page narrow>
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isPending && <Skeletons rows={5} height={56} />}
        {list.data && items.length === 0 && (
          <Card>
            <EmptyState icon={History} title={t('historyEmpty')}>
              {t('historyEmptyText')}
            </EmptyState>
          </Card>
        )}
        {items.length > 0 && (
          <Card>
            <ul className="plain-list">
              {items.map((one) => (
                <li key={one.id}>
                  <span className="row wrap">
                    <b>{one.lostName || one.lostMail || t('noName')}</b>
                    <a href={`/leads/${one.lead}`}>{t('into', { name: one.leadName || t('noName') })}</a>
                    {one.undoneAt ? (
                      <span className="muted push">{t('undoneBy', { by: one.undoneBy ?? '' })}</span>
                    ) : one.undoable && may('leads.write') ? (
                      <Button size="compact-sm" variant="default" className="push" onClick={() => void undo(one.id)}>
                        {t('undo')}
                      </Button>
                    ) : (
                      <span className="muted push">{t('tooLate')}</span>
                    )}
                  </span>
                  <span className="muted">
                    {f.instant(one.at)} ・ {one.by} ・ {t('movedRows', { n: one.moved })}
                    {one.undoable && ` ・ ${t('until', { when: f.day(one.until) })}`}
                  </span>
                </li>
              ))}
            </ul>
            {list.hasNextPage && (
              <Button variant="subtle" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                +
              </Button>
            )}
          </Card>
        )}
      </Page>
    </>
  )
}
