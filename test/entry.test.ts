import { fork, spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './product.ts'

/** Says of itself who begins, each time; the settings it begins with end it before it opens anything. */
const LOOK = `data:text/javascript,${encodeURIComponent(
  'process.stdout.write(JSON.stringify([process.pid, process.env.MALLOC_ARENA_MAX, process.execArgv[0], process.argv.slice(2)]) + "\\n")',
)}`
const FLAGS = ['--max-semi-space-size=16', `--import=${LOOK}`]
const ENTRY = join(root, 'src/server/main.mjs')
type Beginning = [pid: number, arenas: string | null, flag: string, args: string[]]

async function begin(
  env: Record<string, string>,
  forked = false,
): Promise<{ pid: number; seen: Beginning[]; said: string; code: unknown }> {
  const options = { cwd: root, env: { PATH: process.env.PATH ?? '', PORT: 'no port', ...env } }
  const child = forked
    ? fork(ENTRY, ['--run=web', 'a b'], { ...options, execArgv: FLAGS, silent: true })
    : spawn(process.execPath, [...FLAGS, ENTRY, '--run=web', 'a b'], options)
  const text = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    text.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.err += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  const seen = text.out.split('\n').filter(Boolean)
  return { pid: child.pid ?? 0, seen: seen.map((line) => JSON.parse(line) as Beginning), said: text.err, code }
}

const once = (pid: number, arenas: string | null): Beginning => [pid, arenas, '--max-semi-space-size=16', ['--run=web', 'a b']]

test.skipIf(process.platform !== 'linux')(
  'the entry begins once more as the same process, with its flags, arguments and streams, and one arena of memory; nothing is said of it',
  async () => {
    const { pid, seen, said, code } = await begin({})
    expect(seen).toEqual([once(pid, null), once(pid, '1')])
    expect(said).toContain('PORT must be a number.')
    expect(said).not.toContain('Warning')
    expect(code).toBe(1)
  },
)

test('the entry begins only once where the number of arenas is said already, and where a parent talks to it', async () => {
  const said = await begin({ MALLOC_ARENA_MAX: '8' })
  expect(said.seen).toEqual([once(said.pid, '8')])
  const forked = await begin({}, true)
  expect(forked.seen).toEqual([once(forked.pid, null)])
})

/** The Node of this machine itself, beside the one of the lockfile. */
const OLD = '/usr/bin/node'
const itsMajor = parseInt(spawnSync(OLD, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout, 10)

test.skipIf(!(itsMajor < 24))(
  'begun under an older Node, from wherever, the entry says which one it needs in one sentence, and nothing else',
  () => {
    const { stdout, stderr, status } = spawnSync(OLD, [ENTRY], { cwd: tmpdir(), encoding: 'utf8' })
    expect([stdout, status]).toEqual(['', 1])
    expect(stderr).toMatch(/^Hagukumi runs on Node 24 or newer; this is v\d+\.\d+\.\d+\. .+\n$/)
  },
)
