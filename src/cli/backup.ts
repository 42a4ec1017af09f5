import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Actor, House } from '#kernel/ctx.ts'
import { openDatabase } from '#kernel/db/open.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { allStops, reapplyStops } from '#loop/identify/stopLog/service.ts'
import { sealKey } from '../backup/archive/key.ts'
import { PARTS } from '../backup/contract.ts'
import { checkBackup } from '../backup/load/check.ts'
import { restoreBackup } from '../backup/load/service.ts'
import { settleRestore } from '../backup/load/settle.ts'
import { beginRun, heldNow, makeBackup, release } from '../backup/service.ts'
import { standing } from '../backup/stops/decide.ts'
import { appendStopLog, readLines } from '../backup/stops/file.ts'
import { writeStopNotes } from '../backup/stops/service.ts'
import type { Config } from '../server/config.ts'

const CLI: Actor = { kind: 'system', name: 'cli' }
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const count = (n: number): string => n.toLocaleString('en')

const BACKUP = 'Usage: backup [<file>] [--passphrase-file <file>]     with a passphrase the secret key goes into the file, sealed'

/** `backup [<file>]`: one file from one snapshot, while the product runs. @returns the lines for stdout: the path, then figures */
export async function backupCommand(house: House, args: readonly string[], config: Config): Promise<string> {
  const { values, positionals } = parse(args, { 'passphrase-file': { type: 'string' } }, BACKUP, 1)
  const passphrase = await passphraseOf(values['passphrase-file'])
  const sealed = passphrase === undefined ? null : await sealKey(config.secretKey, passphrase)
  const from = performance.now()
  await writeStopNotes(house)
  const id = await withTx(house, CLI, (ctx) => beginRun(ctx, 'cli'))
  const made = await makeBackup(house, id, { sealed, ...(positionals[0] ? { target: resolve(positionals[0]) } : {}) })
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  return `${made.path}\n${count(made.rows)} rows of ${made.tables} tables, ${count(made.files)} files, ${count(made.bytes)} bytes, as of ${made.snapshotAt.toISOString()}, in ${seconds} s`
}

const RESTORE =
  'Usage: restore <file> [--replace] [--passphrase-file <file>] [--stops <stops.log>] [--other-key] [--check]     stop the product first'

/** `restore <file>`: looks the file through, loads it in one transaction, and leaves the installation held. */
export async function restoreCommand(config: Config, args: readonly string[], openHouse: OpenHouse): Promise<string> {
  const options = {
    replace: { type: 'boolean' },
    check: { type: 'boolean' },
    'other-key': { type: 'boolean' },
    'passphrase-file': { type: 'string' },
    stops: { type: 'string' },
  } as const
  const { values, positionals } = parse(args, options, RESTORE, 1)
  const [file] = positionals
  if (!file) refuse('invalid', 'restore.usage', { message: RESTORE })
  if (values.check) return checked(file)
  const passphrase = await passphraseOf(values['passphrase-file'])
  const from = performance.now()
  const database = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, connections: 4 })
  const restored = await restoreBackup({
    file,
    database,
    dataDir: config.dataDir,
    secretKey: config.secretKey,
    secretKeyFile: config.secretKeyFile,
    replace: values.replace === true,
    otherKey: values['other-key'] === true,
    ...(passphrase === undefined ? {} : { passphrase }),
    progress: (what) => say(`  ${what}`),
  }).finally(() => database.close())
  if (typeof values.stops === 'string') await appendStopLog(config.dataDir, await readLines(resolve(values.stops), new Date(0)))
  const told = await openHouse((house) => settleRestore(house, config.secretKeyFile))
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  return [
    `Restored ${count(restored.rows)} rows and ${count(restored.files)} files, as of ${restored.snapshotAt.toISOString()}, in ${seconds} s.`,
    ...(restored.migrated ? [`Brought forward by ${restored.migrated} migrations.`] : []),
    ...(restored.keyChanged ? ['The secret key of the backup is in place; the one before lies beside it as secret.key.before.'] : []),
    told?.hadLog
      ? `From the log of stops: ${told.stops} stops, ${told.topics} topics, ${told.erased} erasures were told again.`
      : 'There was no stops.log: stops and erasures since the backup are not known here. Import one with "suppressions import" before you release sending.',
    'Sending, webhooks and scenarios are held. Look at it, then: npm run cli -- release all',
  ].join('\n')
}

