// Restores a backup: looked through first, loaded in one transaction, held when it is there. A kill at any point leaves the old data or the new.
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Client } from 'pg'
import { dbOn } from '#kernel/db/connection.ts'
import { type Migration, readMigrations } from '#kernel/db/migrate.ts'
import type { Database } from '#kernel/db/open.ts'
import type { Db } from '#kernel/db/tables.ts'
import { refuse } from '#kernel/errors.ts'
import { keepJob, setHold } from '#kernel/hold.ts'
import { doubtMail } from '#loop/deliver/restore/service.ts'
import { keyMark, openKey } from '../archive/key.ts'
import { JOBS, type TableShape, tableFolder } from '../archive/manifest.ts'
import { unpack } from '../archive/pack.ts'
import { damaged, readTar } from '../archive/tar.ts'
import { PARTS } from '../contract.ts'
import { type Checked, checkBackup } from './check.ts'
import * as queries from './queries.ts'
import { swapKey } from './swapKey.ts'

export interface RestoreAsk {
  readonly file: string
  readonly database: Database
  readonly dataDir: string
  /** The key this installation has now. */
  readonly secretKey: Buffer
  /** Where the key may be written; null when SECRET_KEY sets it. */
  readonly secretKeyFile: string | null
  /** Opens the key in the backup. */
  readonly passphrase?: string
  /** Goes on although the installation has another key than the backup: stopped addresses are not recognised any more. */
  readonly otherKey?: boolean
  /** Takes the place of what is there. */
  readonly replace?: boolean
  /** Told what is loaded next, and waited for. */
  progress?(what: string): void | Promise<void>
}

export interface Restored {
  readonly snapshotAt: Date
  readonly rows: number
  readonly files: number
  readonly jobs: number
  readonly migrated: number
  /** A new key was put in place: the process must read its settings again. */
  readonly keyChanged: boolean
}

/**
 * Restores a backup into a database.
 * @throws Refusal: the file is damaged, was made by a newer version, has another key; the database is in use or not empty
 */
export async function restoreBackup(ask: RestoreAsk): Promise<Restored> {
  const checked = await checkBackup(ask.file)
  const migrations = await migrationsOf(checked)
  const key = await keyOf(ask, checked)
  const client = await ask.database.connect()
  const staged = `restored-${checked.about.id}`
  try {
    const others = await queries.keepOthersOut(client)
    if (others)
      refuse('conflict', 'backup.running', {
        message: `Hagukumi is running on this database (${others} more process${others > 1 ? 'es' : ''}). Stop it, then restore.`,
      })
    await mayReplace(ask, client)
    await rm(join(ask.dataDir, staged), { recursive: true, force: true })
    const loaded = await unlessGone(client, load(ask, checked, migrations, client, staged, key))
    if (key && ask.secretKeyFile) await swapKey(ask.secretKeyFile)
    return { ...loaded, snapshotAt: new Date(checked.about.snapshotAt), files: checked.end.files.length, keyChanged: key !== null }
  } catch (error) {
    await rm(join(ask.dataDir, staged), { recursive: true, force: true })
    throw error
  } finally {
    await client.end()
  }
}

/** A table's stream does not say that its connection broke: without this the restore would wait for ever. */
async function unlessGone<T>(client: Client, work: Promise<T>): Promise<T> {
  work.catch(() => {}) // whoever waited has been told already
  const gone = new Promise<never>((_, reject) =>
    client.once('end', () => reject(new Error('The database went away in the middle. Nothing was changed; restore again.'))),
  )
  gone.catch(() => {})
  return Promise.race([work, gone])
}

interface Steps {
  /** Those the backup was made with: they make the tables its rows fit. */
  readonly before: readonly Migration[]
  /** Those that came later: they bring it forward. */
  readonly after: readonly Migration[]
}

