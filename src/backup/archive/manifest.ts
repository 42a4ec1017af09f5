// What a backup says of itself: at its beginning (`about.json`) and, once all is written, at its end (`end.json`).
import { z } from 'zod'

export const ABOUT = 'about.json'
export const END = 'end.json'
export const SEAL = 'end.sha256'
export const JOBS = 'jobs.json.zst'
export const FORMAT = 'hagukumi-backup'

const column = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)

/** A name of a table or column goes into SQL as an identifier: only what our own migrations could have made. */
export const tableShape = z.object({ name: column, columns: z.array(column).min(1) })
export type TableShape = z.infer<typeof tableShape>

const sealedKey = z.object({
  salt: z.string(),
  iv: z.string(),
  tag: z.string(),
  text: z.string(),
  n: z
    .number()
    .int()
    .max(1 << 20),
})
export type SealedKey = z.infer<typeof sealedKey>

export const about = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  id: z.guid(),
  product: z.string(),
  publicUrl: z.string(),
  postgres: z.number().int(),
  /** The instant of the one snapshot everything in the file was read in, by the database's clock. */
  snapshotAt: z.iso.datetime(),
  migrations: z.array(z.object({ number: z.number().int(), name: z.string(), checksum: z.string() })),
  tables: z.array(tableShape),
  /** Tells whether an installation has the same secret key, without saying it. */
  keyMark: z.string(),
  secret: sealedKey.nullable(),
})
export type About = z.infer<typeof about>

const storedFile = z.object({ path: z.string(), bytes: z.number().int(), pieces: z.number().int(), member: z.string() })
export type StoredFile = z.infer<typeof storedFile>

export const end = z.object({
  tables: z.array(z.object({ name: column, rows: z.number().int(), pieces: z.number().int() })),
  sequences: z.array(z.object({ name: column, value: z.number().int() })),
  files: z.array(storedFile),
  jobs: z.number().int(),
  members: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
})
export type End = z.infer<typeof end>

/** One piece of a table's rows or of a file. */
export const pieceName = (folder: string, piece: number): string => `${folder}/${String(piece).padStart(6, '0')}.zst`
export const tableFolder = (table: string): string => `tables/${table}`
