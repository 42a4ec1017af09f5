// What a node says that depends on more than its kind.
import type { Graph, Step } from '#loop/orchestrate/graph/contract.ts'
import type { useWords } from '../words/words.tsx'
import { type KindLook, LOOKS, WAIT_ICONS } from './kinds.ts'
import type { Sentences } from './useSentences.ts'

/** A wait looks like what it waits for. */
export function lookOf(step: Step): KindLook {
  const look = LOOKS[step.kind]
  return step.kind === 'wait' ? { ...look, icon: WAIT_ICONS[step.until.kind] } : look
}

/** The goal in a line, with how many exits there are beside it. */
export function goalText(t: ReturnType<typeof useWords<'orchestrate'>>, say: Sentences, graph: Graph): string {
  const goal = graph.goal ? say.goal(graph.goal) : graph.exits.length ? '' : t('noGoalText')
  return [goal, graph.exits.length ? t('exits.count', { n: graph.exits.length }) : ''].filter(Boolean).join('・')
}
