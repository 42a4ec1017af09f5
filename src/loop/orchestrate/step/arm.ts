// The control groups of a scenario: who goes through it, and who is held back so that its effect can be measured. Pure.
import { type Arm, armFor } from '#loop/identify/arm/decide.ts'

export type { Arm }

/**
 * The arm of a unit (`loadUnits` of identify/arm: a company, or a person without one) in a scenario.
 * @param of the scenario, and `null` for the share of the whole scenario or the id of a `holdout` step in it
 * @param share held back, in percent
 * @param draw the world's chance by key
 */
export function armOf(
  of: { readonly scenarioId: string; readonly step: string | null },
  unit: string,
  share: number,
  draw: (key: string) => number,
): Arm {
  return armFor(`${of.scenarioId}:${of.step ?? ''}`, unit, share, draw)
}
