// Qualification of a lead by BANT or CHAMP over HTTP. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { FRAMEWORKS, STATUSES } from './asked/contract.ts'

const day = z.iso.date()

export const qualifySettings = z.object({ framework: z.enum(FRAMEWORKS).describe('By which the lead’s page asks') })
export type QualifySettings = z.infer<typeof qualifySettings>

const answer = z.object({
  framework: z.enum(FRAMEWORKS),
  field: z.string(),
  status: z.enum(STATUSES),
  evidence: z.string(),
  heardOn: day.nullable(),
  activityId: uuid.nullable(),
  changedAt: instant.nullable(),
  changedBy: z.string().nullable(),
})
export type Answer = z.infer<typeof answer>

const whole = z.object({
  framework: z.enum(FRAMEWORKS),
  /** Percent of the framework in force that is known; "partly" counts half. */
  completeness: z.number().int(),
  /** The same of each framework. */
  known: z.object({ bant: z.number().int(), champ: z.number().int() }),
  answers: z.array(answer),
})
export type Qualification = z.infer<typeof whole>

export const qualifyContract = {
  get: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/qualification',
    permission: 'leads.read',
    summary: 'What is known of a lead, by each framework',
    input: z.object({ leadId: uuid }),
    output: whole,
  }),
  set: endpoint({
    method: 'PUT',
    path: '/leads/{leadId}/qualification/{framework}/{field}',
    permission: 'leads.write',
    summary: 'Says how sure one field is, with the evidence',
    input: z.object({
      leadId: uuid,
      framework: z.enum(FRAMEWORKS),
      field: z.string().min(1).max(40),
      status: z.enum(STATUSES),
      evidence: z.string().trim().max(2_000).default(''),
      heardOn: day.optional(),
      activityId: uuid.nullable().default(null),
    }),
    output: whole,
  }),
  settings: endpoint({
    method: 'GET',
    path: '/qualification/settings',
    permission: 'leads.read',
    summary: 'Which framework is asked',
    input: z.object({}),
    output: qualifySettings,
  }),
  saveSettings: endpoint({
    method: 'PUT',
    path: '/qualification/settings',
    permission: 'scores.write',
    summary: 'Chooses the framework; answers to the other stay',
    input: qualifySettings,
    output: qualifySettings,
  }),
}
