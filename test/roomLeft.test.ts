// A disk that fills takes a part of what is written, without an error: the next write hears of it, and after the last there is none.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BackupAsk, writeBackup } from '../src/backup/dump/service.ts'
import { appendStopLog } from '../src/backup/stops/file.ts'
import { storePhoto } from '../src/loop/capture/cards/files.ts'
import { readOut, storeUpload } from '../src/loop/capture/import/file.ts'
import { store } from '../src/loop/identify/files/disk.ts'
import { type TestDatabase, testDatabase } from './database.ts'

let db: TestDatabase
let folder: string
const heard = (): void => undefined
beforeAll(async () => {
  process.on('SIGXFSZ', heard) // the write itself says EFBIG
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'hagukumi-room-'))
})
afterAll(async () => {
  process.off('SIGXFSZ', heard)
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

/** No file of this process grows beyond so many bytes while it runs: the kernel writes what fits, as it does on a disk that is nearly full. */
async function withRoom<T>(bytes: number, run: () => Promise<T>): Promise<T> {
  const limit = (most: number | 'unlimited') => execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${most}:`])
  limit(bytes)
  try {
    return await run()
  } finally {
    limit('unlimited')
  }
}

async function* chunk(bytes: number): AsyncGenerator<Buffer> {
  yield Buffer.alloc(bytes, 'a,b\n')
}

const askOf = (target: string, pool = db.house.pool): BackupAsk => ({
  id: '01900000-0000-7000-8000-000000000001',
  pool,
  dataDir: folder,
  target,
  product: '1',
  publicUrl: '',
  keyMark: '',
  sealed: null,
  progress: async () => undefined,
})

test.runIf(process.platform === 'linux')(
  'D5 D6 a backup whose last bytes find no room is none: it fails, and no file of its name is there',
  async () => {
    const target = join(folder, 'hagukumi.tar')
    const ask = askOf(target)
    await writeBackup(ask)
    const { size } = statSync(target)
    rmSync(target)
    await expect(withRoom(size - 900, () => writeBackup(ask))).rejects.toMatchObject({ code: 'EFBIG' })
    expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false])
  },
)

test('GEN-15 a backup that finds no connection fails, and leaves no half file', async () => {
  const target = join(folder, 'unconnected.tar')
  const pool = new Pool()
  await pool.end()
  await expect(writeBackup(askOf(target, pool))).rejects.toThrow('after calling end')
  expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false])
})

const IMPORTED = '01900000-0000-7000-8000-000000000002'
const RECIPE = { encoding: 'utf-8', delimiter: ',', sheet: 0 } as const
const STOPS = Array.from({ length: 100 }, (_, i) => ({ address: `${i}@example.co.jp`, reason: 'unsubscribe' }))
const WRITTEN: Readonly<Record<string, () => Promise<unknown>>> = {
  'a list to import': () => storeUpload(db.house, 'short', chunk(10_000)),
  'the rows read out of it': () => readOut(db.house, IMPORTED, RECIPE, async () => undefined),
  'an upload': () => store(db.house, 'short-short-short-short', chunk(10_000)),
  'a photo of a card': () => storePhoto(db.house, IMPORTED, chunk(10_000)),
  'the log of stops': () => appendStopLog(folder, STOPS),
}

test.runIf(process.platform === 'linux').for(Object.entries(WRITTEN))(
  'D5 %s whose last bytes find no room is not taken for whole',
  async ([, write]) => {
    expect(await storeUpload(db.house, IMPORTED, chunk(10_000))).toBe(10_000)
    await expect(withRoom(3_000, write)).rejects.toMatchObject({ code: 'EFBIG' })
  },
)
