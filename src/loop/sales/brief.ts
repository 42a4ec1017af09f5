import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { personName } from './people.ts'
import type { LeadBrief } from './signals/contract.ts'
import { selectStages } from './stage/queries.ts'

/** What lists show of these people, by id, in two set-based reads. Ids with nobody behind them are absent. */
export async function briefsOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, LeadBrief>> {
  const subjects = distinctSubjects(ids.map(subjectOf))
  if (subjects.length === 0) return new Map()
  const [people, stages] = [await loadPeople(ctx, subjects), await selectStages(ctx.db, subjects)]
  return new Map(
    [...people.values()].map((row) => [
      row.id,
      {
        id: row.id,
        name: personName(row),
        companyName: row.company_name,
        title: [row.department, row.title].filter(Boolean).join(' ') || null,
        phone: row.phone_typed,
        stage: stages.get(row.id)?.stage ?? 'new',
      },
    ]),
  )
}

/** The brief of somebody who was erased meanwhile. */
export const noBrief = (id: string): LeadBrief => ({ id, name: '', companyName: null, title: null, phone: null, stage: 'new' })