async function migrationsOf({ about }: Checked): Promise<Steps> {
  const ours = await readMigrations()
  const theirs = new Map(about.migrations.map((each) => [each.number, each]))
  const strange = about.migrations.find(({ number, checksum }) => ours.find((each) => each.number === number)?.checksum !== checksum)
  if (strange)
    refuse('unprocessable', 'backup.newer', {
      message: `This backup was made by Hagukumi ${about.product}, which has a step this version does not know (migration ${strange.number}, ${strange.name}). Restore it with that version or a newer one.`,
    })
  return { before: ours.filter(({ number }) => theirs.has(number)), after: ours.filter(({ number }) => !theirs.has(number)) }
}

/** The key to put in place, or null when the one here is right (or another one is accepted). */
async function keyOf(ask: RestoreAsk, { about }: Checked): Promise<Buffer | null> {
  if (keyMark(ask.secretKey) === about.keyMark) return null
  if (ask.passphrase !== undefined && about.secret) {
    const key = await openKey(about.secret, ask.passphrase)
    if (keyMark(key) !== about.keyMark) damaged('its secret key does not belong to it')
    if (ask.secretKeyFile === null)
      refuse('unprocessable', 'backup.key', {
        message: 'SECRET_KEY is set to another key. Unset it, and the key of the backup is put in place.',
      })
    return key
  }
  if (ask.otherKey) return null
  refuse('unprocessable', 'backup.key', {
    message: about.secret
      ? 'This installation has another secret key than the backup. Add --passphrase-file <file>, and the key in the backup is put in place.'
      : 'This installation has another secret key than the backup, and the backup holds none. Put the old secret.key into the data folder (or set SECRET_KEY). With --other-key it is restored all the same: addresses on the suppression list are then not recognised, links in mails already sent do not work, and the SMTP password must be entered again.',
  })
}

async function mayReplace(ask: RestoreAsk, client: Client): Promise<void> {
  const state = await queries.stateOf(client)
  if (state === 'foreign')
    refuse('conflict', 'backup.foreign', { message: 'This database holds tables of something else. Restore into a database of its own.' })
  if (state === 'used' && !ask.replace)
    refuse('conflict', 'backup.used', {
      message: 'This database holds people or users already. Add --replace to put the backup in their place; make a backup first.',
    })
}

async function load(ask: RestoreAsk, checked: Checked, steps: Steps, client: Client, staged: string, key: Buffer | null) {
  const now = await queries.beginLoad(client)
  const say = ask.progress ?? (() => {})
  await say('tables')
  await queries.wipe(client)
  await queries.runMigrations(client, steps.before)
  const shapes = checked.about.tables
  const clothes = await queries.bare(
    client,
    shapes.map(({ name }) => name),
  )
  const db = dbOn(client as never)
  const filled = await fill(ask, checked, client, db, now, staged)
  await say('indexes')
  await queries.clothe(client, clothes)
  await queries.setSequences(client, checked.end.sequences)
  await queries.runMigrations(client, steps.after)
  await holdAll(checked, db, now, await queries.lastEvent(client), staged, ask.file)
  // Written before the commit, in place after it: whichever side of a kill, data and key fit (settle puts a forgotten one in place).
  if (key && ask.secretKeyFile) await writeFile(`${ask.secretKeyFile}.next`, key, { mode: 0o600 })
  await queries.commitLoad(client)
  return { ...filled, migrated: steps.after.length }
}

async function holdAll(checked: Checked, db: Db, now: Date, lastEventAt: Date | null, staged: string, file: string): Promise<void> {
  const ctx = { db, now }
  const doubts = await doubtMail(ctx)
  await setHold(ctx, PARTS, {
    backup: checked.about.id,
    file: file.split(/[\\/]/).at(-1) ?? '',
    snapshotAt: checked.about.snapshotAt,
    lastEventAt: lastEventAt?.toISOString() ?? null,
    restoredAt: now.toISOString(),
    keyMark: checked.about.keyMark,
    staged: checked.end.files.length ? staged : null,
    settled: false,
    ...doubts,
  })
}

