import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Trial } from '#loop/deliver/newsletter/trial/contract.ts'
import { client } from '../api.ts'

/** A newsletter as it is being made. */
export interface Plan {
  readonly id?: string
  readonly name: string
  readonly templateId: string
  readonly include: string[]
  readonly exclude: string[]
  readonly topicId: string | null
  readonly onWeb?: boolean
  readonly test?: Trial | null
  readonly sender?: 'company' | 'owner' | null
  /** A second person has said yes to it as it is. */
  readonly approved?: boolean
}
export interface PlanPart {
  readonly plan: Plan
  readonly set: (to: Partial<Plan>) => void
}

/** How many the plan reaches, asked again as it changes. */
export function useAudience(plan: Plan) {
  const [asked] = useDebouncedValue({ include: plan.include, exclude: plan.exclude, topicId: plan.topicId }, 200)
  return useQuery({
    queryKey: ['audience', asked],
    queryFn: () => client.newsletters.audience(asked),
    enabled: asked.include.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}
export type Crowd = ReturnType<typeof useAudience>
