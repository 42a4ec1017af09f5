import { ASKED, type Framework, type Status } from './asked/contract.ts'

/** Half-points per field: a "no" is an answer as good as a "yes"; "partly" is half of one. */
export const KNOWN: Readonly<Record<Status, 0 | 1 | 2>> = { unknown: 0, partly: 1, confirmed: 2, negative: 2 }

/** Percent of a framework's four fields that is known, rounded half up: the very sum that the fact's SQL makes. */
export function completenessOf(framework: Framework, answers: readonly { framework: Framework; field: string; status: Status }[]): number {
  const fields = new Set(ASKED[framework].map((one) => one.field))
  const halves = answers.reduce((sum, one) => sum + (one.framework === framework && fields.has(one.field) ? KNOWN[one.status] : 0), 0)
  return Math.floor((halves * 25 + 1) / 2)
}
