// Steps on the clipboard, as readable JSON: they can be pasted into another scenario, another tab, or a text.
import { graph, MOST_STEPS, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'

const KEPT = 'hagukumi.steps'
const MARK = 'scenario steps'

/** The text that copies steps. */
export function textOf(steps: readonly Step[]): string {
  return JSON.stringify({ hagukumi: MARK, steps }, null, 2)
}

/** The steps of a text, or null when it is something else. What is no step of ours is not let in. */
export function stepsFrom(text: string): Step[] | null {
  if (text.length > 2_000_000 || !text.includes(MARK)) return null
  try {
    const given = JSON.parse(text) as { hagukumi?: unknown; steps?: unknown }
    if (given.hagukumi !== MARK) return null
    const read = graph.safeParse({ triggers: [], entry: { kind: 'once' }, steps: given.steps })
    return read.success && read.data.steps.length ? read.data.steps : null
  } catch {
    return null
  }
}

/** Keeps a copy for where the clipboard cannot be read without asking: the palette's own line. */
export function keep(text: string): void {
  try {
    localStorage.setItem(KEPT, text)
  } catch {
    // Full or forbidden: Ctrl+V still works.
  }
}

/** The steps copied last in this browser. */
export function kept(): Step[] {
  return stepsFrom(localStorage.getItem(KEPT) ?? '') ?? []
}

/** How many steps, with those in branches. */
export const countOf = (steps: readonly Step[]): number => Math.min(MOST_STEPS, stepsOf(steps).length)
