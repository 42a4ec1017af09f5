import { z } from 'zod'
import { endpoint, uuid } from '#kernel/endpoint.ts'

export const change = z.object({
  path: z.string(),
  what: z.enum(['add', 'change', 'same', 'skip']),
  where: z.array(z.string()).meta({ description: 'Where it differs' }),
  reason: z.string().meta({ description: 'Why it is left out, or what it came in without' }),
})
export type Change = z.infer<typeof change>

/** Fifteen megabytes of zip in base64. */
const zip = z.base64().max(20_000_000).meta({ description: 'A zip file of the set-up, in base64' })
const answer = z.object({ changes: z.array(change) })

/** Longest scenario as text, in letters. */
export const LONGEST_TEXT = 500_000

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
  readScenario: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/text',
    permission: 'scenarios.read',
    summary: 'A scenario as a readable file (YAML): what it refers to stands by name, addresses of webhooks are left out',
    input: z.object({ id: uuid }),
    output: z.object({ fileName: z.string(), text: z.string() }),
  }),
  writeScenario: endpoint({
    method: 'POST',
    path: '/scenarios/text',
    permission: 'scenarios.write',
    summary: 'Make a draft from such a file; references that lead nowhere here are left empty and named',
    input: z.object({ text: z.string().min(1).max(LONGEST_TEXT) }),
    output: z.object({ id: uuid, name: z.string(), missing: z.array(z.string()) }),
  }),
}
