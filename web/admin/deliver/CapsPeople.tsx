// Who waits by the caps and hours, or whose mail was given up: the people behind the counts.
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Users } from 'lucide-react'
import type { HeldCount } from '#loop/deliver/outbox/caps/contract.ts'
import { api, paged } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

export function CapsPeople({ of, title, onClose }: { of: HeldCount | null; title: string; onClose: () => void }) {
  return (
    <SideDrawer opened={of !== null} onClose={onClose} title={title}>
      {of && <People key={of} of={of} />}
    </SideDrawer>
  )
}

function People({ of }: { of: HeldCount }) {
  const t = useWords('reach')
  const p = useWords('parts')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.mailCaps.people, { of, limit: 50 }))
  if (list.isPending) return <Skeletons rows={8} height={52} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  const people = list.data.pages.flatMap((page) => page.items)
  if (!people.length) return <EmptyState small icon={Users} title={t('nobodyWaits')} />
  return (
    <div>
      <ul className="held-mails">
        {people.map(({ personId, person, company, isLead, mail }) => (
          <li key={mail.id}>
            <span>
              <Link to={`/leads/${personId}` as string}>{person || p(isLead ? 'unknownPerson' : 'visitor')}</Link>
              {company && <span className="muted"> ・ {company}</span>}
              <br />
              <span className="muted">
                {mail.name}
                {mail.from && ` ・ ${mail.from}`} ・ {mail.until ? t('waitsUntil', { when: f.instant(mail.until) }) : f.instant(mail.since)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}
