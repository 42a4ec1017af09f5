import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** Where a column goes: a standard field, `attrs.<key>`, or one of the special targets; '' leaves it out. */
export const importTarget = z.string().max(60)
export const encodings = ['utf-8', 'cp932', 'utf-16le'] as const

export const importOptions = z.object({
  basis: z.enum(['none', 'published', 'relation', 'card', 'consent']),
  basisText: z.string().trim().max(2_000).default(''),
  /** update: filled fields are overwritten · fill: only empty ones · skip: known people are left alone */
  policy: z.enum(['update', 'fill', 'skip']).default('fill'),
  source: z.string().trim().max(200).default(''),
  interest: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
  tags: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
})
export type ImportOptions = z.infer<typeof importOptions>

export const importRun = z.object({
  id: uuid,
  name: z.string(),
  bytes: z.number(),
  encoding: z.enum(encodings),
  delimiter: z.string(),
  status: z.enum(['uploaded', 'running', 'done', 'failed', 'cancelled']),
  rowsEstimate: z.number().int(),
  rowsDone: z.number().int(),
  inserted: z.number().int(),
  updated: z.number().int(),
  skipped: z.number().int(),
  rejected: z.number().int(),
  failure: z.string().nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  madeBy: z.string(),
})
export type ImportRun = z.infer<typeof importRun>

export const importDetail = importRun.extend({
  columns: z.array(z.string()),
  mapping: z.array(importTarget),
  options: importOptions.nullable(),
  /** The first rows as decoded, without the header. */
  sample: z.array(z.array(z.string())),
})
export type ImportDetail = z.infer<typeof importDetail>

export const importsContract = {
  list: endpoint({
    method: 'GET',
    path: '/imports',
    permission: 'imports.read',
    summary: 'The imports, newest first',
    input: z.object({ ...pageQuery }),
    output: page(importRun),
  }),
  get: endpoint({
    method: 'GET',
    path: '/imports/{id}',
    permission: 'imports.read',
    summary: 'An import with its columns, a decoded sample and the proposed mapping; encoding and delimiter may be tried out',
    input: z.object({ id: uuid, encoding: z.enum(encodings).optional(), delimiter: z.string().min(1).max(1).optional() }),
    output: importDetail,
  }),
  start: endpoint({
    method: 'POST',
    path: '/imports/{id}/start',
    permission: 'imports.write',
    summary: 'Import the file: mapping, basis and policy must be said',
    input: z.object({
      id: uuid,
      encoding: z.enum(encodings),
      delimiter: z.string().min(1).max(1),
      mapping: z.array(importTarget).max(500),
      options: importOptions,
    }),
    output: importDetail,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/imports/{id}/cancel',
    permission: 'imports.write',
    summary: 'Stop an import; rows that are in stay',
    input: z.object({ id: uuid }),
    output: done,
  }),
  rows: endpoint({
    method: 'GET',
    path: '/imports/{id}/rows',
    permission: 'imports.read',
    summary: 'Rows that were skipped or rejected, with line and reason',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(
      z.object({ line: z.number().int(), outcome: z.enum(['skipped', 'rejected']), reason: z.string(), cells: z.array(z.string()) }),
    ),
  }),
}
