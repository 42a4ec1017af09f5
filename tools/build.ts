// Builds what browsers load: the admin UI (Vite → dist/admin) and the tag (esbuild → dist/tag). Nothing is done when the
// sources are those of the last build, so a second `npm start` does not wait for it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT as root } from '#kernel/root.ts'

const dist = join(root, 'dist')
const mark = join(dist, 'built')

/** Scripts the tag is made of, each served as `/<name>.js`; those that are not there are not built. */
const TAG_SCRIPTS = ['tag', 'notice', 'form']
const SOURCES = ['web/**/*', 'src/**/*contract.ts', 'src/kernel/endpoint.ts', 'src/**/vocabulary.ts', 'tools/build.ts', 'package-lock.json']

/** SHA-256 over every file a build reads. */
function sourcesHash(): string {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt(): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8').trim() === sourcesHash()
}

/**
 * Builds when the sources changed, unless SKIP_BUILD=1 (an image that was built once). The bundlers run in a process of their own, so that their memory does not stay with the server.
 * @throws Error when a bundler fails; its findings stand on stderr, and the last good build stays in place
 */
export async function build(say: (line: string) => void = () => {}): Promise<void> {
  if (isBuilt() || process.env.SKIP_BUILD === '1') return
  say('Building the admin UI and the tag (once per change)…')
  const child = spawn(process.execPath, [join(root, 'tools/build.ts')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
  if (code !== 0)
    throw new Error('The admin UI could not be built; the reason stands above. Fix it, or restore the files of web/, and start again.')
}

async function buildNow(): Promise<void> {
  const hash = sourcesHash()
  const fresh = join(dist, `.building-${process.pid}`)
  mkdirSync(fresh, { recursive: true })
  try {
    await Promise.all([buildTag(join(fresh, 'tag')), buildAdmin(join(fresh, 'admin'))])
    rmSync(mark, { force: true })
    for (const part of ['admin', 'tag']) replace(join(fresh, part), join(dist, part))
    writeFileSync(mark, `${hash}\n`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Renames, so that a server that is running never sees half a build. */
function replace(from: string, to: string): void {
  const old = `${to}.old-${process.pid}`
  if (existsSync(to)) renameSync(to, old)
  renameSync(from, to)
  rmSync(old, { recursive: true, force: true })
}

async function buildAdmin(outDir: string): Promise<void> {
  const vite = await import('vite')
  await vite.build({
    configFile: join(root, 'web/admin/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, reportCompressedSize: false },
  })
}

async function buildTag(outdir: string): Promise<void> {
  const esbuild = await import('esbuild')
  const entryPoints = TAG_SCRIPTS.map((name) => join(root, 'web/tag', `${name}.ts`)).filter((file) => existsSync(file))
  await esbuild.build({
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    legalComments: 'none',
    logLevel: 'warning',
  })
}

// Not import.meta.main: Node has it from 24.2 on, and one of the platform packages is 24.0.
if (process.argv[1] === import.meta.filename) {
  try {
    if (!isBuilt()) await buildNow()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
