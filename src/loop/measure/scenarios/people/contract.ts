// Somebody behind a number of a report on a scenario. Browser-safe.
import { z } from 'zod'
import { instant, uuid } from '#kernel/endpoint.ts'

export const measuredPerson = z.object({
  personId: uuid,
  name: z.string(),
  company: z.string().nullable(),
  isLead: z.boolean(),
  at: instant.describe('When they entered, or came to the step'),
  yen: z.number().nullable().describe('What they bought; null where nothing was bought or it is not asked for'),
})
export type MeasuredPerson = z.output<typeof measuredPerson>
