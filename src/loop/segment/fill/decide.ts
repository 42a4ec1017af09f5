// Pure: which of several statements costs least, and how a computed version is cut into pages.

/** Consecutive buckets with at most `most` rows together (one bucket alone may have more). */
export function pagesOf(counts: readonly { readonly bucket: number; readonly n: number }[], most: number): { from: number; to: number }[] {
  const pages: { from: number; to: number; rows: number }[] = []
  for (const { bucket, n } of counts) {
    const last = pages.at(-1)
    if (last && last.rows + n <= most) pages[pages.length - 1] = { from: last.from, to: bucket, rows: last.rows + n }
    else pages.push({ from: bucket, to: bucket, rows: n })
  }
  return pages.map(({ from, to }) => ({ from, to }))
}

/** A node of a plan as EXPLAIN (FORMAT JSON) tells it. */
export interface PlanNode {
  readonly 'Total Cost': number
  readonly 'Plan Rows': number
  readonly 'Relation Name'?: string
  readonly 'Parent Relationship'?: string
  readonly Plans?: readonly PlanNode[]
}

/** One look into the index of a person's events, in the planner's units. */
const LOOKUP = 2

/**
 * What a full compute costs. Joins by bucket and id look far smaller to the planner than they are, for it does not know that the id says
 * the bucket: as many people are left as the smallest table that is read of them has rows.
 * @param lookups how many times the journal is asked for each of them
 */
export function costOf(plan: PlanNode, lookups: number): number {
  const people = Math.min(...scansOf(plan).map((scan) => scan['Plan Rows']))
  return Math.max(plan['Total Cost'], Number.isFinite(people) ? people * lookups * LOOKUP : 0)
}

function scansOf(plan: PlanNode): PlanNode[] {
  const below = (plan.Plans ?? []).filter((one) => one['Parent Relationship'] !== 'InitPlan' && one['Parent Relationship'] !== 'SubPlan')
  const own = plan['Relation Name'] && plan['Relation Name'] !== 'journal' ? [plan] : []
  return [...own, ...below.flatMap(scansOf)]
}
