// The gates: format and lint, types, dead code. Each prints its own findings; all run even when one fails.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

/** One gate: what it holds up, and the command that looks. */
interface Gate {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const gates: readonly Gate[] = [
  { name: 'format and lint', command: 'biome', args: ['check', '--max-diagnostics=40', '.'] },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'dead code', command: 'knip', args: [] },
]

/** What a finished step says of itself. */
export interface Verdict {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

/** Runs one command in the project's root with our own Node first in PATH; output goes straight through. */
export function run(name: string, command: string, args: readonly string[], env: Record<string, string> = {}): Verdict {
  const started = Date.now()
  process.stdout.write(`\n── ${name}: ${command} ${args.join(' ')}\n`)
  const result = spawnSync(bin(command), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`, ...env },
  })
  return { name, ok: result.status === 0, seconds: (Date.now() - started) / 1000 }
}

/** All gates in order; never stops at the first failure. */
export const runGates = (): Verdict[] => gates.map((gate) => run(gate.name, gate.command, gate.args))

/** One line per step. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  process.stdout.write('\n')
  for (const verdict of verdicts)
    process.stdout.write(`${verdict.ok ? 'ok  ' : 'FAIL'}  ${verdict.name} (${verdict.seconds.toFixed(1)} s)\n`)
}
