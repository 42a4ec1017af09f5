// Puts the server's sources together into a few files without types and comments: dist/server/<hash of what they were made from>, so that no
// build is ever older than its sources and a process that is running keeps its own (docs/decisions/0026).
// Plain JavaScript, because the entry loads it: the type stripper would stay in the process, with some 25 MB.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const builds = join(root, 'dist', 'server')

/** Where the process and each kind of thread begins; all land in one folder, by their names. */
const ENTRIES = ['src/server/start.ts', 'src/loop/deliver/template/templateThread.mjs', 'src/loop/capture/cards/read/cardThread.mjs']

/**
 * Packages of very many files that only compute are put in, too, with whatever they need; all others stay where npm put them. Each has to be
 * there once, so all who use zod are in the list; `pg` keeps settings that are everybody's, and `cron-parser` comes as CommonJS.
 */
const TAKEN_IN = ['zod', '@orpc', 'better-auth', '@better-auth', 'kysely', 'pg-boss', 'rrule-temporal']
const LEFT_OUT = ['pg', 'cron-parser']

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A process says each day that it runs from its build, and fetches parts of it when they are first needed. */
const KEPT_MS = 7 * DAY
/** What a build is written into until it is whole; left behind by one that was killed. */
const BEGUN = '.building-'
/** Names and sizes of a build's files; written last. */
const MARK = 'whole.json'

/** SHA-256, shortened, over our sources and the list of packages. A package that was changed by hand is not seen. */
function hashOfSources() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
  const hash = createHash('sha256')
  for (const file of [...sources, 'tools/build.ts', 'tools/bundle.mjs', 'package.json', 'package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** Whether a build is there with all its bytes; a power cut may have kept names and lost what they named. */
function isWhole(folder) {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, MARK), 'utf8'))
    return Object.entries(sizes).every(([name, size]) => statSync(join(folder, name)).size === size)
  } catch {
    return false
  }
}

/**
 * The folder with the server as it is built from the sources as they are now; made when it is not there yet (half a second, in a process of
 * its own). Null, with one sentence said, where it cannot be made: then the sources run as they are.
 */
export function serverFolder(say) {
  try {
    const folder = join(builds, hashOfSources())
    if (!isWhole(folder)) makeBeside(folder)
    stayWith(folder)
    return folder
  } catch (error) {
    say(
      `The server could not be put together (${error.message}); it runs from its sources, with some 30 MB more memory and a slower start.`,
    )
    return null
  }
}

function makeBeside(folder) {
  const { stderr, error, status } = spawnSync(process.execPath, [import.meta.filename], { cwd: root, encoding: 'utf8' })
  if (isWhole(folder)) return
  throw error ?? new Error(/^bundle: (.*)$/m.exec(stderr)?.[1] ?? `it ended with ${status}`)
}

/** Says each day that somebody runs from it. Who may not say so, since the build is another user's, has it for a week. */
function stayWith(folder) {
  const touch = () => {
    const now = new Date()
    try {
      utimesSync(folder, now, now)
    } catch {
      // not ours to touch
    }
  }
  touch()
  setInterval(touch, DAY).unref()
}

/** Whether a package is put in or stays where npm put it. */
function placeOf({ path, importer, kind }) {
  const [scope = ''] = path.split('/')
  const isOfPackage = /[\\/]node_modules[\\/]/.test(importer)
  const isIn = TAKEN_IN.includes(scope) || (isOfPackage && !LEFT_OUT.includes(scope))
  return isIn || kind === 'entry-point' ? undefined : { path, external: true }
}

async function buildNow() {
  const hash = hashOfSources()
  const folder = join(builds, hash)
  if (isWhole(folder)) return
  const { build } = await import('esbuild')
  mkdirSync(builds, { recursive: true })
  const fresh = mkdtempSync(join(builds, BEGUN))
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ENTRIES,
      entryNames: '[name]',
      outdir: fresh,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      plugins: [{ name: 'packages', setup: (building) => void building.onResolve({ filter: /^[^.#/]/ }, placeOf) }],
      platform: 'node',
      target: 'node24',
      format: 'esm',
      tsconfigRaw: '{}',
      // Names stay as they are, so that a stack says which functions it went through; NODE_OPTIONS=--enable-source-maps says the lines.
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: 120,
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'silent',
    })
    markWhole(fresh)
    if (hashOfSources() !== hash) throw new Error('the sources changed meanwhile')
    settle(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  removeOld(folder)
}

function markWhole(folder) {
  const names = readdirSync(folder)
  for (const name of names) keepBytes(join(folder, name))
  writeFileSync(join(folder, MARK), JSON.stringify(Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]))))
  keepBytes(join(folder, MARK))
}

function keepBytes(file) {
  const open = openSync(file, 'r+')
  fsyncSync(open)
  closeSync(open)
}

/** Renames, so that nobody sees half a build; who comes second finds the same one there. Only what is damaged makes way. */
function settle(fresh, folder) {
  try {
    renameSync(fresh, folder)
  } catch {
    if (isWhole(folder)) return
    rmSync(folder, { recursive: true, force: true })
    renameSync(fresh, folder)
  }
}

function removeOld(current) {
  for (const name of readdirSync(builds)) {
    const folder = join(builds, name)
    try {
      const age = Date.now() - statSync(folder).mtimeMs
      if (folder !== current && age > (name.startsWith(BEGUN) ? HOUR : KEPT_MS)) rmSync(folder, { recursive: true, force: true })
    } catch {
      // another user's, or just gone
    }
  }
}

/** The bundler's first finding, or what the system said. */
function reasonOf(error) {
  const [finding] = error.errors ?? []
  const place = finding?.location ? `${finding.location.file}:${finding.location.line}: ` : ''
  return finding ? `${place}${finding.text}` : String(error.message ?? error).split('\n')[0]
}

if (process.argv[1] === import.meta.filename) {
  try {
    await buildNow()
  } catch (error) {
    process.stderr.write(`bundle: ${reasonOf(error)}\n`)
    process.exitCode = 1
  }
}
