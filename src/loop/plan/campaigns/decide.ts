import type { Subject } from '#kernel/db/buckets.ts'

/** What a membership is before an act; absent: none. */
export interface Standing {
  readonly status: string
}

/** What happens to one membership. `from` null: the person joins. */
export interface Step {
  readonly subject: Subject
  readonly from: string | null
  readonly to: string
}

/** The memberships that an act changes: whoever is in with that status already is left alone, and nobody joins twice. */
export function stepsOf(subjects: readonly Subject[], before: ReadonlyMap<string, Standing>, status: string): Step[] {
  return subjects.flatMap((subject) => {
    const from = before.get(subject.id)?.status ?? null
    return from === status ? [] : [{ subject, from, to: status }]
  })
}

/** Statuses as they may be stored: trimmed, none empty, none twice. */
export function cleanStatuses(given: readonly string[]): string[] {
  return [...new Set(given.map((word) => word.trim()).filter((word) => word !== ''))]
}

/** Statuses that members stand at and that a new list leaves out. */
export function statusesInUse(next: readonly string[], used: readonly string[]): string[] {
  return used.filter((status) => !next.includes(status))
}
