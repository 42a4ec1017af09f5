// Makes a backup: one snapshot of the database, then the files beside it, into one file that is whole or not there.
import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import type { Take } from '#kernel/db/copyOut.ts'
import { READ_AT_ONCE } from '#kernel/db/wire.ts'
import {
  ABOUT,
  type About,
  END,
  type End,
  FORMAT,
  JOBS,
  pieceName,
  SEAL,
  type SealedKey,
  type StoredFile,
  tableFolder,
} from '../archive/manifest.ts'
import { openPacker, type Packer, PIECE } from '../archive/pack.ts'
import { tarEnd, tarMember } from '../archive/tar.ts'
import { beginSnapshot, endSnapshot, type FoundTable, listJobs, listMigrations, listSequences, listTables, readTable } from './queries.ts'

/** Says nothing about the company: who works where, who is signed in, what other backups there are. */
const LEFT_OUT = new Set([
  'migration',
  'worker',
  'mail_worker',
  'bucket_lease',
  'auth_session',
  'auth_rate_limit',
  'hold',
  'held_job',
  'stop_note',
  'backup_run',
])

const A_BACKUP = /(^|\/)hagukumi-\d{8}-\d{4}-[0-9a-f]{8}\.tar(\.part)?$/

/** What lies in the data folder besides uploads: the database itself, secrets, logs, other backups. */
const NOT_FILES = /^(pg|run|backups|logs|server-.*|restored-.*|replaced-.*|pg\..*|product.*|secret\.key.*|stops\.log.*|.*\.log|\..*)$/

export interface BackupAsk {
  readonly id: string
  readonly pool: Pool
  readonly dataDir: string
  /** Where the whole file goes; it appears there under its name only when it is complete. */
  readonly target: string
  readonly product: string
  readonly publicUrl: string
  readonly keyMark: string
  /** The secret key, sealed with a passphrase; null leaves it out. */
  readonly sealed: SealedKey | null
  /** Called about twice a second. */
  progress(done: Progress): Promise<void>
}

export interface Progress {
  readonly snapshotAt: Date
  readonly rows: number
  readonly estimate: number
  readonly bytes: number
}

/**
 * Writes one backup. Safe under load: it only reads, in one snapshot; other writers are not held up.
 * @returns figures of the whole file
 * @throws whatever the disk or the database says; the half-made file is removed
 */
export async function writeBackup(ask: BackupAsk): Promise<Progress & { readonly tables: number; readonly files: number }> {
  const half = `${ask.target}.part`
  const client = await ask.pool.connect()
  let packer: Packer | undefined
  let file: FileHandle | undefined
  try {
    packer = openPacker()
    file = await open(half, 'w', 0o600)
    const done = await fill(ask, client, file, packer)
    await file.sync()
    await file.close()
    await rename(half, ask.target)
    client.release()
    return done
  } catch (error) {
    client.release(true)
    await file?.close().catch(() => {})
    await rm(half, { force: true })
    throw error
  } finally {
    packer?.close()
  }
}

async function fill(ask: BackupAsk, client: PoolClient, file: FileHandle, { pack }: Packer) {
  const { at, postgres } = await beginSnapshot(client)
  const tables = (await listTables(client)).filter((table) => !LEFT_OUT.has(table.name))
  const book = openBook(ask, file, pack, at, tables)
  await book.member(ABOUT, Buffer.from(JSON.stringify(aboutOf(ask, at, postgres, tables, await listMigrations(client)), null, 1)))
  const kept: End['tables'] = []
  for (const table of tables) kept.push(await keepTable(book, client, table))
  const jobs = await listJobs(client)
  await book.member(JOBS, await book.pack(Buffer.from(JSON.stringify(jobs))))
  const sequences = await listSequences(client)
  await endSnapshot(client)
  // After the snapshot: a file is written before the row that speaks of it commits, so none is missing here.
  const files = await keepFiles(book, ask)
  const ending = Buffer.from(JSON.stringify({ tables: kept, sequences, files, jobs: jobs.length, members: book.members } satisfies End))
  await book.member(END, ending)
  await book.member(SEAL, Buffer.from(createHash('sha256').update(ending).digest('hex')))
  await file.appendFile(tarEnd())
  return { ...book.state(), tables: kept.length, files: files.length }
}

function aboutOf(ask: BackupAsk, at: Date, postgres: number, tables: readonly FoundTable[], migrations: About['migrations']): About {
  return {
    format: FORMAT,
    version: 1,
    id: ask.id,
    product: ask.product,
    publicUrl: ask.publicUrl,
    postgres,
    snapshotAt: at.toISOString(),
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns })),
    keyMark: ask.keyMark,
    secret: ask.sealed,
  }
}

