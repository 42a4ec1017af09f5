// Lists as files: what can be exported, files being prepared, and what was taken by whom. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** csv: UTF-8 with the mark by which Excel knows it · csv_plain: UTF-8 without · csv_cp932: for older Japanese software · xlsx */
export const FORMATS = ['csv', 'csv_plain', 'csv_cp932', 'xlsx'] as const
export type ExportFormat = (typeof FORMATS)[number]

const names = z.array(z.string().min(1).max(120)).min(1).max(100)

/** What to export: a source, what its list shows (the filter of that list), and which columns. */
export const exportAsk = z.object({
  source: z.string().max(60),
  filter: z.record(z.string().max(60), z.json()).default({}),
  columns: names.optional().describe('Keys of columns in order; all usual ones when left out'),
  format: z.enum(FORMATS).default('csv'),
  language: z.enum(['ja', 'en']).default('ja'),
})
export type ExportAsk = z.output<typeof exportAsk>

const loss = z.object({ row: z.number().int(), column: z.string(), letters: z.string() })
export type Loss = z.output<typeof loss>

const shown = z.object({
  id: uuid,
  source: z.string(),
  title: z.string(),
  format: z.enum(FORMATS),
  state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'withdrawn']),
  by: z.string(),
  isMine: z.boolean(),
  at: instant,
  endedAt: instant.nullable(),
  expiresAt: instant,
  total: z.number().int().nullable(),
  rows: z.number().int(),
  bytes: z.number(),
  /** Characters that the encoding cannot carry; each stands as 〓 in the file. The first 500 are listed. */
  lost: z.number().int(),
  losses: z.array(loss),
  failure: z.string().nullable(),
  downloads: z.number().int(),
  /** Where the file lies, while it does. */
  url: z.string().nullable(),
})
export type ExportShown = z.output<typeof shown>

export const exportsContract = {
  columns: endpoint({
    method: 'GET',
    path: '/exports/columns/{source}',
    permission: 'leads.export',
    summary: 'The columns a list can be exported with',
    input: z.object({ source: z.string().max(60) }),
    output: z.object({ items: z.array(z.object({ key: z.string(), ja: z.string(), en: z.string(), usual: z.boolean() })) }),
  }),
  start: endpoint({
    method: 'POST',
    path: '/exports',
    permission: 'leads.export',
    summary: 'Prepare a file of a whole list; it can be downloaded for 7 days',
    input: exportAsk,
    output: shown,
  }),
  list: endpoint({
    method: 'GET',
    path: '/exports',
    permission: 'leads.export',
    summary: 'Exports, the newest first: who took what, how many rows',
    input: z.object(pageQuery),
    output: page(shown),
  }),
  get: endpoint({
    method: 'GET',
    path: '/exports/{id}',
    permission: 'leads.export',
    summary: 'One export with its progress',
    input: z.object({ id: uuid }),
    output: shown,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/exports/{id}/cancel',
    permission: 'leads.export',
    summary: 'Stop preparing a file, or delete it',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
