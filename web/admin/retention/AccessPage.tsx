import { useInfiniteQuery } from '@tanstack/react-query'
import { Eye } from 'lucide-react'
import { api, paged } from '../api.ts'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useWords } from '../words/words.tsx'

/** Who looked at or exported whose data. */
export function AccessPage() {
  const t = useWords('trust')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.privacy.accesses, { limit: 100 }))
  return (
    <>
      <PageTop title={t('access')} note={t('accessText')} />
      <DataGrid
        label={t('access')}
        query={list}
        rowKey={(row) => row.subject + row.at + row.act + row.by}
        href={(row) => `/leads/${row.subject}`}
        empty={
          <EmptyState icon={Eye} title={t('accessEmpty')}>
            {t('accessText')}
          </EmptyState>
        }
        columns={[
          { key: 'name', head: t('whose'), width: 'minmax(200px,1fr)', cell: (row) => row.name ?? t('gone'), phone: 'title' },
          {
            key: 'act',
            head: t('did'),
            width: '120px',
            cell: (row) => (t.has(`act.${row.act}` as never) ? t(`act.${row.act}` as never) : row.act),
            phone: 'sub',
          },
          { key: 'by', head: t('who'), width: '200px', cell: (row) => row.by, phone: 'sub' },
          { key: 'at', head: t('when'), width: '220px', cell: (row) => f.instant(row.at), phone: 'side' },
        ]}
      />
    </>
  )
}
