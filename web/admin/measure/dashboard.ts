import type { Metric } from '#loop/measure/reports/contract.ts'
import type { client } from '../api.ts'

/** A number somebody clicked: which metric between which days, and how many the number said. */
export interface Asked {
  readonly metric: Metric
  readonly from: string
  readonly to: string
  readonly people: number
  readonly n: number
}

export type Dashboard = Awaited<ReturnType<(typeof client)['reports']['dashboard']>>

/** What a card needs: the numbers, and the way to open the people behind one. */
export interface CardProps {
  readonly data: Dashboard
  readonly open: (asked: Asked) => void
}

/** The number of one metric as something that can be opened. */
export const asked = (data: Dashboard, metric: Metric): Asked => ({
  metric,
  ...data.period,
  people: data.figures[metric].people,
  n: data.figures[metric].n,
})

/** A share; null when there is nothing to divide by. */
export const rate = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)

/** The movement against before as a share; null when there was nothing before. */
export const movement = (now: number | null, before: number | null): number | null =>
  now === null || before === null || before === 0 ? null : (now - before) / before

/** How many points a rate moved, as a share; null when there was none before. */
export const difference = (now: number | null, before: number | null): number | null =>
  now === null || before === null ? null : now - before
