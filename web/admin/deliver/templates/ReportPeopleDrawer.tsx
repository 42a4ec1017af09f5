import '../deliver.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReportPeople } from '#loop/deliver/template/report/contract.ts'
import { api, paged } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { SideDrawer } from '../../parts/FormDrawer.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'

interface Input {
  readonly id: string
  readonly of: ReportPeople
  readonly versionId?: string
  readonly newsletterId?: string
  readonly personaId?: string
}

/** The people behind a number of a template's report, one mail each. */
export function ReportPeopleDrawer({ input, scope, onClose }: { input: Input; scope: string; onClose: () => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.templateReport.people, { ...input, limit: 50 }))
  const rows = list.data?.pages.flatMap((one) => one.items) ?? []
  return (
    <SideDrawer opened onClose={onClose} title={t('peopleOf', { what: t(`count.${input.of}`), scope })}>
      {list.isPending && <Skeletons rows={6} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && rows.length === 0 && <p className="muted">{t('nobody')}</p>}
      <ul className="plain-list">
        {rows.map((row) => (
          <li key={row.deliveryId}>
            <Link to={`/leads/${row.personId}` as string}>
              <b>{row.name || row.company || row.personId.slice(0, 8)}</b>
            </Link>
            <span className="muted tiny">
              {[
                row.company,
                row.edition > 0 && `${t('editionN', { n: row.edition })}${row.isB ? ' B' : ''}`,
                row.sentAt && f.instant(row.sentAt),
                row.reason,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </SideDrawer>
  )
}
