import './sales.css'
import { Button, Switch } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { BellRing, CheckCheck } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice, FilterBar } from '../parts/FilterChips.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeFlag, maybeOneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { SignalRow } from './SignalRow.tsx'

const CHANNELS = ['score', 'form', 'mail', 'web', 'scenario', 'sales'] as const
const searchSchema = viewOf({
  channel: maybeOneOf(CHANNELS),
  owner: maybeOneOf(['me', 'none']),
  open: maybeFlag,
})
type Search = ReturnType<typeof searchSchema.parse>

/** Reactions worth a call as they come in, without reload. */
export function SignalsPage() {
  const t = useWords('sales')
  const parts = useWords('parts')
  const [search, setSearch] = useSearchOf(searchSchema)
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const list = useInfiniteQuery(paged(api.signals.list, { limit: 50, ...search }))
  useLive('signals', (payload) => {
    setFresh((before) => new Set([...before, ...idsIn(payload)]))
    void again(api.signals.key())
  })
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <PageTop title={t('signals')}>
        <SeenAll rows={rows.filter((row) => !row.seenAt)} />
      </PageTop>
      <Filters search={search} setSearch={setSearch} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="page feed-page" tabIndex={0}>
        {list.isPending && <Skeletons rows={8} height={68} />}
        {rows.length === 0 && <ErrorNote error={list.error} retry={list.refetch} />}
        {list.isSuccess && rows.length === 0 && (
          <EmptyState icon={BellRing} title={filtered ? t('signalsNone') : t('signalsEmpty')}>
            {filtered ? null : t('signalsText')}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <ol className="feed" aria-live="polite">
            {rows.map((row) => (
              <SignalRow key={row.id} signal={row} isNew={fresh.has(row.id)} />
            ))}
          </ol>
        )}
        {list.hasNextPage && (
          <Button variant="default" className="feed-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {parts('more')}
          </Button>
        )}
      </div>
    </>
  )
}

/** The ids an announcement names. */
function idsIn(payload: unknown): string[] {
  const { signals } = (payload ?? {}) as { signals?: readonly { id: string }[] }
  return signals?.map((one) => one.id) ?? []
}

function Filters({ search, setSearch }: { search: Search; setSearch: (to: Partial<Search>) => void }) {
  const t = useWords('sales')
  return (
    <FilterBar>
      <ChipChoice
        label={t('channelLabel')}
        value={search.channel ?? 'all'}
        options={[['all', t('all')] as const, ...CHANNELS.map((one) => [one, t(`channel.${one}`)] as const)]}
        onChange={(to) => setSearch({ channel: to === 'all' ? undefined : to })}
      />
      <span className="bar-gap" />
      <ChipChoice
        label={t('ownerLabel')}
        value={search.owner ?? 'all'}
        options={[
          ['all', t('everyone')],
          ['me', t('mine')],
          ['none', t('nobody')],
        ]}
        onChange={(to) => setSearch({ owner: to === 'all' ? undefined : to })}
      />
      <span className="bar-gap" />
      <Switch
        size="xs"
        label={t('onlyOpen')}
        checked={search.open ?? false}
        onChange={(e) => setSearch({ open: e.currentTarget.checked || undefined })}
      />
    </FilterBar>
  )
}

function SeenAll({ rows }: { rows: readonly { id: string; lead: { id: string } }[] }) {
  const t = useWords('sales')
  const toast = useToasts()
  const { may } = useSession()
  if (!may('signals.write') || rows.length === 0) return null
  const ids = rows.slice(0, 200).map((row) => ({ leadId: row.lead.id, id: row.id }))
  const reload = () => again(api.signals.key())
  const mark = () =>
    client.signals
      .seen({ ids })
      .then(() => toast.undo(t('seenMany', { n: ids.length }), () => client.signals.unseen({ ids }).finally(reload)), toast.failed)
      .finally(reload)
  return (
    <Button variant="default" leftSection={<CheckCheck size={15} />} onClick={() => void mark()}>
      {t('seenAll')}
    </Button>
  )
}
