// One change to many leads: by choice or by filter, with progress, cancel and undo. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { leadFilter } from '#loop/identify/leads/contract.ts'

const words = z.array(z.string().trim().min(1).max(100)).max(50).default([])

/** What is done to each of the leads. */
export const bulkAct = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('field'), field: z.string().max(60), value: z.string().max(2_000) }),
  z.strictObject({ kind: z.literal('attr'), key: z.string().max(60), value: z.json() }),
  z.strictObject({ kind: z.literal('tags'), add: words, remove: words }),
  z.strictObject({ kind: z.literal('interest'), add: words, remove: words }),
  z.strictObject({ kind: z.literal('owner'), ownerId: uuid.nullable() }),
  z.strictObject({ kind: z.literal('status'), status: z.enum(['active', 'on_hold', 'invalid']) }),
  z.strictObject({ kind: z.literal('priority'), priority: z.enum(['high', 'middle', 'low']).nullable() }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('trash') }),
  z.strictObject({ kind: z.literal('campaign'), target: uuid }),
  z.strictObject({ kind: z.literal('scenario'), target: uuid }),
])
export type BulkAct = z.output<typeof bulkAct>

const shown = z.object({
  id: uuid,
  act: bulkAct,
  filter: leadFilter.nullable(),
  state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone']),
  by: z.string(),
  at: instant,
  endedAt: instant.nullable(),
  total: z.number().int().nullable(),
  done: z.number().int(),
  changed: z.number().int(),
  failure: z.string().nullable(),
  undoUntil: instant,
  forgotten: z.boolean().describe('Value and filter are gone, since the days of undo are over: they are shown empty'),
  mayUndo: z.boolean(),
  undoneBy: z.string().nullable(),
  undoneAt: instant.nullable(),
  restored: z.number().int(),
  kept: z.number().int(),
})
export type BulkShown = z.output<typeof shown>

export const bulkContract = {
  start: endpoint({
    method: 'POST',
    path: '/bulk',
    permission: 'leads.write',
    summary: 'Change many leads: those named, or all that a filter matches; runs in the background and can be undone for 30 days',
    input: z
      .object({ act: bulkAct, ids: z.array(uuid).min(1).max(5_000).optional(), filter: leadFilter.optional() })
      .refine((input) => (input.ids === undefined) !== (input.filter === undefined), { message: 'Either ids or a filter.' }),
    output: shown,
  }),
  list: endpoint({
    method: 'GET',
    path: '/bulk',
    permission: 'leads.read',
    summary: 'Changes to many leads, the newest first',
    input: z.object(pageQuery),
    output: page(shown),
  }),
  get: endpoint({
    method: 'GET',
    path: '/bulk/{id}',
    permission: 'leads.read',
    summary: 'One of them, with its progress',
    input: z.object({ id: uuid }),
    output: shown,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/bulk/{id}/cancel',
    permission: 'leads.write',
    summary: 'Stop it; what is done stays, and can be undone',
    input: z.object({ id: uuid }),
    output: done,
  }),
  undo: endpoint({
    method: 'POST',
    path: '/bulk/{id}/undo',
    permission: 'leads.write',
    summary: 'Take it back: every value that has not been changed again since',
    input: z.object({ id: uuid }),
    output: shown,
  }),
}
