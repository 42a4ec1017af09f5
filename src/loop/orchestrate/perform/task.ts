// Tasks of scenarios: with a script to read from, and results to choose from by which the scenario goes on.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { addAll } from '#loop/identify/tasks/service.ts'
import { lengthOf } from '../step/due.ts'
import type { Of, Outcomes } from './doing.ts'
import { listColleagues } from './queries.ts'

/** Makes the tasks of these steps. One whose colleague is gone is nobody's, for whoever takes it. */
export async function makeTasks(ctx: Ctx, doings: readonly Of<'task'>[]): Promise<Outcomes> {
  const active = new Set((await listColleagues(ctx.db)).map(({ id }) => id))
  const people = await loadPeople(ctx, distinctSubjects(doings.map(({ run }) => subjectOf(run.person_id))))
  const whose = ({ effect, run }: Of<'task'>): string | null => {
    const { assignee } = effect.step
    const wanted =
      assignee.kind === 'user' ? assignee.user : assignee.kind === 'owner' ? (people.get(run.person_id)?.owner_id ?? null) : null
    return wanted !== null && active.has(wanted) ? wanted : null
  }
  const able = await addAll(
    ctx,
    doings.map((one) => ({
      subject: subjectOf(one.run.person_id),
      id: one.effect.id,
      title: one.effect.step.title,
      body: one.effect.step.script,
      dueAt: new Date(ctx.now.getTime() + lengthOf(one.effect.step.within)),
      assigneeId: whose(one),
      results: one.effect.step.branches.length ? one.effect.step.results : [],
      causeId: one.run.cause_id,
      hop: one.hop + 1,
    })),
  )
  return new Map(doings.flatMap(({ effect, run }) => (able.has(run.person_id) ? [] : [[effect.id, 'no_lead'] as const])))
}
