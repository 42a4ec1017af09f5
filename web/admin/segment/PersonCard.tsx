import './rule.css'
import './segment.css'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { again, api } from '../api.ts'
import { isAbout } from '../identify/isAbout.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { useSettled } from './useSettled.ts'

// The reasons bring the schema library along: they come when they are asked for.
const WhyDrawer = lazy(() => import('./Why.tsx').then((m) => ({ default: m.WhyDrawer })))

/** On a lead's page: the segments they are in, each with its reason. */
export function SegmentsCard({ leadId: person }: { leadId: string }) {
  const t = useWords('segment')
  const [why, setWhy] = useState<string | null>(null)
  const segments = useQuery(api.segments.ofPerson.queryOptions({ input: { person } }))
  const settle = useSettled(() => void again(api.segments.ofPerson.key(), api.scores.why.key()))
  useLive('people', (payload) => isAbout(payload, person) && settle())
  return (
    <Card title={t('title')}>
      <ErrorNote error={segments.error} retry={segments.refetch} />
      {segments.isPending && <Skeletons rows={2} height={28} />}
      {segments.data?.items.length === 0 && <p className="muted">{t('inNone')}</p>}
      <ul className="of-person">
        {segments.data?.items.map((one) => (
          <li key={one.id}>
            <button type="button" className="link-button clip" onClick={() => setWhy(one.id)}>
              {one.name}
            </button>
            <span className="muted nowrap">
              <Ago at={one.since} />
            </span>
          </li>
        ))}
      </ul>
      <Suspense>{why && <WhyDrawer segment={why} person={person} onClose={() => setWhy(null)} />}</Suspense>
    </Card>
  )
}
