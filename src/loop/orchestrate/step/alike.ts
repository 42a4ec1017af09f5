// What everybody who waits at a step does alike when the time has come: decided by the engine once, for all of them. Pure.
import { HOUR } from '#kernel/clock.ts'
import type { Program } from '../program/contract.ts'
import { ON_TIME, step } from './decide.ts'
import type { Because, Passed, Run, World } from './state.ts'

/** A step that all leave by the same way. `because` null: each waited until their own instant. */
interface AlikeWay {
  readonly step: string
  readonly way: string
  readonly because: Because | null
}

/**
 * Where everybody goes who waits at `from`; to null: the run is completed. The first of the ways leaves `from` itself, where each arrived at
 * their own time.
 */
export interface Alike {
  readonly from: string
  readonly to: string | null
  readonly dueAt: Date | null
  readonly ways: readonly AlikeWay[]
}

/** How late witnesses are: on time, just not any more, and later than any rule asks for. */
const LATE = [0, ON_TIME + 1, 100 * 366 * 24 * HOUR]

/**
 * The advance of whoever has heard nothing and is due at a step, when it follows from the step, its version and the world alone. The engine is
 * asked about witnesses who have nothing in common; where they part, or do something, are drawn for, or asked, each must be asked by itself.
 */
export function alikeAt(program: Program, from: string, world: World): Alike | null {
  const [first, ...others] = LATE.map((late, n) => witnessed(program, witnessOf(from, world.now, late, n), world))
  if (!first) return null
  const told = JSON.stringify(first)
  return others.every((other) => JSON.stringify(other) === told) ? first : null
}

const witnessOf = (at: string, now: Date, late: number, n: number): Run => ({
  id: `witness ${n}`,
  personId: `person ${n}`,
  scenarioId: `scenario ${n}`,
  at,
  arrivedAt: new Date(now.getTime() - late - HOUR * (n + 1)),
  dueAt: new Date(now.getTime() - late),
  ended: null,
  heard: null,
  steps: 7 * n,
})

function witnessed(program: Program, run: Run, world: World): Alike | null {
  let isDrawn = false
  const draw = (): number => {
    isDrawn = true
    return 0
  }
  const { run: after, effects, passed, asks } = step(program, run, { kind: 'due' }, { ...world, draw })
  if (isDrawn || effects.length || asks || after.heard || !passed.length || after.steps !== run.steps + passed.length) return null
  if (after.ended ? !isCompleted(after, run) : after.at === null || after.arrivedAt.getTime() !== world.now.getTime()) return null
  const ways = passed.flatMap((line, i) => wayOf(line, i, run, world.now) ?? [])
  return ways.length === passed.length ? { from: run.at ?? '', to: after.at, dueAt: after.dueAt, ways } : null
}

/** A completed run keeps when it came to where it stood last, and waits for nothing. */
const isCompleted = (after: Run, before: Run): boolean =>
  after.ended === 'completed' && after.at === null && after.dueAt === null && after.arrivedAt.getTime() === before.arrivedAt.getTime()

/** A line of history without what is a witness's own; null when more than that is. */
function wayOf({ step: id, way, because, arrivedAt, leftAt, ordinal }: Passed, i: number, run: Run, now: Date): AlikeWay | null {
  const since = i ? now : run.arrivedAt
  const isPlain = ordinal === run.steps + i && arrivedAt.getTime() === since.getTime() && leftAt.getTime() === now.getTime()
  if (!isPlain || (i === 0 && id !== run.at)) return null
  const waited = because.kind === 'waited' && i === 0 && because.until === run.dueAt?.toISOString()
  return { step: id, way, because: waited ? null : because }
}
