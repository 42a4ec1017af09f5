// The command line: npm run cli -- <command>. A client of the same services; it uses the running database or starts it for its work.

import type { House } from '#kernel/ctx.ts'
import { demandVersion } from '#kernel/db/beside.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { openDatabase } from '#kernel/db/open.ts'
import { Refusal, refuse } from '#kernel/errors.ts'
import { makeLog } from '#kernel/log.ts'
import { countSessions } from '../demo/queries.ts'
import { DEMO_DATABASE, readDemo } from '../demo/state.ts'
import { type Config, readConfig } from '../server/config.ts'
import { buildHouse } from '../server/house.ts'
import { jobs, ports } from '../server/wire.ts'
import { backupCommand, releaseCommand, restoreCommand, suppressionsCommand } from './backup.ts'
import { demoCommand } from './demo.ts'
import { keysCommand } from './keys.ts'
import { replayCommand } from './replay.ts'
import { setupCommand } from './setup.ts'
import { simulateCommand } from './simulate.ts'

type Command = { readonly words: string } & (
  | { readonly run: (house: House, args: readonly string[], config: Config) => Promise<string> }
  /** Works on a database that is not there yet, or of another version. */
  | { readonly bare: typeof restoreCommand }
)

const commands: Readonly<Record<string, Command>> = {
  keys: { words: 'keys create --name N --scope admin|write|read|track   make an API key and print it', run: keysCommand },
  replay: {
    words: "replay <access.log|.gz> [--site N] [--origin URL]     turn a web server's log into historic visits",
    run: replayCommand,
  },
  simulate: {
    words: 'simulate <scenario> [--months N] [--compare S]        what a draft would have done in the last months; nothing is sent',
    run: simulateCommand,
  },
  demo: { words: 'demo remove                                          remove the demo company and all that is in it', run: demoCommand },
  backup: {
    words: 'backup [<file>]                                      one file from one snapshot, while the product runs',
    run: backupCommand,
  },
  restore: {
    words: 'restore <file> [--replace]                           put a backup in place; sending, webhooks and scenarios stay held',
    bare: restoreCommand,
  },
  release: { words: 'release [all|sending|webhooks|scenarios]             let a restored installation go on', run: releaseCommand },
  suppressions: {
    words: 'suppressions export|import <file>                    the list of stops, as keyed hashes',
    run: suppressionsCommand,
  },
  setup: {
    words: 'setup export|import <folder|file.zip>                the set-up as text files; import says what would change',
    run: setupCommand,
  },
  migrate: {
    words: 'migrate                                              bring the database to this version',
    run: async () => 'The database is at this version.',
  },
}

/** Works on the demo company, whose database lies beside the installation's own. */
const ON_DEMO = '--demo'
const [name, ...args] = process.argv.slice(2).filter((word) => word !== ON_DEMO)
const onDemo = process.argv.includes(ON_DEMO)
const command = name ? commands[name] : undefined
if (!command) {
  process.stderr.write(
    `${name ? `There is no command "${name}". ` : ''}Commands:\n${Object.values(commands)
      .map((each) => `  ${each.words}`)
      .join('\n')}\nWith ${ON_DEMO} a command works on the demo company instead of your own data.\n`,
  )
  process.exit(2)
}

try {
  process.stdout.write(`${await work(command, args)}\n`)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = error instanceof Refusal ? 2 : 1
}

async function work(chosen: Command, rest: readonly string[]): Promise<string> {
  if (onDemo && ('bare' in chosen || chosen === commands.demo)) refuse('invalid', 'cli.demo', { message: `${name} takes no ${ON_DEMO}.` })
  const config = readConfig(process.env, onDemo ? [ON_DEMO] : [])
  if ('bare' in chosen) return chosen.bare(config, rest, (run) => inHouse(readConfig(process.env, []), run))
  return inHouse(config, (house) => chosen.run(house, rest, config), chosen === commands.migrate)
}

/** @param forward whether the command is the very one that brings the database to this version, whatever runs on it */
async function inHouse<T>(config: Config, run: (house: House) => Promise<T>, forward = false): Promise<T> {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: 6,
    ...(config.demo ? { name: DEMO_DATABASE } : {}),
  })
  try {
    if (!forward) await demandVersion(database.pool)
    await migrate(database.pool)
    const log = makeLog('warn')
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
    try {
      if (config.demo && !(await readDemo(house)))
        refuse('missing', 'demo.none', { message: 'There is no demo company here. npm start -- --demo makes it.' })
      const done = await run(house)
      if (!config.demo && (await countSessions(house.db, DEMO_DATABASE)) > 0)
        process.stderr.write(`The demo company is running. This worked on your own data, not on the demo's: for that, add ${ON_DEMO}.\n`)
      return done
    } finally {
      await house.jobs.stop()
    }
  } finally {
    await database.close()
  }
}