export type OpenHouse = <T>(run: (house: House) => Promise<T>) => Promise<T>

async function checked(file: string): Promise<string> {
  const { about, end } = await checkBackup(file)
  const rows = end.tables.reduce((sum, table) => sum + table.rows, 0)
  return `The backup is whole: ${count(rows)} rows of ${end.tables.length} tables, ${count(end.files.length)} files, as of ${about.snapshotAt}, made by Hagukumi ${about.product}${about.secret ? ', with the secret key' : ''}.`
}

const RELEASE = `Usage: release all | ${PARTS.join(' | ')} …     without a word: what is held`

/** `release`: what a restored installation holds back, and lets it go on. */
export async function releaseCommand(house: House, args: readonly string[]): Promise<string> {
  const known = PARTS.filter((part) => args.includes(part) || args.includes('all'))
  if (args.some((word) => word !== 'all' && !PARTS.some((part) => part === word))) refuse('invalid', 'release.usage', { message: RELEASE })
  const { hold } = await withRead(house, CLI, heldNow)
  if (!hold) return 'Nothing is held.'
  if (!known.length) return `Held: ${hold.parts.join(', ')}. The backup is of ${hold.snapshotAt}, restored ${hold.restoredAt}.\n${RELEASE}`
  const { left } = await withTx(house, CLI, (ctx) => release(ctx, { parts: known }))
  return left.length ? `Still held: ${left.join(', ')}.` : 'Nothing is held any more.'
}

const SUPPRESSIONS = 'Usage: suppressions export <file> | import <file>     one JSON line a stop; addresses are keyed hashes'

/** `suppressions export|import <file>`: the list of stops, in the lines of stops.log. */
export async function suppressionsCommand(house: House, args: readonly string[]): Promise<string> {
  const [verb, file] = args
  if (!file || args.length > 2 || (verb !== 'export' && verb !== 'import'))
    refuse('invalid', 'suppressions.usage', { message: SUPPRESSIONS })
  if (verb === 'export') return `${count(await exportStops(house, resolve(file)))} stops written to ${resolve(file)}`
  const { stops } = standing(await readLines(resolve(file), new Date(0)))
  const fresh = await withTx(house, CLI, (ctx) => reapplyStops(ctx, stops))
  return `${count(stops.length)} stops read, ${count(fresh)} of them new or stricter.`
}

async function exportStops(house: House, file: string): Promise<number> {
  const out = createWriteStream(file, { mode: 0o600 })
  let lines = 0
  await withRead(house, CLI, async (ctx) => {
    for await (const { since, ...stop } of allStops(ctx)) {
      const line = { at: since.toISOString(), kind: 'stop', ...stop, since: since.toISOString() }
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain')
      lines++
    }
  })
  out.end()
  await once(out, 'finish')
  return lines
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options']

function parse<O extends NonNullable<Options>>(args: readonly string[], options: O, usage: string, most: number) {
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    if (read.positionals.length <= most) return read
  } catch {
    // told below
  }
  return refuse('invalid', 'cli.usage', { message: usage })
}

/** From a file, so that it stands neither in the process list nor in the shell's history. */
async function passphraseOf(file: unknown): Promise<string | undefined> {
  if (typeof file !== 'string') return undefined
  const text = await readFile(join(file), 'utf8').catch(() =>
    refuse('invalid', 'backup.passphrase', { message: `The passphrase file ${file} cannot be read.` }),
  )
  return text.trim()
}
