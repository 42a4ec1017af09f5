import { z } from 'zod'
import { endpoint } from '#kernel/endpoint.ts'

export const change = z.object({
  path: z.string(),
  what: z.enum(['add', 'change', 'same', 'skip']),
  where: z.array(z.string()).meta({ description: 'Where it differs' }),
  reason: z.string().meta({ description: 'Why it is left out' }),
})
export type Change = z.infer<typeof change>

/** Fifteen megabytes of zip in base64. */
const zip = z.base64().max(20_000_000).meta({ description: 'A zip file of the set-up, in base64' })
const answer = z.object({ changes: z.array(change) })

export const blueprintContract = {
  plan: endpoint({
    method: 'POST',
    path: '/blueprint/plan',
    permission: 'settings.write',
    summary: 'What an import of the set-up would change; nothing is written',
    input: z.object({ zip }),
    output: answer,
  }),
  apply: endpoint({
    method: 'POST',
    path: '/blueprint/apply',
    permission: 'settings.write',
    summary: 'Import the set-up; forms, scores and scenarios come in as drafts',
    input: z.object({ zip }),
    output: answer,
  }),
}
