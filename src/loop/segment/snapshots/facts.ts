// Each dated list as a question: is this person on it?
import type { Ctx } from '#kernel/ctx.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { isOn, namesOfSnapshots, onList } from './queries.ts'

export const MOST_SNAPSHOTS = 200
export const factOfSnapshot = (id: string): string => `snapshot.${id}`

/**
 * One fact per dated list. Who is on a list changes by merging and parting alone; a list that is made, taken away or brought back is
 * read by no rule at that moment, so that nobody need be told.
 */
export async function snapshotFacts(ctx: Ctx): Promise<Fact[]> {
  return (await namesOfSnapshots(ctx.db, MOST_SNAPSHOTS)).map(({ id, name }) => ({
    name: factOfSnapshot(id),
    type: 'boolean',
    words: { ja: `スナップショット「${name}」に入っている`, en: `In snapshot “${name}”` },
    group: 'snapshots',
    sql: (person) => isOn(person, id),
    load: async (inner, subjects) => {
      const on = await onList(inner.db, id, subjects)
      return new Map(subjects.map((subject) => [subject.id, on.has(subject.id)]))
    },
    after: ['lead.adopted', 'lead.released'],
  }))
}
