// Properties of the suite, searched for longer than the suite does.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../product.ts'

/** Runs the tests of some files whose names match, each property so many times. */
export function search(files: readonly string[], id: string, runs: number, seed: number, project = 'database'): Promise<void> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--project', project, '--testTimeout', '3600000', '-t', id, ...files], {
    cwd: root,
    env: { ...process.env, TEST_RUNS: String(runs), TEST_SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4_000)))
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(said))))
  })
}
