import { METRICS, type Metric } from '../rollup/metrics.ts'
import type { Figures } from './contract.ts'

export interface Period {
  readonly from: string
  readonly to: string
}

const DAY = 86_400_000
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY

/** The day `days` after another (before, when negative). */
export const plusDays = (day: string, days: number): string => new Date((dayNumber(day) + days) * DAY).toISOString().slice(0, 10)

/** The last `days` days, `today` included, and as many before them. */
export function periodsOf(today: string, days: number): { period: Period; before: Period } {
  const from = plusDays(today, 1 - days)
  return { period: { from, to: today }, before: { from: plusDays(from, -days), to: plusDays(from, -1) } }
}

/** Every day of a period, first to last. */
export function daysOf({ from, to }: Period): string[] {
  return Array.from({ length: dayNumber(to) - dayNumber(from) + 1 }, (_, i) => plusDays(from, i))
}

export interface CountedMetric {
  readonly metric: Metric
  readonly now: boolean
  readonly people: number
  readonly n: number
}

/** All metrics, those that nobody did as zero. */
export function figuresOf(counted: readonly CountedMetric[]): Figures {
  const of = (metric: Metric, now: boolean) => {
    const found = counted.find((c) => c.metric === metric && c.now === now)
    return { people: found?.people ?? 0, n: found?.n ?? 0 }
  }
  return Object.fromEntries(METRICS.map((metric) => [metric, { ...of(metric, true), before: of(metric, false) }])) as Figures
}

/** People per day, 0 where nobody did it. */
export function series(days: readonly string[], people: ReadonlyMap<string, number>): number[] {
  return days.map((day) => people.get(day) ?? 0)
}

/** Surname first; null when nothing is known. */
export const nameOf = (family: string | null, given: string | null): string | null => [family, given].filter(Boolean).join(' ') || null
