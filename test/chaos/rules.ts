// X6 and M1: the properties of rules, searched for long. Every file of them is in the suite with 200 seeds.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../product.ts'
import type { Row } from './row.ts'

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

export const fuzzedRules: Row = {
  id: 'X6',
  title: 'X6 rules nobody would write mean in SQL what a naive reader says, of nobody else, and no value makes new SQL',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 100_000 : 200
    // Two seeds at once, as there are two cores where this is usually run.
    await Promise.all([seed, seed + 1].map((one) => search(['src/loop/segment/compile/fuzz.test.ts'], 'X6', runs / 2, one)))
    return `${runs} rules over 40 people each: 0 differences`
  },
}

export const agreeingRules: Row = {
  id: 'M1',
  title: 'M1 at any instant a rule says the same by its compiled SQL, by the full compute, by the live evaluator and by a naive reader',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 10_000 : 200
    await search(['src/loop/segment/evaluate/agreement.test.ts', 'src/loop/sales/stage/past.test.ts'], 'M1', runs, seed)
    return `${runs} rules over streams of events at random instants, and ${runs} over past days: 0 differences`
  },
}
