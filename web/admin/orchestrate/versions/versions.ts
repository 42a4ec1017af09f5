import type { client } from '../../api.ts'

/** A published version as the list has it. */
export type Version = Awaited<ReturnType<typeof client.scenarios.versions>>['items'][number]
export type Diff = Awaited<ReturnType<typeof client.scenarioVersions.diff>>
export type MapPlace = Diff['places'][number]

/** How people of one version are moved: what the server is asked. */
export interface MoveAsk {
  readonly from: number
  readonly map: Record<string, string | null>
  readonly waits: 'keep' | 'restart'
}

/** Steps at which people stand; the same list as the server's. */
const LASTING: readonly string[] = ['wait', 'await', 'task']

/** What happens to whoever stands at a place of the map: the server decides by the same rule. */
export function effectOf(place: MapPlace, target: { readonly kind: string } | undefined, waits: 'keep' | 'restart') {
  if (!target) return 'ends' as const
  if (!LASTING.includes(target.kind)) return 'enters' as const
  return waits === 'keep' && target.kind === place.kind ? ('keeps' as const) : ('restarts' as const)
}
