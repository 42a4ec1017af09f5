// One import by itself, for workload 7: a process that imports the files it is told of, one a line, and says how much its memory grew.
// No reactor runs beside it: what a newcomer sets off is workload 2's.
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { openDatabase } from '#kernel/db/open.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { importOptions } from '#loop/capture/import/contract.ts'
import { sniff, storeUpload } from '#loop/capture/import/file.ts'
import { getImport } from '#loop/capture/import/reads.ts'
import { registerImport, startImport } from '#loop/capture/import/service.ts'
import { buildHouse } from '#server/house.ts'
import { jobs, ports } from '#server/wire.ts'
import { SYSTEM } from '../test/chaos/arena.ts'
import { SECRET_KEY } from '../test/product.ts'
import { memoryOf } from './measure.ts'

const { DATABASE_URL = '', DATA_DIR = '' } = process.env
const database = await openDatabase({ databaseUrl: DATABASE_URL, dataDir: DATA_DIR })
const house = await buildHouse({
  database,
  dataDir: DATA_DIR,
  ports: ports(),
  jobs,
  publicUrl: 'http://127.0.0.1',
  secretKey: Buffer.from(SECRET_KEY),
})

async function take(path: string): Promise<number> {
  const id = randomUUID()
  const bytes = await storeUpload(house, id, createReadStream(path) as AsyncIterable<Buffer>)
  const found = await sniff(house, id)
  await withTx(house, SYSTEM, (ctx) => registerImport(ctx, { id, name: 'bench.csv', bytes: bytes ?? 0, ...found }))
  const seen = await withRead(house, SYSTEM, (ctx) => getImport(ctx, { id }))
  await withTx(house, SYSTEM, (ctx) => startImport(ctx, { ...seen, options: importOptions.parse({ basis: 'card', basisText: '展示会' }) }))
  await house.jobs.drain(house)
  return (await withRead(house, SYSTEM, (ctx) => getImport(ctx, { id }))).inserted
}

process.stdout.write('ready\n')
for await (const path of createInterface({ input: process.stdin })) {
  const before = memoryOf(process.pid)
  const inserted = await take(path)
  process.stdout.write(`done ${inserted} ${Math.round(memoryOf(process.pid, 'VmHWM') - before)}\n`)
}
await house.jobs.stop()
await database.close()
process.exit(0)
