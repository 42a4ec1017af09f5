// The entry: is this Node new enough, how does it take its memory, and from which files does it run. The product itself is loaded after that.
// Plain JavaScript for the reason given in tools/bundle.mjs.
import { pathToFileURL } from 'node:url'

const [major] = process.versions.node.split('.').map(Number)
if (!major || major < 24) {
  process.stderr.write(`Hagukumi runs on Node 24 or newer; this is ${process.version}. Start it with "npm start", which brings its own.\n`)
  process.exit(1)
}

// glibc gives each thread an arena of its own to take memory from, and what falls free in one helps no other: a process that sends mail
// held 25 MB that way. It reads how many there may be before a program begins, so this one begins once more: as the same process, with
// the same flags, arguments and streams. One that a parent talks to would lose that line, and stays as it is.
if (process.platform === 'linux' && process.execve && !process.env.MALLOC_ARENA_MAX && !process.channel) {
  try {
    process.execve(process.execPath, [process.argv0, ...process.execArgv, ...process.argv.slice(1)], {
      ...process.env,
      MALLOC_ARENA_MAX: '1',
    })
  } catch {
    // where that is not allowed, it goes on with as many as there are
  }
}

const { serverFolder } = await import('../../tools/bundle.mjs')
const built = serverFolder((line) => process.stderr.write(`${line}\n`))
const { main } = await import(built ? new URL('start.mjs', pathToFileURL(`${built}/`)) : './start.ts')
await main()
