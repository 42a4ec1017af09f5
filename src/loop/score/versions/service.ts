// Which rules are in force: the live version of each model, and the one being computed beside it.
import type { Ctx, House } from '#kernel/ctx.ts'
import { type ScoreRule, type ScoreSettings, scoreRules, scoreSettings } from '../rules/contract.ts'
import { holdStamp, listOpenVersions, type VersionRow } from './queries.ts'

/** A version that reactions evaluate. */
export interface OpenVersion {
  readonly model: string
  readonly version: number
  readonly isLive: boolean
  readonly rules: readonly ScoreRule[]
  readonly settings: ScoreSettings
}

const known = new WeakMap<House, { readonly stamp: number; readonly versions: readonly OpenVersion[] }>()

/** The open versions, held until commit: no publication or flip can happen beside this transaction. Parsed once per stamp. */
export async function holdVersions(ctx: Ctx): Promise<readonly OpenVersion[]> {
  const stamp = await holdStamp(ctx.db)
  const found = known.get(ctx.house)
  if (found?.stamp === stamp) return found.versions
  const versions = (await listOpenVersions(ctx.db)).map(openOf)
  known.set(ctx.house, { stamp, versions })
  return versions
}

/** A row as a version. */
export function openOf(row: VersionRow): OpenVersion {
  return {
    model: row.model,
    version: row.version,
    isLive: row.state === 'live',
    rules: scoreRules.parse(row.rules),
    settings: scoreSettings.parse(row.settings),
  }
}
