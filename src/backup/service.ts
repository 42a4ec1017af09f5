// What a user does with backups: makes one, looks at them, sets the daily one, lets a restored installation go on.
import { access, constants, mkdir, rm, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { companyProfile } from '#access/company/service.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { readHold, release as releaseParts } from '#kernel/hold.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { version } from '../server/version.ts'
import { markOfHouse } from './archive/key.ts'
import type { SealedKey } from './archive/manifest.ts'
import { type BackupRun, type BackupSettings, backupSettings, DEFAULT_BACKUP, type Held, PARTS, type Part } from './contract.ts'
import { fileName, isDead, isDue, nextTurn, tooMany } from './decide.ts'
import { type Progress, writeBackup } from './dump/service.ts'
import { checkBackup } from './load/check.ts'
import * as queries from './queries.ts'

const KEY = 'backup'
const KEEPER = { kind: 'system', name: 'backup' } as const
const SHOWN = 50

export const readSettings = (ctx: Ctx): Promise<BackupSettings> => readSetting(ctx, KEY, backupSettings, DEFAULT_BACKUP)

/** Where backups go by these settings. */
export const folderOf = (house: House, settings: BackupSettings): string => settings.folder || join(house.dataDir, 'backups')

/** @throws Refusal invalid when the folder is not there or cannot be written */
export async function saveSettings(ctx: Ctx, input: BackupSettings): Promise<BackupSettings> {
  if (input.folder) await mustWrite(input.folder)
  await writeSetting(ctx, KEY, input)
  return input
}

async function mustWrite(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null)
  const can = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!isAbsolute(folder) || !found?.isDirectory() || !can)
    refuse('invalid', 'backup.folder', {
      field: 'folder',
      message: 'このフォルダーはサーバーにないか、書き込めません / This folder is not on the server, or it cannot be written.',
    })
}

/**
 * Notes that a backup begins. A killed one is closed first.
 * @throws Refusal conflict while another one is being made
 */
export async function beginRun(ctx: Ctx, how: 'hand' | 'schedule' | 'cli'): Promise<string> {
  await queries.lockStart(ctx.db)
  const running = await queries.findRunning(ctx.db)
  if (running && isDead(running, ctx.now)) await closeDead(ctx, running.id)
  else if (running)
    refuse('conflict', 'backup.making', { message: 'バックアップを作成中です / A backup is being made. Wait until it is there.' })
  const id = ctx.id()
  await queries.insertRun(ctx.db, { id, how, by: 'name' in ctx.actor ? ctx.actor.name : '', now: ctx.now })
  await announce(ctx, 'backup', { id })
  return id
}

const closeDead = (ctx: Ctx, id: string) =>
  queries.updateRun(ctx.db, id, { status: 'failed', finished_at: ctx.now, failure: 'the process ended before it was whole' })

export interface Made {
  readonly path: string
  readonly snapshotAt: Date
  readonly rows: number
  readonly bytes: number
  readonly tables: number
  readonly files: number
}

/** Makes the backup of a run that has begun; its row tells how far it is. @throws what went wrong, which the row says too */
export async function makeBackup(house: House, id: string, options: { target?: string; sealed?: SealedKey | null } = {}): Promise<Made> {
  const tell = (change: Parameters<typeof queries.updateRun>[2]) =>
    withTx(house, KEEPER, async (ctx) => {
      await queries.updateRun(ctx.db, id, { seen_at: ctx.now, ...change })
      await announce(ctx, 'backup', { id })
    })
  const figures = ({ rows, estimate, bytes, snapshotAt }: Progress) => ({ rows, rows_estimate: estimate, bytes, snapshot_at: snapshotAt })
  try {
    const path = options.target ?? (await targetOf(house, id))
    const done = await writeBackup({
      id,
      pool: house.pool,
      dataDir: house.dataDir,
      target: path,
      product: version,
      publicUrl: house.publicUrl,
      keyMark: markOfHouse(house),
      sealed: options.sealed ?? null,
      progress: (progress) => tell(figures(progress)),
    })
    await withTx(house, KEEPER, (ctx) =>
      queries.updateRun(ctx.db, id, { ...figures(done), status: 'done', finished_at: ctx.now, seen_at: ctx.now, file: path }),
    )
    await tell({})
    return { ...done, path }
  } catch (error) {
    const failure = (error as Error).message.slice(0, 500)
    await withTx(house, KEEPER, (ctx) => queries.updateRun(ctx.db, id, { status: 'failed', finished_at: ctx.now, failure })).catch(() => {})
    throw error
  }
}

async function targetOf(house: House, id: string): Promise<string> {
  const { folder, now } = await withTx(house, KEEPER, async (ctx) => ({ folder: folderOf(house, await readSettings(ctx)), now: ctx.now }))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return join(folder, fileName(now, id))
}

/** The daily backup, when it is due: made, and old ones removed. @returns whether it was */
export async function makeDaily(house: House): Promise<boolean> {
  const id = await withTx(house, KEEPER, async (ctx) => {
    const { timeZone } = await companyProfile(ctx)
    const running = await queries.findRunning(ctx.db)
    if (running && !isDead(running, ctx.now)) return null
    return isDue(await readSettings(ctx), timeZone, ctx.now, await queries.lastDaily(ctx.db)) ? beginRun(ctx, 'schedule') : null
  })
  if (id === null) return false
  await makeBackup(house, id)
  await rotate(house)
  return true
}

