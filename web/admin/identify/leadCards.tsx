// The cards of a lead's page, in the order they stand. Each is loaded when the page needs it, so the page itself stays light.
import { type ComponentType, lazy } from 'react'
import type { Lead } from './lead.ts'

/** What every card is given; most need the id alone. */
export interface LeadCardProps {
  readonly leadId: string
  readonly lead: Lead
}

export interface Slot {
  readonly name: string
  readonly Card: ComponentType<LeadCardProps>
  /** Not shown for visitors who were never named. */
  readonly leadsOnly?: boolean
  /** Not shown to a role without it. */
  readonly permission?: string
}

/** One line per card: name, how to load it, what it exports. */
function slot<K extends string>(
  name: K,
  load: () => Promise<{ readonly [N in K]: ComponentType<LeadCardProps> | ComponentType<{ leadId: string }> }>,
  more: Omit<Slot, 'name' | 'Card'> = {},
): Slot {
  const Card = lazy(async () => ({ default: (await load())[name] as ComponentType<LeadCardProps> }))
  return { name, Card, ...more }
}

/** Left of the timeline: who they are. */
export const whoCards: readonly Slot[] = [
  slot('CompanyCard', () => import('../companies/CompanyCard.tsx'), { leadsOnly: true, permission: 'companies.read' }),
  slot('HouseholdCard', () => import('../companies/HouseholdCard.tsx'), { leadsOnly: true }),
  slot('CardCard', () => import('../cards/CardCard.tsx'), { leadsOnly: true }),
  slot('ConsentCard', () => import('./ConsentCard.tsx')),
  // duplicates, erasure and export of one person: here
  slot('KeysCard', () => import('./KeysCard.tsx')),
]

/** Right of the timeline: what it means, and what to do. */
export const workCards: readonly Slot[] = [
  slot('ScoreCard', () => import('./ScoreCard.tsx')),
  slot('TasksCard', () => import('./TasksCard.tsx')),
  slot('NotesCard', () => import('./NotesCard.tsx')),
  slot('LeadSales', () => import('../sales/LeadSales.tsx'), { leadsOnly: true, permission: 'deals.read' }),
  slot('QualifyCard', () => import('../sales/qualify/QualifyCard.tsx'), { leadsOnly: true }),
  slot('CampaignsCard', () => import('../plan/CampaignsCard.tsx'), { permission: 'plan.read' }),
  slot('MailsCard', () => import('./MailsCard.tsx'), { permission: 'mail.read' }),
  slot('HeldMailsCard', () => import('../deliver/HeldMailsCard.tsx'), { leadsOnly: true, permission: 'mail.read' }),
  slot('FilesCard', () => import('./FilesCard.tsx')),
  slot('SegmentsCard', () => import('../segment/PersonCard.tsx'), { permission: 'segments.read' }),
  slot('ScenariosCard', () => import('../orchestrate/PersonRuns.tsx'), { permission: 'scenarios.read' }),
  slot('FactsCard', () => import('./ScoreCard.tsx')),
]
