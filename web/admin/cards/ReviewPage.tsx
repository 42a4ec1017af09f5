import './review.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowLeft, ArrowRight, CircleCheck } from 'lucide-react'
import { useEffect } from 'react'
import { again, api, paged, queries } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeText, viewOf } from '../parts/view.ts'
import { useWords } from '../words/words.tsx'
import { CardForm } from './CardForm.tsx'

const searchSchema = viewOf({ batch: maybeText, card: maybeText })

/** Card after card: what was read beside its picture, confirmed by Enter. */
export function ReviewPage() {
  const t = useWords('cards')
  const navigate = useNavigate()
  const [search, setSearch] = useSearchOf(searchSchema)
  const filter = search.batch ? { batchId: search.batch } : {}
  const list = useInfiniteQuery(paged(api.cards.list, { state: 'review' as const, limit: 100, ...filter }))
  const batches = useQuery(api.cards.batches.queryOptions({ input: { limit: 30 } }))
  useLive('cards', () => void again(api.cards.list.key(), api.cards.batches.key(), api.cards.get.key()))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const at = Math.max(
    0,
    items.findIndex((one) => one.id === search.card),
  )
  const shown = items[at]
  const card = useQuery({ ...api.cards.get.queryOptions({ input: { id: shown?.id ?? '' } }), enabled: shown !== undefined })
  const following = items[at + 1]
  useEffect(() => {
    if (following) void queries.prefetchQuery(api.cards.get.queryOptions({ input: { id: following.id } }))
  }, [following])
  useEffect(() => {
    if (list.hasNextPage && items.length - at < 20) void list.fetchNextPage()
  }, [list, items.length, at])
  const go = (step: number) => {
    const to = items[at + step]
    if (to) setSearch({ card: to.id })
  }
  /** The one that was settled leaves the list; the next stands in its place. */
  const settled = async () => {
    const next = items[at + 1] ?? items[at - 1]
    setSearch({ card: next?.id })
    await again(api.cards.list.key(), api.cards.batches.key())
  }
  const reading = (batches.data?.items ?? []).filter((one) => one.counts.unread > 0 && (!search.batch || one.id === search.batch))
  const unread = reading.reduce((sum, one) => sum + one.counts.unread, 0)
  const total = reading.reduce((sum, one) => sum + one.counts.total, 0)
  return (
    <>
      <PageTop
        title={t('reviewTitle')}
        crumb={t('cards')}
        crumbTo="/cards"
        note={items.length > 0 && <span className="num">{t('position', { left: items.length })}</span>}
      >
        <Button variant="default" size="sm" aria-label={t('before')} disabled={at <= 0} onClick={() => go(-1)}>
          <ArrowLeft size={15} aria-hidden />
        </Button>
        <Button variant="default" size="sm" aria-label={t('next')} disabled={!following} onClick={() => go(1)}>
          <ArrowRight size={15} aria-hidden />
        </Button>
      </PageTop>
      <Page>
        {unread > 0 && <ProgressBar label={t('reading')} done={total - unread} total={total} />}
        <ErrorNote error={list.error ?? (shown ? card.error : null)} retry={list.refetch} />
        {(list.isPending || (shown && card.isPending)) && <Skeletons rows={8} height={48} />}
        {list.isSuccess && !shown && unread === 0 && (
          <EmptyState
            icon={CircleCheck}
            title={t('allDone')}
            action={<Button onClick={() => void navigate({ to: '/cards' as string })}>{t('backToCards')}</Button>}
          >
            {t('allDoneText')}
          </EmptyState>
        )}
        {shown && card.data && (
          <CardForm
            key={`${card.data.id} ${card.data.version}`}
            card={card.data}
            following={following?.batchId === card.data.batchId ? following.id : null}
            onSettled={() => void settled()}
            onGo={go}
          />
        )}
      </Page>
    </>
  )
}
