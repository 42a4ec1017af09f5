import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { WEEK_MOVES, type WeekMove } from '#loop/segment/contract.ts'
import { api, type client, paged } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ChipChoice, FilterBar } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { useWords } from '../words/words.tsx'

type Stay = Awaited<ReturnType<typeof client.segments.history>>['items'][number]

/** Who came and went, all of it or the last week's. */
export function Stays({
  id,
  week,
  onWeek,
  onOpen,
}: {
  id: string
  week: WeekMove | undefined
  onWeek: (to: WeekMove | undefined) => void
  onOpen: (person: string) => void
}) {
  const t = useWords('segment')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.segments.history, { id, limit: 100, ...(week ? { week } : {}) }))
  const columns: Column<Stay>[] = [
    {
      key: 'person',
      head: t('person'),
      width: 'minmax(180px, 1.2fr)',
      phone: 'title',
      cell: (row) => <Who name={row.person.isLead ? row.person.name : `${t('visitor')} ${row.person.name}`} sub={row.person.company} />,
    },
    {
      key: 'in',
      head: t('cameIn'),
      width: 'minmax(170px, 1fr)',
      phone: 'sub',
      cell: (row) => <When at={row.enteredAt} edit={row.byEdit} />,
    },
    {
      key: 'out',
      head: t('wentOut'),
      width: 'minmax(170px, 1fr)',
      phone: 'side',
      cell: (row) => (row.leftAt ? <When at={row.leftAt} edit={row.leftByEdit} /> : <Chip tone="green">{t('stillIn')}</Chip>),
    },
  ]
  function When({ at, edit }: { at: string; edit: boolean }) {
    return (
      <span className="clip">
        <span className="nowrap">{f.instant(at)}</span>
        {edit && <span className="muted"> {t('byEdit')}</span>}
      </span>
    )
  }
  return (
    <>
      <FilterBar>
        <ChipChoice
          label={t('history')}
          value={week ?? 'all'}
          options={(['all', ...WEEK_MOVES] as const).map((one) => [one, t(`weekOf.${one}`)] as const)}
          onChange={(to) => onWeek(to === 'all' ? undefined : to)}
        />
      </FilterBar>
      <DataGrid
        label={t('history')}
        query={list}
        rowKey={(row) => `${row.person.id}/${row.enteredAt}`}
        rowName={(row) => row.person.name}
        onOpen={(row) => onOpen(row.person.id)}
        columns={columns}
        empty={<EmptyState icon={History} title={t('noHistory')} />}
      />
    </>
  )
}
