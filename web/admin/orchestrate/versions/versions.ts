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
