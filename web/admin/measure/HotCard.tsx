import { Link } from '@tanstack/react-router'
import { Flame } from 'lucide-react'
import { Ago } from '../parts/Ago.tsx'
import { Who } from '../parts/Avatar.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { Card } from '../parts/Page.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { useWords } from '../words/words.tsx'
import type { Dashboard } from './dashboard.ts'

/** The leads to look at today. */
export function HotCard({ leads }: { leads: Dashboard['hot'] }) {
  const t = useWords('measure')
  return (
    <Card title={t('hot')}>
      {leads.length === 0 && (
        <EmptyState icon={Flame} title={t('hotEmpty')} small>
          {t('hotEmptyText')}
        </EmptyState>
      )}
      <div className="hot">
        {leads.map((lead) => (
          <Link key={lead.id} to="/leads/$id" params={{ id: lead.id }} className="hot-line">
            <Who name={lead.name ?? t('noName')} sub={lead.company} />
            <span className="muted push">
              <Ago at={lead.lastSeenAt} />
            </span>
            <ScoreBar score={lead.score} change={lead.recent} />
          </Link>
        ))}
      </div>
    </Card>
  )
}
