// The way in: settings, database, migrations, house, server, worker; and the way out in reverse.
import { join } from 'node:path'
import { settleRestore } from '#backup/load/settle.ts'
import { safetyOf } from '#backup/service.ts'
import { calendarWarning, japaneseCalendar } from '#kernel/calendar.ts'
import { systemClock } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { type Database, openDatabase } from '#kernel/db/open.ts'
import { withRead } from '#kernel/db/tx.ts'
import { listen } from '#kernel/listen.ts'
import { type Log, makeLog } from '#kernel/log.ts'
import { ROOT } from '#kernel/root.ts'
import { countStuck } from '#loop/identify/stuck/service.ts'
import { build } from '../../tools/build.ts'
import { buildDemo } from '../demo/build.ts'
import { demoSite } from '../demo/site/routes.ts'
import { DEMO_DATABASE, type DemoState, OWNER_MAIL } from '../demo/state.ts'
import { type Config, readConfig } from './config.ts'
import { buildHouse } from './house.ts'
import { buildHttp } from './http.ts'
import { holdDirectory } from './lock.ts'
import { version } from './version.ts'
import { jobs, ports, publicRoutes, rooms } from './wire.ts'
import { startWorker } from './worker.ts'

/** Starts the product by the settings of the environment; ends the process with one sentence where it cannot. */
export async function main(): Promise<void> {
  try {
    await start(readConfig())
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    if (process.argv.includes('--stack')) process.stderr.write(`${(error as Error).stack}\n`)
    process.exit(1)
  }
}

async function start(config: Config): Promise<void> {
  const log = makeLog(config.logLevel)
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const web = config.run !== 'worker'
  if (web) await build(say)
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    ...(config.demo ? { name: DEMO_DATABASE } : {}),
  })
  const closers: (() => Promise<unknown>)[] = [() => database.close()]
  try {
    if (web && database.capabilities.kind === 'embedded') closers.unshift(await holdDirectory(database, config.dataDir))
    const applied = await migrate(database.pool)
    if (applied.length) log.info({ migrations: applied }, 'the database was brought to this version')
    await run(config, database, log, closers)
  } catch (error) {
    for (const close of closers) await close().catch(() => {})
    throw error
  }
  warn(config, database, log, say)
}

async function run(config: Config, database: Database, log: Log, closers: (() => Promise<unknown>)[]): Promise<void> {
  const house = await buildHouse({
    database,
    ports: ports(),
    jobs,
    publicUrl: config.publicUrl,
    dataDir: config.dataDir,
    secretKey: config.secretKey,
    smtpUrl: config.smtpUrl,
    egressAllow: config.egressAllow,
    log,
  })
  closers.unshift(() => house.jobs.stop())
  if (await settleRestore(house, config.secretKeyFile)) log.info({}, 'a restore that was cut off has been ended')
  const demo = config.demo ? await buildDemo(house, systemClock.now(), (line) => process.stderr.write(`${line}\n`)) : null
  const notices = await listen(database.connect, log)
  closers.unshift(() => notices.stop())
  if (config.run !== 'web') {
    const worker = await startWorker(house)
    closers.unshift(() => worker.stop())
  }
  if (config.run !== 'worker') {
    const health = () => healthOf(config, database, house)
    const app = await buildHttp({
      house,
      rooms,
      publicRoutes: demo ? [...publicRoutes, demoSite] : publicRoutes,
      adminFolder: join(ROOT, 'dist', 'admin'),
      trustProxy: config.trustProxy,
      health,
    })
    await app.listen({ port: config.port, host: config.host })
    closers.unshift(() => app.close())
  }
  if (demo) tellDemo(config, demo)
  stopOnSignal(closers, log)
}

function tellDemo(config: Config, demo: DemoState): void {
  const lines = [
    `The demo company's site: ${config.publicUrl}/demo/`,
    `Sign in to the admin as ${OWNER_MAIL} with the password ${demo.password}`,
    'Remove the demo: stop, then npm run cli -- demo remove',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

async function healthOf(config: Config, database: Database, house: House): Promise<object> {
  const { kind, version: serverVersion } = database.capabilities
  const about = {
    version,
    run: config.run,
    database: { kind, version: serverVersion },
    durability: database.durability,
    ...(config.egressAllow.length ? { egressAllow: config.egressAllow } : {}),
  }
  const isThere = await database.isThere()
  return {
    status: isThere ? 'ok' : 'database away',
    ...about,
    ...(isThere ? { ...(await safetyOf(house)), stuck: await withRead(house, { kind: 'system', name: 'health' }, countStuck) } : {}),
  }
}

function warn(config: Config, database: Database, log: Log, say: (line: string) => void): void {
  const { fsync, synchronousCommit } = database.durability
  if (!fsync || !synchronousCommit)
    log.error({ fsync, synchronousCommit }, 'THE DATABASE MAY LOSE ACKNOWLEDGED DATA: turn fsync and synchronous_commit on')
  const calendar = calendarWarning(japaneseCalendar(), systemClock.now())
  if (calendar) log.warn({}, calendar)
  if (config.egressAllow.length) log.warn({ egressAllow: config.egressAllow }, 'EGRESS_ALLOW is set: webhooks may reach private addresses')
  say(config.run === 'worker' ? 'Hagukumi worker is running.' : `Hagukumi is ready: ${config.publicUrl}`)
}

function stopOnSignal(closers: readonly (() => Promise<unknown>)[], log: Log): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    for (const close of closers) await close().catch((error: unknown) => log.error({ err: error }, 'a part did not stop in order'))
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}
