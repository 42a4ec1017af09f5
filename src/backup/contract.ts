import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'

/** What a restored installation holds back. Each is released by itself. */
export const PARTS = ['sending', 'webhooks', 'scenarios'] as const
export type Part = (typeof PARTS)[number]

/** The daily backup. */
export const backupSettings = z.object({
  on: z.boolean(),
  hour: z.number().int().min(0).max(23).meta({ description: 'Local hour of the company at which it is made' }),
  keep: z.number().int().min(1).max(90).meta({ description: 'How many daily backups are kept; older ones are removed' }),
  folder: z
    .string()
    .trim()
    .max(500)
    .refine((path) => path === '' || path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path), 'an absolute path, or empty')
    .meta({ description: 'A folder of the server that exists; empty: "backups" in the data folder' }),
})
export type BackupSettings = z.infer<typeof backupSettings>

export const DEFAULT_BACKUP: BackupSettings = { on: true, hour: 3, keep: 7, folder: '' }

const run = z.object({
  id: uuid,
  how: z.enum(['hand', 'schedule', 'cli']),
  status: z.enum(['running', 'done', 'failed']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  snapshotAt: instant.nullable(),
  madeBy: z.string(),
  file: z.string().nullable().meta({ description: 'File name' }),
  bytes: z.number().int(),
  rows: z.number().int(),
  rowsEstimate: z.number().int(),
  failure: z.string().nullable(),
  isThere: z.boolean().meta({ description: 'The file can be downloaded from this server' }),
})
export type BackupRun = z.infer<typeof run>

const held = z.object({
  since: instant,
  parts: z.array(z.enum(PARTS)),
  /** Instant of the snapshot: what came after it is not here. */
  snapshotAt: instant.nullable(),
  lastEventAt: instant.nullable(),
  restoredAt: instant.nullable(),
  gapSeconds: z.number().int().meta({ description: 'From the snapshot to the restore' }),
  file: z.string(),
  /** Deliveries that may have gone out since, newsletters that wait. */
  deliveries: z.number().int(),
  newslettersPaused: z.number().int(),
  newslettersDrafted: z.number().int(),
  jobs: z.number().int(),
  /** What the log of stops and erasures told again. */
  stops: z.number().int(),
  topics: z.number().int(),
  erased: z.number().int(),
  hadLog: z.boolean(),
})
export type Held = z.infer<typeof held>

export const backupsContract = {
  overview: endpoint({
    method: 'GET',
    path: '/backups',
    permission: 'backups.read',
    summary: 'Backups made, and the daily backup',
    input: z.object({}),
    output: z.object({
      items: z.array(run),
      settings: backupSettings,
      folder: z.string(),
      lastAt: instant.nullable(),
      nextAt: instant.nullable(),
    }),
  }),
  make: endpoint({
    method: 'POST',
    path: '/backups',
    permission: 'backups.write',
    summary: 'Make a backup now; the secret key is not in it',
    input: z.object({}),
    output: z.object({ id: uuid }),
  }),
  saveSettings: endpoint({
    method: 'PUT',
    path: '/backups/settings',
    permission: 'backups.write',
    summary: 'Change the daily backup',
    input: backupSettings,
    output: backupSettings,
  }),
  check: endpoint({
    method: 'POST',
    path: '/backups/{id}/check',
    permission: 'backups.read',
    summary: 'Read a backup through and compare its checksums',
    input: z.object({ id: uuid }),
    output: z.object({ ok: z.boolean(), reason: z.string(), rows: z.number().int(), tables: z.number().int(), files: z.number().int() }),
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/backups/{id}',
    permission: 'backups.write',
    summary: 'Remove the file of a backup',
    input: z.object({ id: uuid }),
    output: done,
  }),
  held: endpoint({
    method: 'GET',
    path: '/hold',
    permission: 'live.read',
    summary: 'What a restored installation holds back; null when nothing',
    input: z.object({}),
    output: z.object({ hold: held.nullable() }),
  }),
  release: endpoint({
    method: 'POST',
    path: '/hold/release',
    permission: 'backups.write',
    summary: 'Let parts of a restored installation go on',
    input: z.object({ parts: z.array(z.enum(PARTS)).min(1) }),
    output: z.object({ left: z.array(z.enum(PARTS)) }),
  }),
}
