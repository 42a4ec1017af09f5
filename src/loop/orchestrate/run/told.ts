// What is told of runs that begin and end: the journal, what sales keeps of their people, and open screens.
import { appendHeard } from '#kernel/conclude.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { derivedId, type NewEvent } from '#kernel/journal.ts'
import { announcePeople } from '#kernel/live.ts'
import { lookAtPlans } from '#loop/sales/neglect/service.ts'
import { beginNurturing } from '#loop/sales/stage/service.ts'
import type { RunRow } from './row.ts'

/** Names of ways that are no step's own. */
export const START = 'start'
export const END = 'end'

/** A run that begins or ends. `name` is the scenario's; `causeId` and `hop` are those of what is behind it. */
export interface Turned {
  readonly run: Pick<RunRow, 'bucket' | 'person_id' | 'id' | 'scenario_id' | 'version' | 'trigger_id' | 'how'>
  readonly name: string
  readonly causeId: string
  readonly hop: number
}

/**
 * Tells of runs of people whose pulses are locked. What sales keeps of a lead (its plan, and that nurturing has begun) is put right here and
 * now, all at once: told as news, each beginning and each end would turn the whole loop for its person.
 */
export async function tellRuns(ctx: Ctx, { entered, ended }: { entered: readonly Turned[]; ended: readonly Turned[] }): Promise<void> {
  if (!entered.length && !ended.length) return
  const begun = entered.map((one) => ({ ...one, event: enteredEvent(ctx, one) }))
  await appendHeard(ctx, [...begun.map(({ event }) => event), ...ended.flatMap((one) => endedEvents(ctx, one))])
  const people = distinctSubjects([...entered, ...ended].map(subjectOfTurned))
  await lookAtPlans(ctx, people)
  await beginNurturing(
    ctx,
    begun
      .filter(({ run }) => run.how !== 'held')
      .map(({ event, ...one }) => ({ subject: subjectOfTurned(one), causeId: event.id, hop: event.hop ?? 0 })),
  )
  await announcePeople(ctx, people)
}

/** What sales and open screens are told of people whose runs were completed by one statement, which nobody else hears. */
export async function tellOver(ctx: Ctx, people: readonly Subject[]): Promise<void> {
  if (!people.length) return
  await lookAtPlans(ctx, people)
  await announcePeople(ctx, people)
}

/** Whether nobody would do anything with the news that a run of a version is completed, whichever run it is. */
export async function endsQuietly(ctx: Ctx, of: { scenario_id: string; version: number; name: string }): Promise<boolean> {
  let isAsked = false
  const props = {
    ...{ scenario: of.scenario_id, name: of.name, version: of.version, how: 'completed' },
    // Who asks which run it is hears some and not others.
    get run() {
      isAsked = true
      return ''
    },
  }
  const event: NewEvent = { subject: subjectOf(NOBODY), id: NOBODY, name: ENDED, occurredAt: ctx.now, props }
  const isHeard = await ctx.house.ports.hears?.(ctx, [event])
  return isHeard !== undefined && !isHeard(event) && !isAsked
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** The room and the name under which the end of a run stands in the journal: its id follows from both and the run's own. */
export const ROOM = 'orchestrate'
export const ENDED = 'scenario.ended'

const subjectOfTurned = ({ run }: Turned): Subject => ({ bucket: run.bucket, id: run.person_id })

const enteredEvent = (ctx: Ctx, one: Turned): NewEvent =>
  eventOf(ctx, one, one.run.how === 'held' ? 'scenario.held' : 'scenario.entered', { ...propsOf(one), trigger: one.run.trigger_id })

function endedEvents(ctx: Ctx, one: Turned): NewEvent[] {
  const goal = one.run.how === 'goal' ? [eventOf(ctx, one, 'scenario.goal', propsOf(one))] : []
  return [...goal, eventOf(ctx, one, ENDED, { ...propsOf(one), how: one.run.how ?? 'completed' })]
}

const propsOf = ({ run, name }: Turned) => ({ scenario: run.scenario_id, name, version: run.version, run: run.id })

function eventOf(ctx: Ctx, { run, causeId, hop }: Turned, name: string, props: NewEvent['props']): NewEvent {
  const subject = { bucket: run.bucket, id: run.person_id }
  return { subject, id: derivedId(run.id, ROOM, name), name, occurredAt: ctx.now, causeId, hop: hop + 1, props }
}
