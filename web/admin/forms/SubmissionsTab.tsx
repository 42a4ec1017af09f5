import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import { api, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

const OUTCOMES = ['named', 'created', 'adopted', 'existing', 'relinked', 'traits'] as const

/** Who sent a form and what they answered; each opens the person. */
export function SubmissionsTab({ id }: { id: string }) {
  const t = useWords('forms')
  const p = useWords('parts')
  const list = useInfiniteQuery(paged(api.forms.submissions, { id, limit: 50 }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  if (list.isPending) return <Skeletons rows={5} height={72} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  if (!rows.length)
    return (
      <EmptyState small icon={Inbox} title={t('submissionsEmpty')}>
        {t('submissionsEmptyText')}
      </EmptyState>
    )
  return (
    <div className="stack">
      {rows.map((row) => {
        const outcome = OUTCOMES.find((one) => one === row.outcome)
        return (
          <article key={row.id} className="card submission">
            <div className="row">
              <Avatar name={row.name} />
              <Link to={`/leads/${row.personId}` as string}>
                <b>{row.name}</b>
              </Link>
              {outcome && <Chip tone={outcome === 'named' || outcome === 'created' ? 'green' : 'grey'}>{t(`outcome.${outcome}`)}</Chip>}
              <span className="muted push">
                <Ago at={row.at} />
              </span>
            </div>
            <dl className="submission-answers">
              {row.answers.map((answer) => (
                <div key={answer.label}>
                  <dt className="muted">{answer.label}</dt>
                  <dd>{answer.value}</dd>
                </div>
              ))}
            </dl>
          </article>
        )
      })}
      {list.hasNextPage && (
        <Button variant="default" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}
