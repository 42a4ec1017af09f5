// Puts the server's sources together into a few files without types and comments: dist/server/<hash of what they were made from>, so that no
// build is ever older than its sources and a process that is running keeps its own. Packages stay where npm put them.
// Plain JavaScript, because the entry loads it: the type stripper would stay in the process, with some 25 MB.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const builds = join(root, 'dist', 'server')

/** Where the process and each kind of thread begins; all land in one folder, by their names. */
const ENTRIES = ['src/server/start.ts', 'src/loop/deliver/template/templateThread.mjs', 'src/loop/capture/cards/read/cardThread.mjs']

/**
 * Packages of very many files that only compute: they are put in, too, with whatever they need. Each has to be there once, so all who use
 * zod are in the list; `pg` keeps settings that are everybody's, and those who come as CommonJS are found from here as from there.
 */
const TAKEN_IN = ['zod', '@orpc', 'better-auth', '@better-auth', 'kysely', 'pg-boss', 'rrule-temporal']
const LEFT_OUT = ['pg', 'cron-parser']

/** A process that began from an older build may still fetch parts of it. */
const KEPT_MS = 7 * 24 * 3_600_000

/** SHA-256 over every file a build reads, shortened. */
function hashOfSources() {
  const sources = readdirSync(join(root, 'src'), { recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.test\.ts$/.test(name))
    .map((name) => join('src', name))
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

/**
 * The folder with the server as it is built from the sources as they are now; made when it is not there yet (half a second, in a process of
 * its own). Null, with one sentence said, where it cannot be made: then the sources run as they are.
 */
export function serverFolder(say) {
  const folder = join(builds, hashOfSources())
  if (!existsSync(folder)) {
    const { status, stderr, error } = spawnSync(process.execPath, [import.meta.filename], { cwd: root, encoding: 'utf8' })
    if (status !== 0 || !existsSync(folder)) {
      const why =
        String(error?.message ?? stderr)
          .trim()
          .split('\n')[0] || 'no reason was given'
      say(`The server could not be put together (${why}); it runs from its sources, with some 30 MB more memory.`)
      return null
    }
  }
  touch(folder)
  return folder
}

/** Says that somebody begins from it; where that cannot be said, nobody removes it either. */
function touch(folder) {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // read only, or somebody else's
  }
}

/** Whether a package is put in or stays where npm put it. */
function placeOf({ path, importer, kind }) {
  const [scope = ''] = path.split('/')
  const isOfPackage = /[\\/]node_modules[\\/]/.test(importer)
  const isIn = TAKEN_IN.includes(scope) || (isOfPackage && !LEFT_OUT.includes(scope))
  return isIn || kind === 'entry-point' ? undefined : { path, external: true }
}

async function buildNow() {
  const folder = join(builds, hashOfSources())
  const fresh = join(builds, `.building-${process.pid}`)
  const { build } = await import('esbuild')
  try {
    mkdirSync(fresh, { recursive: true })
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
      // Names stay as they are, so that a stack says which functions it went through; NODE_OPTIONS=--enable-source-maps says the lines.
      minifyWhitespace: true,
      minifySyntax: true,
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'error',
    })
    settle(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  removeOld(folder)
}

/** Renames, so that nobody sees half a build; who comes second finds the same one there. */
function settle(fresh, folder) {
  try {
    renameSync(fresh, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

function removeOld(current) {
  const now = Date.now()
  for (const name of readdirSync(builds)) {
    const folder = join(builds, name)
    if (folder !== current && now - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    await buildNow()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
