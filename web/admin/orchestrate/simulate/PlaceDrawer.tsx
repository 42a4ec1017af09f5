import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import type { SimulatedPerson } from '#loop/orchestrate/simulate/contract.ts'
import { api, paged } from '../../api.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { SideDrawer } from '../../parts/FormDrawer.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { PersonName } from '../people/PersonName.tsx'
import { type Because, useBecause } from '../useBecause.ts'
import type { Place } from './simulation.ts'

const SAMPLE = 1_000

/** The people behind a number of a simulation. */
export function PlaceDrawer({ id, place, onClose }: { id: string; place: Place | null; onClose: () => void }) {
  return (
    <SideDrawer opened={place !== null} onClose={onClose} title={place?.title ?? ''}>
      {place && <People id={id} place={place} />}
    </SideDrawer>
  )
}

function People({ id, place }: { id: string; place: Place }) {
  const t = useWords('simulate')
  const p = useWords('parts')
  const { part, place: name, until } = place
  const list = useInfiniteQuery(paged(api.simulations.people, { id, part, place: name, limit: 50, ...(until ? { until } : {}) }))
  if (list.isPending) return <Skeletons rows={8} height={52} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  const people = list.data.pages.flatMap((page) => page.items)
  if (!people.length) return <EmptyState small icon={Users} title={t('nobody')} />
  return (
    <div>
      {place.n > SAMPLE && <p className="muted">{t('sample')}</p>}
      {people.map((person, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same person may stand here twice, and nothing is moved
        <Line key={i} person={person} />
      ))}
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}

function Line({ person }: { person: SimulatedPerson }) {
  const f = useFormats()
  const note = useNote(person.note)
  return (
    <div className="sc-person">
      <span>
        <span className="row">
          <PersonName person={person} />
        </span>
        {note && <span className="muted">{note}</span>}
      </span>
      <span className="muted nowrap num" style={{ flex: 'none' }}>
        {f.instant(person.at)}
      </span>
    </div>
  )
}

function useNote(note: SimulatedPerson['note']): string {
  const t = useWords('simulate')
  const f = useFormats()
  const { because } = useBecause()
  if (note['because']) return because(note['because'] as Because)
  if (typeof note['until'] === 'string') return t('untilNote', { when: f.instant(note['until']) })
  if (typeof note['dueAt'] === 'string') return t('dueNote', { when: f.instant(note['dueAt']) })
  if (typeof note['mails'] === 'number') return t('mailsNote', { n: note['mails'] })
  if (typeof note['other'] === 'string') return t('otherNote', { when: f.instant(note['other']) })
  return ''
}
