import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** Where a column goes: a standard field, `attrs.<key>`, or one of the special targets; '' leaves it out. */
export const importTarget = z.string().max(60)
/** `workbook`: an .xlsx file, which says its own. */
export const encodings = ['utf-8', 'cp932', 'utf-16le', 'utf-16be', 'workbook'] as const
export const importStatuses = [
  'uploaded',
  'checking',
  'checked',
  'running',
  'paused',
  'done',
  'failed',
  'cancelled',
  'undoing',
  'undone',
] as const
const kinds = ['people', 'deals'] as const

export const importOptions = z.object({
  basis: z.enum(['none', 'published', 'relation', 'card', 'consent']).describe('On what ground mail may go to people who are new'),
  basisText: z.string().trim().max(2_000).default('').describe('When, where and how the ground was given: the evidence that is kept'),
  /** update: filled fields are overwritten · fill: only empty ones · skip: known people are left alone */
  policy: z.enum(['update', 'fill', 'skip']).default('fill'),
  match: z
    .enum(['mail', 'personMail', 'external'])
    .default('mail')
    .describe('Who is known: by address (else external id); by address, name and company together; by external id'),
  source: z.string().trim().max(200).default(''),
  interest: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
  tags: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
  campaignId: uuid.nullable().default(null).describe('The campaign that all rows join'),
  campaignStatus: z.string().trim().max(60).default('').describe('With which status; a column may say it per row'),
  allOrNothing: z.boolean().default(false).describe('One bad row and nothing is written; for 100,000 rows at most'),
})
export type ImportOptions = z.infer<typeof importOptions>

const counts = { inserted: z.number().int(), updated: z.number().int(), skipped: z.number().int(), rejected: z.number().int() }

const reasons = z.array(
  z.object({ outcome: z.enum(['skipped', 'rejected']), reason: z.string(), n: z.number().int(), lines: z.array(z.number().int()) }),
)

/** What a trial run found; nothing was written. */
export const importFound = z.object({
  ...counts,
  rows: z.number().int(),
  returned: z.number().int().optional().describe('Of those updated, who lies in the trash and would be a lead again'),
  repeated: z.number().int().describe('Rows that name somebody whom an earlier row of the file names: counted as updated'),
  conflicts: z.number().int().describe('Rows that differ from what is known in a field that is filled'),
  reasons,
  samples: z.array(z.object({ line: z.number().int(), field: z.string(), from: z.string(), to: z.string() })),
  unread: z.number().int().describe('Rows with letters that the encoding cannot read'),
})
export type ImportFound = z.infer<typeof importFound>

export const importUndone = z.object({
  removed: z.number().int().describe('People (or deals) the import made, taken away'),
  kept: z.number().int().describe('Made by the import, but something happened to them since'),
  restored: z.number().int().describe('Known people whose fields went back'),
  changed: z.number().int().describe('Known people with fields that were changed again since: those stay'),
})
export type ImportUndone = z.infer<typeof importUndone>

export const importRun = z.object({
  id: uuid,
  name: z.string(),
  target: z.enum(kinds),
  bytes: z.number(),
  encoding: z.enum(encodings),
  delimiter: z.string(),
  sheet: z.number().int(),
  status: z.enum(importStatuses),
  rowsEstimate: z.number().int(),
  rowsDone: z.number().int(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  ...counts,
  returned: z.number().int().describe('Of those updated, who lay in the trash and is a lead again'),
  failure: z.string().nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  undoUntil: instant.nullable().describe('Until when it can be taken back'),
  rowsUntil: instant
    .nullable()
    .describe('Until when what stood in the rows that were not taken is kept; null before the import is over, and once it is gone'),
  undone: importUndone.nullable(),
  madeBy: z.string(),
})
export type ImportRun = z.infer<typeof importRun>

export const importDetail = importRun.extend({
  columns: z.array(z.string()),
  mapping: z.array(importTarget),
  options: importOptions.nullable(),
  sheets: z.array(z.string()),
  /** The tool whose export this is, as its headers say. */
  tool: z.string().nullable(),
  /** The mapping was used for these headers before. */
  remembered: z.boolean(),
  /** The first rows as decoded, without the header. */
  sample: z.array(z.array(z.string())),
  found: importFound.nullable(),
})
export type ImportDetail = z.infer<typeof importDetail>

const how = {
  id: uuid,
  target: z.enum(kinds).default('people'),
  encoding: z.enum(encodings),
  delimiter: z.string().min(1).max(1),
  sheet: z.number().int().min(0).max(1_000).default(0),
  mapping: z.array(importTarget).max(500),
  options: importOptions,
}
const one = z.object({ id: uuid })

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
    summary: 'An import with its columns, a decoded sample and the proposed mapping; encoding, delimiter and sheet may be tried out',
    input: z.object({
      id: uuid,
      target: z.enum(kinds).optional(),
      encoding: z.enum(encodings).optional(),
      delimiter: z.string().min(1).max(1).optional(),
      sheet: z.coerce.number().int().min(0).max(1_000).optional(),
    }),
    output: importDetail,
  }),
  check: endpoint({
    method: 'POST',
    path: '/imports/{id}/check',
    permission: 'imports.write',
    summary: 'Try an import: what would become of every row; nothing is written',
    input: z.object(how),
    output: importDetail,
  }),
  start: endpoint({
    method: 'POST',
    path: '/imports/{id}/start',
    permission: 'imports.write',
    summary: 'Import the file: mapping, basis and policy must be said',
    input: z.object(how),
    output: importDetail,
  }),
  pause: endpoint({
    method: 'POST',
    path: '/imports/{id}/pause',
    permission: 'imports.write',
    summary: 'Hold an import after the page it is at',
    input: one,
    output: done,
  }),
  resume: endpoint({
    method: 'POST',
    path: '/imports/{id}/resume',
    permission: 'imports.write',
    summary: 'Go on with an import that was paused',
    input: one,
    output: done,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/imports/{id}/cancel',
    permission: 'imports.write',
    summary: 'Stop an import; rows that are in stay (and can be taken back)',
    input: one,
    output: done,
  }),
  undo: endpoint({
    method: 'POST',
    path: '/imports/{id}/undo',
    permission: 'imports.write',
    summary:
      'Take an import back, within 30 days: fields and memberships as they were, people it made gone, except where something happened since',
    input: one,
    output: done,
  }),
  rows: endpoint({
    method: 'GET',
    path: '/imports/{id}/rows',
    permission: 'imports.read',
    summary: 'Rows that were skipped or rejected, with line and reason; what stood in them is kept for 30 days',
    input: z.object({ id: uuid, outcome: z.enum(['skipped', 'rejected']).optional(), ...pageQuery }),
    output: page(
      z.object({
        line: z.number().int(),
        outcome: z.enum(['skipped', 'rejected']),
        reason: z.string(),
        cells: z
          .array(z.string())
          .nullable()
          .describe('Null when they are gone: 30 days after the import, or since somebody they name was erased'),
      }),
    ),
  }),
}
