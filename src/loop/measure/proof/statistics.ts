// Plain, documented statistics: nothing here knows of scores or deals.

const Z = 1.959963984540054 // 97.5 % of the normal distribution: intervals are 95 %

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** A share with Wilson's interval (Wilson 1927): right at few cases and near 0 and 1. */
export function shareOf(hits: number, n: number): Estimate {
  if (n === 0) return { value: 0, low: 0, high: 1 }
  const p = hits / n
  const middle = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n)
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))
  return { value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** How many times higher the share is with than without: Katz's log interval (Katz 1978), half a case added where one is missing. */
export function ratioOf(withHits: number, withN: number, withoutHits: number, withoutN: number): Estimate | null {
  if (withN === 0 || withoutN === 0) return null
  const [a, b] = withHits === 0 || withoutHits === 0 ? [withHits + 0.5, withoutHits + 0.5] : [withHits, withoutHits]
  const [n, m] = withHits === 0 || withoutHits === 0 ? [withN + 1, withoutN + 1] : [withN, withoutN]
  const log = Math.log(a / n / (b / m))
  const spread = Z * Math.sqrt(Math.max(0, 1 / a - 1 / n + 1 / b - 1 / m))
  return { value: Math.exp(log), low: Math.exp(log - spread), high: Math.exp(log + spread) }
}

/**
 * The chance that a hit is ranked above a miss, ties counting half (the area under the ROC curve by Mann–Whitney), with the interval of
 * Hanley and McNeil 1982. Null when one kind is missing.
 */
export function aucOf(cases: readonly { readonly score: number; readonly hit: boolean }[]): Estimate | null {
  const sorted = [...cases].sort((a, b) => a.score - b.score)
  const hits = cases.filter((one) => one.hit).length
  const misses = cases.length - hits
  if (!hits || !misses) return null
  let ranks = 0
  for (let from = 0; from < sorted.length; ) {
    let to = from
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to++
    const middle = (from + 1 + to) / 2
    for (let i = from; i < to; i++) if (sorted[i]?.hit) ranks += middle
    from = to
  }
  const auc = (ranks - (hits * (hits + 1)) / 2) / (hits * misses)
  const q1 = auc / (2 - auc)
  const q2 = (2 * auc * auc) / (1 + auc)
  const variance = (auc * (1 - auc) + (hits - 1) * (q1 - auc * auc) + (misses - 1) * (q2 - auc * auc)) / (hits * misses)
  const half = Z * Math.sqrt(Math.max(0, variance))
  return { value: auc, low: Math.max(0, auc - half), high: Math.min(1, auc + half) }
}

/** The share of all hits among the best tenth by score; cases that tie at the edge count by their share. */
export function topTenth(cases: readonly { readonly score: number; readonly hit: boolean }[]): number | null {
  const hits = cases.filter((one) => one.hit).length
  const wanted = cases.length / 10
  if (!hits || wanted < 1) return null
  let [taken, found] = [0, 0]
  for (const score of [...new Set(cases.map((one) => one.score))].sort((a, b) => b - a)) {
    const level = cases.filter((one) => one.score === score)
    const share = Math.min(1, (wanted - taken) / level.length)
    found += share * level.filter((one) => one.hit).length
    taken += share * level.length
    if (taken >= wanted - 1e-9) break
  }
  return found / hits
}

const STEPS = 50
const SETTLED = 1e-8

/**
 * Logistic regression with a ridge penalty (λ/2·Σβ², the intercept free), by Newton's method: what each sign adds to the log odds beside
 * the others. The penalty keeps rare signs near 0 instead of sending them to infinity (le Cessie and van Houwelingen 1992).
 * @param rows 0/1 signs of each case, all of one length
 * @returns the weight of each sign in log odds
 */
export function logistic(rows: readonly (readonly number[])[], hits: readonly boolean[], lambda: number): number[] {
  const width = (rows[0]?.length ?? 0) + 1
  let beta = Array.from({ length: width }, () => 0)
  for (let step = 0; step < STEPS; step++) {
    const gradient = Array.from({ length: width }, (_, j) => (j === 0 ? 0 : -lambda * (beta[j] ?? 0)))
    const hessian = Array.from({ length: width }, (_, j) => Array.from({ length: width }, (_, k) => (j === k && j > 0 ? lambda : 0)))
    for (const [i, signs] of rows.entries()) {
      const x = [1, ...signs]
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, j) => sum + value * (beta[j] ?? 0), 0)))
      const w = Math.max(p * (1 - p), 1e-9)
      for (let j = 0; j < width; j++) {
        if (!x[j]) continue
        gradient[j] = (gradient[j] ?? 0) + (x[j] ?? 0) * ((hits[i] ? 1 : 0) - p)
        const row = hessian[j] as number[]
        for (let k = 0; k < width; k++) row[k] = (row[k] ?? 0) + (x[j] ?? 0) * (x[k] ?? 0) * w
      }
    }
    const move = solve(hessian, gradient)
    beta = beta.map((value, j) => value + (move[j] ?? 0))
    if (Math.max(...move.map(Math.abs)) < SETTLED) break
  }
  return beta.slice(1)
}

/** Gauss with pivoting; a column that says nothing gets 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  for (let col = 0; col < n; col++) {
    const pivot = rows.reduce((best, row, i) => (i >= col && Math.abs(row[col] ?? 0) > Math.abs(rows[best]?.[col] ?? 0) ? i : best), col)
    const top = rows[pivot] as number[]
    rows[pivot] = rows[col] as number[]
    rows[col] = top
    if (Math.abs(top[col] ?? 0) < 1e-12) continue
    for (let i = 0; i < n; i++) {
      if (i === col) continue
      const row = rows[i] as number[]
      const factor = (row[col] ?? 0) / (top[col] ?? 1)
      if (factor) for (let k = col; k <= n; k++) row[k] = (row[k] ?? 0) - factor * (top[k] ?? 0)
    }
  }
  return rows.map((row, i) => (Math.abs(row[i] ?? 0) < 1e-12 ? 0 : (row[n] ?? 0) / (row[i] ?? 1)))
}
