import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal } from '#kernel/errors.ts'
import { defineJob } from '#kernel/jobs.ts'
import { announce } from '#kernel/live.ts'
import { noteTaken, partName, readAsk } from './ask.ts'
import type { ExportAsk } from './contract.ts'
import { Stopped, writeFile } from './file.ts'
import * as queries from './queries.ts'

const WORKER: Actor = { kind: 'system', name: 'export' }

/** Where prepared files lie. */
export const exportFolder = (house: House): string => join(house.dataDir, 'exports')
export const exportPath = (house: House, id: string): string => join(exportFolder(house), id)

/** Writes a file whole, from one snapshot; killed, it begins anew. */
export const exportJob = defineJob({
  name: 'exports.write',
  schema: z.object({ id: z.guid() }),
  retries: 3,
  expireSeconds: 7_200,
  run: async (house, { id }) => {
    const isMine = await withTx(house, WORKER, async (ctx) => {
      await queries.awaitErasures(ctx.db)
      return queries.moveExport(ctx.db, id, ['waiting', 'running'], { state: 'running', rows: 0 })
    })
    if (!isMine) return
    await mkdir(exportFolder(house), { recursive: true, mode: 0o700 })
    const part = join(exportFolder(house), partName(id))
    try {
      await write(house, id, part)
    } catch (error) {
      await rm(part, { force: true })
      if (error instanceof Stopped) return
      const refusal = asRefusal(error)
      if (!refusal || refusal.kind === 'unavailable') throw error
      await withTx(house, WORKER, (ctx) =>
        queries.moveExport(ctx.db, id, ['running'], { state: 'failed', failure: refusal.message, ended_at: ctx.now }),
      )
    }
  },
})

async function write(house: House, id: string, part: string): Promise<void> {
  const row = await withRead(house, WORKER, (ctx) => queries.findExport(ctx.db, id))
  if (!row) return
  const ask = {
    source: row.source,
    filter: row.filter,
    columns: row.columns,
    format: row.format,
    language: row.language,
  } as unknown as ExportAsk
  const told = (rows: number) =>
    withTx(house, WORKER, async (ctx) => {
      await announce(ctx, 'exports', { id, rows })
      return queries.moveExport(ctx.db, id, ['running'], { rows })
    })
  const written = await withRead(house, WORKER, async (ctx) =>
    writeFile(ctx, await readAsk(ctx, ask), createWriteStream(part, { flags: 'wx', mode: 0o600 }), told),
  )
  const { size } = await stat(part)
  await rename(part, exportPath(house, id))
  const isDone = await withTx(house, WORKER, async (ctx) => {
    const done = await queries.moveExport(ctx.db, id, ['running'], {
      state: 'done',
      ended_at: ctx.now,
      rows: written.rows,
      total: written.rows,
      bytes: size,
      lost: written.lost,
      losses: written.losses as never,
    })
    // Cancelled, or taken back for somebody who was erased: there is no such file.
    if (!done) return false
    await noteTaken(ctx, {
      action: 'exports.written',
      id,
      source: row.source,
      format: row.format,
      rows: written.rows,
      columns: row.columns as string[],
    })
    await announce(ctx, 'exports', { id })
    return true
  })
  if (!isDone) await rm(exportPath(house, id), { force: true })
}

/** Every hour: files whose days are over go, and what a killed writer left behind. */
export const exportKeeping = defineJob({
  name: 'exports.keeping',
  schema: z.object({}),
  cron: '20 * * * *',
  run: async (house) => {
    const kept = await withTx(house, WORKER, async (ctx) => {
      await queries.expireExports(ctx.db, ctx.now)
      return new Set(await queries.listKept(ctx.db))
    })
    for (const name of await readdir(exportFolder(house)).catch(() => [])) {
      const id = name.split('.')[0] ?? ''
      if (!kept.has(id)) await rm(join(exportFolder(house), name), { force: true })
    }
  },
})

export const jobs = [exportJob, exportKeeping]
