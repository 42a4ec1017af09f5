// The people behind a number of a report on a scenario: of the comparison of versions, of the best hour.
import './people.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import type { MeasuredPerson } from '#loop/measure/scenarios/people/contract.ts'
import type { PageOf, paged } from '../../api.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { SideDrawer } from '../../parts/FormDrawer.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { PersonName } from './PersonName.tsx'

type Paged = ReturnType<typeof paged<{ cursor?: string | undefined }, MeasuredPerson>>

/** A number that was clicked, and the question for its people. */
export interface MeasuredBehind {
  readonly title: string
  readonly list: Paged
}

/** Typed once here: what the endpoints of both reports answer is the same. */
export const behindOf = (title: string, list: { readonly queryKey: Paged['queryKey']; readonly queryFn: unknown }): MeasuredBehind => ({
  title,
  list: list as Paged,
})

export function MeasuredDrawer({ behind, onClose }: { behind: MeasuredBehind | null; onClose: () => void }) {
  return (
    <SideDrawer opened={behind !== null} onClose={onClose} title={behind?.title ?? ''}>
      {behind && <People key={JSON.stringify(behind.list.queryKey)} list={behind.list} />}
    </SideDrawer>
  )
}

function People({ list: options }: { list: Paged }) {
  const t = useWords('scenarioPeople')
  const p = useWords('parts')
  const f = useFormats()
  const list = useInfiniteQuery(options)
  if (list.isPending) return <Skeletons rows={8} height={52} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  const people = list.data.pages.flatMap((page: PageOf<MeasuredPerson>) => page.items)
  if (!people.length) return <EmptyState small icon={Users} title={t('nobody')} />
  return (
    <div>
      {people.map((person) => (
        <div className="sc-person" key={`${person.personId}/${person.at}`}>
          <span>
            <span className="row">
              <PersonName person={person} />
            </span>
            {person.yen !== null && <span className="muted num">{f.money(person.yen)}</span>}
          </span>
          <span className="muted nowrap num" style={{ flex: 'none' }}>
            {f.instant(person.at)}
          </span>
        </div>
      ))}
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}
