import './plan.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Megaphone } from 'lucide-react'
import { api } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { KIND_TONE } from './campaign.ts'

/** The campaigns a lead is in, on their page (ROI-04). */
export function CampaignsCard({ leadId }: { leadId: string }) {
  const t = useWords('plan')
  const list = useQuery(api.campaigns.ofLead.queryOptions({ input: { leadId } }))
  const items = list.data?.items ?? []
  return (
    <Card title={t('campaigns')}>
      {list.isPending && <Skeletons rows={2} height={30} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && !items.length && <EmptyState small icon={Megaphone} title={t('noneOfLead')} />}
      <ul className="campaign-lines">
        {items.map((one) => (
          <li key={one.id}>
            <Link to={'/campaigns/$id' as string} params={{ id: one.id } as never} className="clip">
              {one.name}
            </Link>
            <Chip tone={KIND_TONE[one.kind]}>{one.status}</Chip>
            <span className="muted push">
              <Ago at={one.statusAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
