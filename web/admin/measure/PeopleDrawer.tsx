import { useInfiniteQuery } from '@tanstack/react-query'
import { UserSearch } from 'lucide-react'
import { api, paged } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import type { Asked } from './dashboard.ts'

/** The people behind a number. */
export function PeopleDrawer({ asked, opened, close }: { asked: Asked; opened: boolean; close: () => void }) {
  const t = useWords('measure')
  const title = t('listTitle', { what: t(`metric.${asked.metric}`) })
  return (
    <SideDrawer opened={opened} onClose={close} title={title} wide>
      <PeopleBehind asked={asked} title={title} />
    </SideDrawer>
  )
}

function PeopleBehind({ asked, title }: { asked: Asked; title: string }) {
  const t = useWords('measure')
  const f = useFormats()
  const { metric, from, to } = asked
  const list = useInfiniteQuery(paged(api.reports.people, { metric, from, to, limit: 100 }))
  const times = metric === 'won_yen' ? f.money(asked.n) : t('peopleTimes', { people: asked.people, n: asked.n })
  return (
    <div className="behind">
      <div className="muted num">
        {from === to ? f.day(`${from}T00:00`) : `${f.day(`${from}T00:00`)} – ${f.day(`${to}T00:00`)}`} ・ {times}
      </div>
      <DataGrid
        label={title}
        query={list}
        total={{ n: asked.people }}
        rowKey={(p) => p.id}
        href={(p) => (p.identified ? `/leads/${p.id}` : `/visitors?who=${p.id}`)}
        empty={<EmptyState icon={UserSearch} title={t('listEmpty')} small />}
        columns={[
          {
            key: 'name',
            head: t('name'),
            width: 'minmax(180px, 1.4fr)',
            phone: 'title',
            cell: (p) => <Who name={p.name ?? p.email ?? t(p.identified ? 'noName' : 'visitor')} sub={p.name ? p.email : null} />,
          },
          { key: 'company', head: t('company'), width: 'minmax(120px, 1fr)', phone: 'sub', cell: (p) => p.company ?? '' },
          {
            key: 'n',
            head: t('times'),
            width: '80px',
            align: 'end',
            phone: 'sub',
            cell: (p) => <span className="num">{metric === 'won_yen' ? f.money(p.n) : t('timesOf', { n: p.n })}</span>,
          },
          {
            key: 'day',
            head: t('lastDay'),
            width: '130px',
            phone: 'side',
            cell: (p) => <span className="muted num">{f.day(`${p.lastDay}T00:00`)}</span>,
          },
        ]}
      />
    </div>
  )
}
