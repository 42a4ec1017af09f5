// The checklist before the first issue: each row a state, the numbers it comes from, and whatever is named. Browser-safe.
import { z } from 'zod'

export const READY_ROWS = ['reach', 'fields', 'domain', 'legal', 'template', 'content', 'people', 'test', 'capacity'] as const
export type ReadyRow = (typeof READY_ROWS)[number]
export const READY_STATES = ['ok', 'warn', 'todo'] as const
export type ReadyState = (typeof READY_STATES)[number]

const row = z.object({
  key: z.enum(READY_ROWS),
  state: z.enum(READY_STATES).describe('ok · warn: works, yet look at it · todo: not there'),
  why: z.string().describe('Which of its sentences holds'),
  n: z.record(z.string(), z.number()).describe('The numbers of this company it is judged by'),
  said: z.array(z.string()).describe('What is named: fields that are empty, states of DNS, the address'),
})
export type ReadyLine = z.output<typeof row>

export const readiness = z.object({ rows: z.array(row), ready: z.number().int(), of: z.number().int() })
export type Readiness = z.output<typeof readiness>
