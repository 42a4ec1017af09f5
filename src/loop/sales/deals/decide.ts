import type { DealStage } from './vocabulary.ts'

/** A deal that is called by nobody. */
export const UNNAMED = '案件'

/** What a deal is called when nobody named it. */
export function dealName(companyName: string | null, personName: string): string {
  return (companyName ?? personName).slice(0, 190) || UNNAMED
}

/** Which stages cannot go because open deals stand at them. */
export function stagesInUse(next: readonly DealStage[], used: readonly string[]): string[] {
  const keys = new Set(next.map((stage) => stage.key))
  return used.filter((key) => !keys.has(key))
}

/** Keys that occur more than once. */
export function repeatedKeys(stages: readonly DealStage[]): string[] {
  const seen = new Set<string>()
  return stages.map((stage) => stage.key).filter((key) => seen.size === seen.add(key).size)
}

/** What open deals are worth, each amount times its stage's chance, in yen. */
export function expectedAmount(byStage: readonly { stage: string; sum: number }[], stages: readonly DealStage[]): number {
  const chance = new Map(stages.map((stage) => [stage.key, stage.probability]))
  return Math.round(byStage.reduce((total, { stage, sum }) => total + (sum * (chance.get(stage) ?? 0)) / 100, 0))
}
