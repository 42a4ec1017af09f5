import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Suspense, useState } from 'react'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { LeadCard } from './LeadCard.tsx'
import type { Lead } from './lead.ts'
import { type Slot, whoCards, workCards } from './leadCards.tsx'
import { TimelineCard } from './TimelineCard.tsx'

const TABS = ['story', 'who', 'work'] as const
type Tab = (typeof TABS)[number]

/** Three columns: who they are, what happened, what to do. On a phone one of them at a time. */
export function LeadPageBody({ lead, name }: { lead: Lead; name: string }) {
  const t = useWords('person')
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const [tab, setTab] = useState<Tab>('story')
  const shows = (wanted: Tab) => !phone || tab === wanted
  return (
    <>
      {phone && (
        <SegmentedControl
          fullWidth
          aria-label={t('tabs')}
          value={tab}
          onChange={(value) => setTab(value as Tab)}
          data={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        />
      )}
      <div className="lead-page">
        {shows('who') && (
          <div>
            <LeadCard lead={lead} name={name} />
            <Cards of={whoCards} lead={lead} />
          </div>
        )}
        {shows('story') && (
          <div>
            <TimelineCard id={lead.id} />
          </div>
        )}
        {shows('work') && (
          <div>
            <Cards of={workCards} lead={lead} />
          </div>
        )}
      </div>
    </>
  )
}

/** Each card comes by itself: one that loads late holds up no other. */
function Cards({ of, lead }: { of: readonly Slot[]; lead: Lead }) {
  const { may } = useSession()
  return of
    .filter((one) => (!one.leadsOnly || lead.identified) && (!one.permission || may(one.permission)))
    .map(({ name, Card: Shown }) => (
      <Suspense
        key={name}
        fallback={
          <Card>
            <Skeletons rows={2} height={28} />
          </Card>
        }
      >
        <Shown leadId={lead.id} lead={lead} />
      </Suspense>
    ))
}
