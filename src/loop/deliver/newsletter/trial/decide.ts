// Which of two did better, looked at as often as one likes. Pure.
//
// The sequential rule is the safe logrank test (ter Schure, Pérez-Ortiz, Ly, Grünwald: "The Safe Logrank Test: Error Control under
// Optional Stopping, Continuation and Prior Misspecification", arXiv 2011.06931). People were drawn into A and B by chance. If it made no
// difference, then whoever is the next to reach the goal is as likely to be any one of those who have not yet: of B with B's share of
// them. Each such person multiplies the evidence by how much likelier that was had B been θ times as attractive; the evidence is the mean
// over six values of θ, both ways. Without a difference it is a martingale that begins at 1, so that it ever reaches 20, however often one
// looks, happens at most once in twenty times (Ville's inequality).
import { DAY } from '#kernel/clock.ts'
import type { Trial, TrialResult } from './contract.ts'

/** Evidence that decides: one in twenty by chance. */
export const ENOUGH = 20
const THETAS: readonly number[] = [3, 2, 1.4, 1 / 1.4, 1 / 2, 1 / 3]

/**
 * @param order whether each who reached the goal, in the order in which they did, was of B
 * @param people how many got A and B
 * @returns the evidence, 1 at the beginning
 */
export function evidenceOf(order: readonly boolean[], people: { readonly a: number; readonly b: number }): number {
  const logs = THETAS.map(() => 0)
  let [a, b] = [people.a, people.b]
  for (const isB of order) {
    if (a <= 0 || b <= 0) break
    for (const [i, theta] of THETAS.entries()) logs[i] = (logs[i] ?? 0) + Math.log(((isB ? theta : 1) * (a + b)) / (a + theta * b))
    if (isB) b--
    else a--
  }
  return logs.reduce((sum, log) => sum + Math.exp(Math.min(log, 300)), 0) / THETAS.length
}

export interface TrialFacts {
  readonly a: { readonly people: number; readonly reached: number }
  readonly b: { readonly people: number; readonly reached: number }
  readonly order: readonly boolean[]
  readonly minimum: number
  /** The time is over: it must be decided. */
  readonly over: boolean
}

/** What is decided now; null: it is too early. */
export function verdictOf(facts: TrialFacts): Pick<TrialResult, 'verdict' | 'goes' | 'evidence'> | null {
  const { a, b } = facts
  const evidence = evidenceOf(facts.order, { a: a.people, b: b.people })
  if (Math.min(a.people, b.people) < facts.minimum) return facts.over ? { verdict: 'few', goes: 'a', evidence } : null
  if (evidence >= ENOUGH) {
    const better = b.reached / b.people > a.reached / a.people ? 'b' : 'a'
    return { verdict: better, goes: better, evidence }
  }
  return facts.over ? { verdict: 'none', goes: 'a', evidence } : null
}

/** Which half of the sample a draw in [0, 1) falls into; `rest` waits for the winner. */
export function halfOf(draw: number, share: number): 'a' | 'b' | 'rest' {
  if (draw * 200 < share) return 'a'
  return draw * 100 < share ? 'b' : 'rest'
}

/** The next time that is as the winner's was: the same hour of a day, or of the same weekday where the two were on different ones. */
export function nextLike(winner: Date, other: Date, now: Date): Date {
  const step = Math.abs(winner.getTime() - other.getTime()) >= DAY ? 7 * DAY : DAY
  const ahead = Math.max(0, Math.ceil((now.getTime() - winner.getTime()) / step))
  return new Date(winner.getTime() + ahead * step)
}

/** When it is decided at the latest. */
export const untilOf = (trial: Trial, sendAt: Date): Date =>
  new Date(Math.max(sendAt.getTime(), trial.on === 'time' && trial.sendAt ? Date.parse(trial.sendAt) : 0) + trial.hours * 3_600_000)
