// Plain, documented statistics: nothing here knows of arms or deals.

/** The quantile of the normal distribution, right to about 1e-9 (Acklam's rational approximation and one step of Halley's method). */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY
  if (p >= 1) return Number.POSITIVE_INFINITY
  if (p > 0.5) return -normalQuantile(1 - p)
  const rough = p < 0.02425 ? tail(Math.sqrt(-2 * Math.log(p))) : middle(p - 0.5)
  const error = normalBelow(rough) - p
  const step = error * Math.sqrt(2 * Math.PI) * Math.exp((rough * rough) / 2)
  return rough - step / (1 + (rough * step) / 2)
}

const polynomial = (by: readonly number[], x: number): number => by.reduce((sum, one) => sum * x + one, 0)
const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239]
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]
const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]
const middle = (q: number): number => (polynomial(A, q * q) * q) / polynomial(B, q * q)
const tail = (q: number): number => polynomial(C, q) / polynomial(D, q)

/** The share of the normal distribution below x: Simpson's rule from the middle, 200 strips. */
function normalBelow(x: number): number {
  const strips = 200
  const width = x / strips
  let sum = 0
  for (let i = 0; i <= strips; i++) {
    const weight = i === 0 || i === strips ? 1 : i % 2 ? 4 : 2
    sum += weight * Math.exp(-((i * width) ** 2) / 2)
  }
  return 0.5 + (sum * width) / 3 / Math.sqrt(2 * Math.PI)
}

/** The quantile of Student's distribution, p above one half (Hill 1970, algorithm 396, for fractional degrees too). */
export function studentQuantile(p: number, freedom: number): number {
  const n = Math.max(1, freedom)
  if (n > 1e6) return normalQuantile(p)
  const both = 2 * (1 - p)
  if (n === 1) return 1 / Math.tan((both * Math.PI) / 2)
  if (n === 2) return Math.sqrt(2 / (both * (2 - both)) - 2)
  const a = 1 / (n - 0.5)
  const b = (48 / a) * (1 / a)
  let c = ((20700 / b) * a - 98) * a - 16
  c = c * a + 96.36
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n
  let y = (d * both) ** (2 / n)
  if (y > 0.05 + a) {
    const x = normalQuantile(both / 2)
    y = x * x
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6)
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    y = ((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b
    y = (y + 1) * x
    y = Math.expm1(a * y * y)
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2)) + 1 / y
  }
  return Math.sqrt(n * y)
}