interface Book {
  /**
   * Memory for the piece that is read, with what the last read brought beyond it, and for the one that is compressed: taken anew for each, it
   * would stand about until it is collected.
   */
  readonly rooms: readonly [Buffer, Buffer]
  /** What is read of a file at once. */
  readonly hand: Buffer
  readonly members: { name: string; bytes: number; sha256: string }[]
  readonly pack: Packer['pack']
  member(name: string, bytes: Buffer): Promise<void>
  /** Counts rows and tells how far it is, now and then. */
  count(rows: number): Promise<void>
  state(): Progress
}

function openBook(ask: BackupAsk, file: FileHandle, pack: Packer['pack'], at: Date, tables: readonly FoundTable[]): Book {
  const members: Book['members'] = []
  const estimate = tables.reduce((sum, table) => sum + Number(table.estimate), 0)
  let bytes = 0
  let rows = 0
  let told = performance.now()
  const state = (): Progress => ({ snapshotAt: at, rows, estimate: Math.max(estimate, rows), bytes })
  return {
    hand: Buffer.allocUnsafeSlow(READ_AT_ONCE),
    rooms: [Buffer.allocUnsafeSlow(PIECE + READ_AT_ONCE), Buffer.allocUnsafeSlow(PIECE + READ_AT_ONCE)],
    members,
    pack,
    member: async (name, content) => {
      members.push({ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') })
      for (const part of tarMember(name, content, at)) {
        await file.appendFile(part)
        bytes += part.length
      }
    },
    count: async (more) => {
      rows += more
      if (performance.now() - told < 500) return
      told = performance.now()
      await ask.progress(state())
    },
    state,
  }
}

async function keepTable(book: Book, client: PoolClient, table: FoundTable): Promise<End['tables'][number]> {
  let rows = 0
  const shelf = openShelf(book, tableFolder(table.name), async (piece) => {
    // COPY text holds one row a line; a line end inside a value is written as two letters.
    let lines = 0
    for (let i = piece.indexOf(10); i !== -1; i = piece.indexOf(10, i + 1)) lines++
    rows += lines
    await book.count(lines)
  })
  await readTable(client, table, shelf.take)
  const pieces = await shelf.end()
  return { name: table.name, rows, pieces }
}

interface Shelf {
  /** Takes over what comes, `READ_AT_ONCE` bytes at most. */
  readonly take: Take
  /** @returns the number of pieces */
  end(): Promise<number>
}

/** Stores what comes in pieces. The next piece is read while the last one is compressed on another thread, each in one of the book's two rooms. */
function openShelf(book: Book, folder: string, seen: (piece: Buffer) => Promise<void>): Shelf {
  let pieces = 0
  let [filling, packing] = book.rooms
  let length = 0
  let before: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    const piece = filling.subarray(0, Math.min(length, PIECE))
    const name = pieceName(folder, ++pieces)
    const packed = book.pack(piece)
    packed.catch(() => {}) // its fault is thrown where it is awaited
    await before
    await seen(piece)
    before = packed.then((bytes) => book.member(name, bytes))
    before.catch(() => {})
    length = filling.copy(packing, 0, piece.length, length)
    ;[filling, packing] = [packing, filling]
  }
  return {
    take: (bytes) => {
      if (bytes.length > READ_AT_ONCE) throw new Error(`${bytes.length} bytes at once are more than the ${READ_AT_ONCE} there is room for`)
      length += bytes.copy(filling, length)
      return length < PIECE ? undefined : flush()
    },
    end: async () => {
      if (length) await flush()
      await before
      return pieces
    },
  }
}

/** Uploads of every room: whatever lies in the data folder and is not the installation's own. */
async function keepFiles(book: Book, { dataDir, target }: BackupAsk): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  const roots = (await readdir(dataDir, { withFileTypes: true }).catch(() => [])).filter((entry) => !NOT_FILES.test(entry.name))
  for (const root of roots.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const paths = root.isDirectory() ? await filesBelow(dataDir, root.name) : root.isFile() ? [root.name] : []
    for (const path of paths) {
      // Wherever it is written, a backup holds no backup: least of all itself, which would never end.
      if (join(dataDir, path).startsWith(target) || A_BACKUP.test(path)) continue
      const found = await stat(join(dataDir, path)).catch(() => null)
      if (!found?.isFile()) continue // taken away meanwhile
      const folder = `files/${String(files.length + 1).padStart(6, '0')}`
      let bytes = 0
      const shelf = openShelf(book, folder, async (piece) => {
        bytes += piece.length
      })
      await takeFile(join(dataDir, path), book.hand, shelf.take)
      const pieces = await shelf.end()
      files.push({ path, bytes, pieces, member: folder })
    }
  }
  return files
}

/** Hands a file on, up to where it ends by then: some are still being written. Each part is read into `hand`. */
async function takeFile(path: string, hand: Buffer, take: Take): Promise<void> {
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(hand, 0, hand.length)
      if (!bytesRead) return
      await take(hand.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

async function filesBelow(dataDir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, folder), { withFileTypes: true, recursive: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dataDir.length)
        .replace(/^[\\/]+/, ''),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}
