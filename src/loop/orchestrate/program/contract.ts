// A scenario made ready to run and to draw: every step with where it leads. Browser-safe, pure.
import { branches, type Graph, type Step } from '../graph/contract.ts'

/** The way out of a step that has no branches. */
export const ON = 'next'

/** A step and where it leads; null leads to the end of the scenario. */
export interface Node {
  readonly step: Step
  readonly next: Readonly<Record<string, string | null>>
}

/** A scenario as a table of steps: what the engine walks and the canvas draws. */
export interface Program {
  readonly graph: Graph
  /** The first step, null when there is none. */
  readonly first: string | null
  readonly nodes: ReadonlyMap<string, Node>
}

/**
 * Flattens nested branches: the last step of a branch leads to what follows the branching step.
 * Of two steps with one id the later wins; `problemsOf` refuses such a scenario before it is published.
 */
export function programOf(graph: Graph): Program {
  const nodes = new Map<string, Node>()
  const first = lay(graph.steps, null, nodes)
  return { graph, first, nodes }
}

/** Lays a list of steps that leads to `after`; returns its first step. */
function lay(steps: readonly Step[], after: string | null, nodes: Map<string, Node>): string | null {
  let next = after
  for (const step of [...steps].reverse()) {
    nodes.set(step.id, { step, next: waysOf(step, next, nodes) })
    next = step.id
  }
  return next
}

function waysOf(step: Step, after: string | null, nodes: Map<string, Node>): Record<string, string | null> {
  if (step.kind === 'end') return {}
  if (!branches(step)) return { [ON]: after }
  return Object.fromEntries(step.branches.map((branch) => [branch.key, lay(branch.steps, after, nodes)]))
}