async function rotate(house: House): Promise<void> {
  const old = await withTx(house, KEEPER, async (ctx) => tooMany(await queries.listDaily(ctx.db), (await readSettings(ctx)).keep))
  for (const { id, file } of old) {
    if (file) await rm(file, { force: true })
    await withTx(house, KEEPER, (ctx) => queries.updateRun(ctx.db, id, { removed_at: ctx.now }))
  }
}

export async function overview(ctx: Ctx) {
  const settings = await readSettings(ctx)
  const { timeZone } = await companyProfile(ctx)
  const rows = await queries.listRuns(ctx.db, SHOWN)
  return {
    items: await Promise.all(rows.map((row) => shown(row, ctx.now))),
    settings,
    folder: folderOf(ctx.house, settings),
    lastAt: (await queries.lastBackupAt(ctx.db))?.toISOString() ?? null,
    nextAt: settings.on ? nextTurn(settings, timeZone, ctx.now).toISOString() : null,
  }
}

async function shown(row: queries.RunRow, now: Date): Promise<BackupRun> {
  const dead = isDead(row, now)
  return {
    id: row.id,
    how: row.how,
    status: dead ? 'failed' : row.status,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    snapshotAt: row.snapshot_at?.toISOString() ?? null,
    madeBy: row.made_by,
    file: row.file?.split(/[\\/]/).at(-1) ?? null,
    bytes: row.bytes,
    rows: row.rows,
    rowsEstimate: row.rows_estimate,
    failure: dead ? 'the process ended before it was whole' : row.failure,
    isThere: row.status === 'done' && row.file !== null && row.removed_at === null && (await stat(row.file).catch(() => null)) !== null,
  }
}

/** The path of a backup that is there. @throws Refusal missing */
export async function fileOf(ctx: Ctx, id: string): Promise<string> {
  const row = await queries.findRun(ctx.db, id)
  const there = row?.file && row.removed_at === null && (await stat(row.file).catch(() => null))
  if (!row?.file || !there) refuse('missing', 'backup.file', { message: 'このファイルはありません / This file is not there.' })
  return row.file
}

/** Reads a backup through. What is wrong with it is an answer, not an error. */
export async function checkRun(path: string) {
  try {
    const { end } = await checkBackup(path)
    return {
      ok: true,
      reason: '',
      rows: end.tables.reduce((sum, { rows }) => sum + rows, 0),
      tables: end.tables.length,
      files: end.files.length,
    }
  } catch (error) {
    return { ok: false, reason: (error as Error).message, rows: 0, tables: 0, files: 0 }
  }
}

export async function removeRun(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const path = await fileOf(ctx, input.id)
  await queries.updateRun(ctx.db, input.id, { removed_at: ctx.now })
  ctx.afterCommit(() => void rm(path, { force: true }).catch(() => {}))
  return { ok: true }
}

/** The hold as people see it. */
export async function heldNow(ctx: Ctx): Promise<{ hold: Held | null }> {
  const hold = await readHold(ctx)
  if (!hold) return { hold: null }
  const { about } = hold
  const text = (key: string): string | null => (typeof about[key] === 'string' ? (about[key] as string) : null)
  const count = (key: string): number => (typeof about[key] === 'number' ? (about[key] as number) : 0)
  const [snapshotAt, restoredAt] = [text('snapshotAt'), text('restoredAt')]
  return {
    hold: {
      since: hold.since.toISOString(),
      parts: PARTS.filter((part) => hold.parts.includes(part)),
      snapshotAt,
      lastEventAt: text('lastEventAt'),
      restoredAt,
      gapSeconds: snapshotAt && restoredAt ? Math.max(0, Math.round((Date.parse(restoredAt) - Date.parse(snapshotAt)) / 1000)) : 0,
      file: text('file') ?? '',
      deliveries: count('deliveries'),
      newslettersPaused: count('newslettersPaused'),
      newslettersDrafted: count('newslettersDrafted'),
      jobs: await queries.countHeldJobs(ctx.db),
      stops: count('stops'),
      topics: count('topics'),
      erased: count('erased'),
      hadLog: about.hadLog === true,
    },
  }
}

/** Lets parts go on. @throws Refusal conflict while the restore has not ended */
export async function release(ctx: Ctx, input: { parts: readonly Part[] }): Promise<{ left: Part[] }> {
  const hold = await readHold(ctx)
  if (hold?.about.settled === false)
    refuse('conflict', 'backup.settling', {
      message: '復元の後処理が終わっていません / The restore has not ended yet. Start the product again.',
    })
  const left = await releaseParts(ctx, input.parts)
  await announce(ctx, 'hold', {})
  return { left: PARTS.filter((part) => left.includes(part)) }
}

/** For /health: when the last backup was made and what is held. */
export function safetyOf(house: House): Promise<{ lastBackupAt: string | null; held: string[] }> {
  return withTx(house, KEEPER, async (ctx) => ({
    lastBackupAt: (await queries.lastBackupAt(ctx.db))?.toISOString() ?? null,
    held: [...((await readHold(ctx))?.parts ?? [])],
  }))
}
