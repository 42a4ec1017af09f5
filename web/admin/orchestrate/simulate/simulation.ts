// What the pages of the time machine share: its numbers as the canvas reads them, and how people behind a number are asked for.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { programOf } from '#loop/orchestrate/program/contract.ts'
import type { PartKey, PartResult, SimulationDetail } from '#loop/orchestrate/simulate/contract.ts'
import { api } from '../../api.ts'
import type { useWords } from '../../words/words.tsx'
import type { Numbers } from '../useNumbers.ts'

/** People behind a number: where, how the drawer is called, and of how many. */
export interface Place {
  readonly part: PartKey
  readonly place: string
  readonly title: string
  readonly n: number
  readonly until?: string | undefined
}

export type Open = (place: Omit<Place, 'part' | 'until'>) => void

/** A draft that was played, with its result. */
export interface Shown {
  readonly key: PartKey
  readonly name: string
  readonly graph: Graph
  readonly result: PartResult
}

/** What was played, named by scenario and form. */
export function partsOf(detail: SimulationDetail, t: ReturnType<typeof useWords<'simulate'>>): Shown[] {
  const form = ({ which }: SimulationDetail['asked']['parts'][number]): string =>
    which.kind === 'version' ? t('version', { n: which.version }) : t(which.kind)
  return detail.asked.parts.flatMap((part) => {
    const result = detail.result?.parts.find((one) => one.key === part.key)
    return result ? [{ key: part.key, name: t('formOf', { name: part.name, form: form(part) }), graph: part.graph, result }] : []
  })
}

/** The numbers of the whole time, or until the end of a day of it. */
export function useSimulated(
  id: string,
  { key, graph, result }: Shown,
  day: number | null,
): { numbers: Numbers; today: ReadonlyMap<string, number> } {
  const asked = useQuery({
    ...api.simulations.day.queryOptions({ input: { id, day: day ?? 0 } }),
    enabled: day !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  })
  return useMemo(() => {
    const items = asked.data?.items.filter((one) => one.part === key) ?? []
    if (day === null) return { numbers: whole(result), today: new Map() }
    const ways = new Map(items.map((one) => [`${one.step}/${one.way}`, one.total]))
    const today = new Map(items.map((one) => [`${one.step}/${one.way}`, one.today]))
    return { numbers: { ready: true, ways, waiting: standing(graph, ways), mails: new Map() }, today }
  }, [asked.data, key, graph, result, day])
}

function whole(result: PartResult): Numbers {
  return {
    ready: true,
    ways: new Map(result.ways.map(({ step, way, n }) => [`${step}/${way}`, n])),
    waiting: new Map(Object.entries(result.waiting)),
    mails: new Map(
      result.mails.map((one) => [
        one.step,
        // Nobody listened to the answers of a draft that waits for none: their number is not 0 but unknown.
        { ...one, held: sumOf(one.held), ...(sumOf(result.answers) ? {} : { opened: null, clicked: null }) },
      ]),
    ),
  }
}

export const sumOf = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((sum, n) => sum + n, 0)

/** Who came to a step and has not left it. */
function standing(graph: Graph, ways: ReadonlyMap<string, number>): Map<string, number> {
  const { nodes, first } = programOf(graph)
  const at = new Map<string, number>()
  const add = (step: string | null, n: number) => step !== null && at.set(step, (at.get(step) ?? 0) + n)
  add(first, (ways.get('start/next') ?? 0) - (ways.get('end/held') ?? 0))
  for (const [key, n] of ways) {
    const [step = '', way = ''] = key.split('/')
    const node = nodes.get(step)
    if (!node) continue
    add(step, -n)
    add(node.next[way] ?? null, n)
  }
  return new Map([...at].filter(([step, n]) => n > 0 && nodes.get(step)?.step.kind !== 'end'))
}
