// The bytes of files: one folder, DATA_DIR/files, names of our own. A backup takes the folder along; nothing in it is ever run or served as a page.
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { House } from '#kernel/ctx.ts'
import { LARGEST_FILE } from './kinds/contract.ts'

/** The one folder that holds people's files. */
export const filesFolder = (house: Pick<House, 'dataDir'>): string => join(house.dataDir, 'files')
const STORED = /^[A-Za-z0-9_-]{20,40}$/

/** Where a stored file lies. @throws when the name is not one of ours */
export function pathOf(house: Pick<House, 'dataDir'>, stored: string): string {
  if (!STORED.test(stored)) throw new Error('not a stored name')
  return join(filesFolder(house), stored)
}

export interface StoredFile {
  readonly size: number
  readonly sha256: string
  readonly head: Buffer
}

/** Writes a stream to disk, synced. @returns what was written; null when it is too large (nothing stays) */
export async function store(house: House, stored: string, stream: AsyncIterable<Buffer>): Promise<StoredFile | null> {
  await mkdir(filesFolder(house), { recursive: true, mode: 0o700 })
  const file = await open(pathOf(house, stored), 'wx', 0o600)
  const hash = createHash('sha256')
  const heads: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      if (size < 512) heads.push(chunk.subarray(0, 512))
      size += chunk.length
      if (size > LARGEST_FILE) break
      hash.update(chunk)
      await file.appendFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (size <= LARGEST_FILE) return { size, sha256: hash.digest('hex'), head: Buffer.concat(heads) }
  await remove(house, stored)
  return null
}

export const remove = (house: Pick<House, 'dataDir'>, stored: string): Promise<void> => rm(pathOf(house, stored), { force: true })

/** Names on the disk that are older than an instant: an upload that was cut off left them, or a row that went. */
export async function oldNames(house: House, before: Date): Promise<string[]> {
  const names = await readdir(filesFolder(house)).catch(() => [])
  const old: string[] = []
  for (const name of names.filter((one) => STORED.test(one))) {
    const found = await stat(pathOf(house, name)).catch(() => null)
    if (found && found.mtime < before) old.push(name)
  }
  return old
}
