// Who is in which arm of an experiment: by a stable hash, a company as a whole. Pure.
import { drawFor } from '#kernel/chance.ts'

export type Arm = 'treated' | 'held'

/** The largest share of a control group, in percent: above half, the treated would be the control. */
export const MOST_HELD = 50

/**
 * What is drawn for: colleagues share an arm, so a company is one unit; whoever has no company is one alone. Ids stay when a company is
 * renamed, imported again or restored; one that was merged answers with the company it became.
 */
export function unitOf(personId: string, companyId: string | null): string {
  return companyId ? `company:${companyId}` : `person:${personId}`
}

/**
 * The arm of a unit: the same for ever for one salt. A share that grows only adds units to the held, one that shrinks only frees some.
 * @param salt names the experiment; two experiments with different salts are independent of each other
 * @param share of units that are held back, 0–100 percent
 */
export function armFor(salt: string, unit: string, share: number, draw: (key: string) => number = drawFor): Arm {
  return draw(`arm:${salt}:${unit}`) * 100 < share ? 'held' : 'treated'
}
