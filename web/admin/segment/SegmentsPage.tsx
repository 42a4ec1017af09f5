import './segment.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Filter, Plus } from 'lucide-react'
import { useEffect } from 'react'
import type { WeekMove } from '#loop/segment/contract.ts'
import { again, api, type client } from '../api.ts'
import { MoreLists } from '../knowing/MoreLists.tsx'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { Clipped } from '../parts/Clipped.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import type { Column } from '../parts/grid.ts'
import { NumberLink } from '../parts/NumberLink.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { useRuleWords } from './ruleWords.ts'
import { Starters } from './Starters.tsx'
import { useSettled } from './useSettled.ts'

type Segment = Awaited<ReturnType<typeof client.segments.list>>['items'][number]
const view = viewOf({ add: maybeText })

/** All segments with the number of people in each, as it changes. */
export function SegmentsPage() {
  const t = useWords('segment')
  const { may } = useSession()
  const navigate = useNavigate()
  const [{ add }] = useSearchOf(view)
  useEffect(() => {
    if (add) void navigate({ to: '/segments/new' as string, replace: true })
  }, [add, navigate])
  const list = useQuery({
    ...api.segments.list.queryOptions({ input: {} }),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.filling) ? 1_500 : false),
  })
  const settle = useSettled(() => void again(api.segments.key()))
  useLive('people', settle)
  useLive('segments', settle)
  const items = list.data?.items
  const paged = {
    ...list,
    data: items && { pages: [{ items }] },
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
  }
  return (
    <>
      <PageTop title={t('title')}>
        <MoreLists />
        {may('segments.write') && (
          <Button component={Link} to="/segments/new" leftSection={<Plus size={15} />}>
            {t('add')}
          </Button>
        )}
      </PageTop>
      <DataGrid
        label={t('title')}
        query={paged}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/segments/${row.id}`}
        columns={useColumns()}
        {...(items ? { total: { n: items.length } } : {})}
        empty={
          <div className="stack">
            <EmptyState icon={Filter} title={t('empty')}>
              {t('emptyText')}
            </EmptyState>
            {may('segments.write') && <Starters />}
          </div>
        }
      />
    </>
  )
}

function useColumns(): Column<Segment>[] {
  const t = useWords('segment')
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  return [
    { key: 'name', head: t('name'), width: 'minmax(180px, 1fr)', phone: 'title', cell: (row) => <b className="clip">{row.name}</b> },
    {
      key: 'rule',
      head: t('definition'),
      width: 'minmax(220px, 1.8fr)',
      phone: 'sub',
      cell: (row) => <Clipped text={words.ruleText(row.rule)} />,
    },
    { key: 'members', head: t('members'), width: '128px', align: 'end', phone: 'side', cell: (row) => <Members row={row} /> },
    {
      key: 'week',
      head: <span title={t('weekHelp')}>{t('week')}</span>,
      width: '110px',
      align: 'end',
      cell: (row) => (
        <span className="moves num">
          <Moved row={row} which="entered" />
          <Moved row={row} which="left" />
        </span>
      ),
    },
    {
      key: 'changed',
      head: t('changed'),
      width: '112px',
      cell: (row) => <Ago at={row.changedAt} muted />,
    },
  ]
}

/** How many came in or went out in the week; opens them. */
function Moved({ row, which }: { row: Segment; which: WeekMove }) {
  const t = useWords('segment')
  const said = t(which, { n: row[which] })
  return (
    <span className={which === 'entered' ? 'in' : 'out'}>
      {row[which] === 0 ? (
        said
      ) : (
        <NumberLink
          to="/segments/$id"
          params={{ id: row.id }}
          search={{ tab: 'history', week: which }}
          label={`${row.name} ${t(`weekOf.${which}`)} ${row[which]}`}
        >
          {said}
        </NumberLink>
      )}
    </span>
  )
}

function Members({ row }: { row: Segment }) {
  const t = useWords('segment')
  if (row.liveVersion === null)
    return <Chip tone="amber">{t('filling', { percent: String(Math.round((row.filling?.progress ?? 0) * 100)) })}</Chip>
  return <b className="num nowrap">{row.isEstimate ? t('peopleMore', { n: row.members }) : t('people', { n: row.members })}</b>
}
