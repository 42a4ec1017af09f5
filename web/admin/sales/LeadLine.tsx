import { Link } from '@tanstack/react-router'
import { Avatar } from '../parts/Avatar.tsx'
import { StageChip } from '../parts/Chip.tsx'
import { useWords } from '../words/words.tsx'

export interface LeadBrief {
  readonly id: string
  readonly name: string
  readonly companyName: string | null
  readonly title: string | null
  readonly phone: string | null
  readonly stage: string
}

/** Who a signal, hand-off or deal is about: a link to the lead, the company, the stage. */
export function LeadLine({ lead, withStage }: { lead: LeadBrief; withStage?: boolean }) {
  const t = useWords('sales')
  const name = lead.name || t('unnamed')
  return (
    <span className="lead-line">
      <Avatar name={name} size={30} />
      <span className="lead-line-text">
        <span className="row">
          <Link to={'/leads/$id' as string} params={{ id: lead.id } as never} className="clip lead-name">
            {name}
          </Link>
          {withStage && <StageChip stage={lead.stage} />}
        </span>
        <span className="muted clip">{[lead.companyName, lead.title].filter(Boolean).join(' ・ ')}</span>
      </span>
    </span>
  )
}
