// A disk that fills takes a part of what is written, without an error: the next write hears of it, and after the last there is none.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBackup } from '../src/backup/dump/service.ts'
import { appendStopLog } from '../src/backup/stops/file.ts'
import { storeUpload } from '../src/loop/capture/import/file.ts'
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

test.runIf(process.platform === 'linux')(
  'D5 D6 a backup whose last bytes find no room is none: it fails, and no file of its name is there',
  async () => {
    const target = join(folder, 'hagukumi.tar')
    const ask = {
      id: '01900000-0000-7000-8000-000000000001',
      pool: db.house.pool,
      dataDir: folder,
      target,
      product: '1',
      publicUrl: '',
      keyMark: '',
      sealed: null,
      progress: async () => undefined,
    }
    await writeBackup(ask)
    const { size } = statSync(target)
    rmSync(target)
    await expect(withRoom(size - 900, () => writeBackup(ask))).rejects.toMatchObject({ code: 'EFBIG' })
    expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false])
  },
)

test.runIf(process.platform === 'linux')(
  'D5 a file whose last bytes find no room is not taken for whole: uploads, lists to import, the log of stops',
  async () => {
    const { house } = db
    await expect(withRoom(9_000, () => storeUpload(house, 'short', chunk(10_000)))).rejects.toMatchObject({ code: 'EFBIG' })
    await expect(withRoom(9_000, () => store(house, 'short-short-short-short', chunk(10_000)))).rejects.toMatchObject({ code: 'EFBIG' })
    const lines = Array.from({ length: 100 }, (_, i) => ({ address: `${i}@example.co.jp`, reason: 'unsubscribe' }))
    await expect(withRoom(1_000, () => appendStopLog(folder, lines))).rejects.toMatchObject({ code: 'EFBIG' })
    expect(await storeUpload(house, 'whole', chunk(10_000))).toBe(10_000)
  },
)
