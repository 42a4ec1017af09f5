import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../../test/world.ts'
import { isPassing, startEmbedded, whyIn } from './embedded.ts'
import { type Migration, migrate } from './migrate.ts'
import { type Database, openDatabase } from './open.ts'

const folders: string[] = []
const open: Database[] = []
afterEach(async () => {
  for (const database of open.splice(0)) await database.close().catch(() => {})
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(dataDir: string, fsync = false): Promise<Database> {
  const database = await openDatabase({ databaseUrl: null, dataDir, fsync })
  open.push(database)
  return database
}
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hagukumi-embedded-'))
  folders.push(made)
  return made
}
const pidOf = (dataDir: string) => Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0])
const step = (number: number, text: string): Migration => ({ number, name: `step_${number}`, text, checksum: text })

test('D8 a database that cannot be made says why, not what it cleaned up', () => {
  const said =
    'initdb: error: could not create directory "/data/pg/base": No space left on device\ninitdb: removing contents of data directory "/data/pg"\n'
  expect(whyIn(said)).toBe('initdb: error: could not create directory "/data/pg/base": No space left on device')
  expect(whyIn('LOG:  starting\nFATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster running?')).toMatch(
    /^FATAL/,
  )
  expect(
    whyIn(
      'sh: 1: cannot create /dev/null: Permission denied\nchild process exited with exit code 2\ninitdb: removing contents of data directory "/data/pg"',
    ),
  ).toBe('sh: 1: cannot create /dev/null: Permission denied')
})

test('D8 S6 a start beside the last sessions of a killed server is tried again, whatever these still write to its log', () => {
  const said = `FATAL:  pre-existing shared memory block (key 12, ID 3) is still in use
HINT:  Terminate any old server processes associated with data directory "/data/pg".
FATAL:  terminating connection due to unexpected postmaster exit
`
  expect(isPassing(said)).toBe(true)
  expect(whyIn(said)).toMatch(/^FATAL: {2}pre-existing/)
  expect(isPassing('FATAL:  could not open file "pg_wal/000000010000000000000001": No such file or directory')).toBe(false)
})

test('D8 a server that was killed starts again with everything that was committed', async () => {
  const dataDir = folder()
  const first = await start(dataDir, true)
  await first.pool.query('CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
  process.kill(pidOf(dataDir), 'SIGKILL')
  await first.close().catch(() => {})
  const second = await start(dataDir)
  expect((await second.pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }])
})

test.runIf(process.platform === 'linux')(
  'D8 S6 a server that is just dying is not taken for one that runs: the start waits until it is gone, and all is there',
  async () => {
    const dataDir = folder()
    const first = await start(dataDir, true)
    await first.pool.query('CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    const file = join(dataDir, 'pg', 'postmaster.pid')
    const said = readFileSync(file, 'utf8')
    process.kill(pidOf(dataDir), 'SIGKILL')
    await first.close().catch(() => {})
    // Called as the server is, and deaf.
    const dying = join(dataDir, 'postgres')
    copyFileSync('/bin/sleep', dying)
    const { pid } = spawn(dying, ['1'])
    writeFileSync(file, said.replace(/^\d+/, String(pid)))
    const second = await start(dataDir)
    expect((await second.pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }])
  },
)

test('D8 a server that outlived its product is found and used, and the last one out stops it', async () => {
  const dataDir = folder()
  const first = await start(dataDir)
  const pid = pidOf(dataDir)
  const second = await start(dataDir)
  expect(pidOf(dataDir)).toBe(pid)
  await first.close()
  expect((await second.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await second.close()
  expect(() => readFileSync(join(dataDir, 'pg', 'postmaster.pid'))).toThrow()
})

test('D8 whoever leaves another database of the embedded server, as a command beside a running demo does, leaves the server to those who are still there', async () => {
  const dataDir = folder()
  const demo = await openDatabase({ databaseUrl: null, dataDir, fsync: false, name: 'hagukumi_demo' })
  open.push(demo)
  const command = await start(dataDir)
  await command.close()
  expect((await demo.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await demo.close()
  expect(() => readFileSync(join(dataDir, 'pg', 'postmaster.pid'))).toThrow()
})

test('D8 N1 a product that comes while the embedded server has no connection left waits for one', async () => {
  const dataDir = folder()
  await start(dataDir)
  const { config } = await startEmbedded({ dataDir, fsync: false })
  const dead: pg.Client[] = []
  const fill = async (): Promise<never> => {
    for (;;) {
      const one = new pg.Client(config('postgres'))
      one.on('error', () => {})
      await one.connect()
      dead.push(one)
    }
  }
  await expect(fill()).rejects.toMatchObject({ code: '53300' })
  const turnedAway = () => readFileSync(join(dataDir, 'pg.log'), 'utf8').split('too many clients').length - 1
  const before = turnedAway()
  const coming = start(dataDir)
  await Promise.race([coming, until(async () => turnedAway() > before, { what: 'the newcomer to be turned away' })])
  await Promise.all(dead.map((one) => one.end()))
  expect((await (await coming).pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('D7 migrations run once, in order, and a failing one leaves nothing behind', async () => {
  const { pool } = await start(folder())
  const good = [step(1, 'CREATE TABLE a (n int)'), step(2, 'INSERT INTO a VALUES (1)')]
  expect(await migrate(pool, good)).toEqual([1, 2])
  expect(await migrate(pool, good)).toEqual([])
  await expect(migrate(pool, [...good, step(3, 'INSERT INTO a VALUES (2); SELECT nothing_there')])).rejects.toThrow(
    /Migration 3 .* was undone/,
  )
  expect((await pool.query('SELECT count(*) AS n FROM a')).rows).toEqual([{ n: 1 }])
  await expect(migrate(pool, [step(1, 'CREATE TABLE b (n int)')])).rejects.toThrow(/was changed after/)
})

test('D7 two processes that migrate at once do each step once', async () => {
  const { pool } = await start(folder())
  const steps = [step(1, 'CREATE TABLE a (n int)'), step(2, 'INSERT INTO a SELECT 1 FROM pg_sleep(0.2)')]
  const applied = await Promise.all([migrate(pool, steps), migrate(pool, steps)])
  expect(applied.flat().sort()).toEqual([1, 2])
})