/** Second reading of the file: rows into tables, jobs beside the queue, files into a folder that takes its place later. */
async function fill(ask: RestoreAsk, { about, end }: Checked, client: Client, db: Db, now: Date, staged: string) {
  const hand = tableHand(client, about.tables, new Map(end.tables.map(({ name, rows }) => [name, rows])), ask.progress)
  const files = new Map(end.files.map((stored) => [stored.member, stored.path]))
  let jobs = 0
  const file = await open(ask.file, 'r')
  try {
    for await (const { name, bytes } of readTar(file)) {
      const folder = name.slice(0, name.lastIndexOf('/'))
      const path = files.get(folder)
      // The connection speaks of nothing else while a table is open.
      if (!name.startsWith('tables/')) await hand.close()
      if (name.startsWith('tables/')) await hand.put(folder, await unpack(bytes))
      else if (name === JOBS) jobs = await keepJobs(db, now, JSON.parse((await unpack(bytes)).toString('utf8')))
      else if (path !== undefined) await appendFile(join(ask.dataDir, staged), path, await unpack(bytes))
    }
    for (const stored of end.files) if (stored.pieces === 0) await appendFile(join(ask.dataDir, staged), stored.path, Buffer.alloc(0))
  } finally {
    await hand.close()
    await file.close()
  }
  return { rows: hand.check(), jobs }
}

/** Invitations and password links of then are not sent now: whoever needs one asks for a new one. */
const NOT_AGAIN = new Set(['access.account_mail'])

async function keepJobs(db: Db, now: Date, jobs: readonly { name: string; data: unknown }[]): Promise<number> {
  const kept = jobs.filter(({ name }) => !NOT_AGAIN.has(name))
  for (const { name, data } of kept) await keepJob({ db, now }, name, data)
  return kept.length
}

interface TableHand {
  put(folder: string, text: Buffer): Promise<void>
  close(): Promise<void>
  /** @returns all rows. @throws Refusal when a table has not as many as were written */
  check(): number
}

function tableHand(
  client: Client,
  shapes: readonly TableShape[],
  wanted: ReadonlyMap<string, number>,
  progress: RestoreAsk['progress'],
): TableHand {
  const byFolder = new Map(shapes.map((shape) => [tableFolder(shape.name), shape]))
  const found = new Map<string, number>()
  let now: { name: string; stream: ReturnType<typeof queries.openTable>; fault: Error | null } | null = null
  const close = async (): Promise<void> => {
    const last = now
    now = null
    if (!last) return
    last.stream.end()
    await finished(last.stream).catch((error: Error) => {
      throw last.fault ?? error
    })
    found.set(last.name, last.stream.rowCount)
  }
  const begin = async (shape: TableShape): Promise<NonNullable<typeof now>> => {
    await progress?.(shape.name)
    const stream = queries.openTable(client, shape)
    const one: NonNullable<typeof now> = { name: shape.name, stream, fault: null }
    stream.on('error', (error) => {
      one.fault ??= error
    })
    return one
  }
  return {
    put: async (folder, text) => {
      const shape = byFolder.get(folder)
      if (!shape) damaged('it holds a table it does not list')
      if (now?.name !== shape.name) {
        await close()
        now = await begin(shape)
      }
      await write(now, text)
    },
    close,
    check: () => {
      for (const [name, rows] of wanted) if ((found.get(name) ?? 0) !== rows) damaged(`the table ${name} has not all of its rows`)
      return [...found.values()].reduce((sum, rows) => sum + rows, 0)
    },
  }
}

async function write(to: { stream: NodeJS.WritableStream; fault: Error | null }, text: Buffer): Promise<void> {
  if (to.fault) throw to.fault
  await new Promise<void>((resolve, reject) => to.stream.write(text, (error) => (error ? reject(error) : resolve())))
}

async function appendFile(root: string, path: string, bytes: Buffer): Promise<void> {
  const target = normalize(join(root, path))
  if (!target.startsWith(`${normalize(root)}/`) || path.split(/[\\/]/).some((part) => part === '..' || part.startsWith('.')))
    damaged('it holds a file that would lie outside of the data folder')
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await writeFile(target, bytes, { flag: 'a', mode: 0o600 })
}
