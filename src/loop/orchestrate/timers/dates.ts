// Triggers that time pulls: "N days after the day in this field", "everybody in this segment on Mondays at nine". A door: each page of
// people is a transaction of its own.
import { workWeek } from '#access/company/service.ts'
import { hashedId } from '#kernel/chance.ts'
import { MINUTE } from '#kernel/clock.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { asRefusal } from '#kernel/errors.ts'
import { lockPulses } from '#kernel/journal.ts'
import { allFacts, type Fact } from '#loop/identify/facts.ts'
import { programsOf, versionKey } from '../run/programs.ts'
import { enterPeople } from '../run/service.ts'
import { type ClockTrigger, type DateTrigger, isClocked, type Tick, ticksOf, wantedDays } from './decide.ts'
import { type ClockRow, claimClock, clockName, type DateAsk, listByDate, listMembers, setClock } from './queries.ts'

const TIMERS: Actor = { kind: 'system', name: 'scenarios' }
const PAGE = 500

/** Works off date triggers and schedules whose minute has come, a page of people at a time. @returns how many people entered */
export async function sweepDates(house: House, most = PAGE): Promise<number> {
  let entered = 0
  for (;;) {
    const page = await turnOne(house, most)
    if (!page) return entered
    entered += page.entered
  }
}

/** A clock that failed is left alone for so long; it has lost nothing then, and holds up no other meanwhile. */
const REST = 10 * MINUTE
const resting = new WeakMap<House, Map<string, number>>()

/** One page of one clock, in a transaction of its own. */
async function turnOne(house: House, most: number): Promise<{ entered: number } | null> {
  const rests = resting.get(house) ?? new Map<string, number>()
  resting.set(house, rests)
  const now = house.clock.now().getTime()
  for (const [name, until] of rests) if (until <= now) rests.delete(name)
  let clock: ClockRow | undefined
  try {
    return await withTx(house, TIMERS, async (ctx) => {
      clock = await claimClock(ctx.db, new Date(ctx.now.getTime() - MINUTE), [...rests.keys()])
      return clock ? turnClock(ctx, clock, most) : null
    })
  } catch (error) {
    if (!clock || asRefusal(error)?.code === 'database.away') throw error
    house.log.error({ err: error, scenario: clock.scenario_id, trigger: clock.trigger_id }, 'a trigger by time could not be worked off')
    rests.set(clockName(clock), now + REST)
    return { entered: 0 }
  }
}

/** One page of a clock that is locked. */
async function turnClock(ctx: Ctx, clock: ClockRow, most: number): Promise<{ entered: number }> {
  const trigger = await triggerOf(ctx, clock)
  const { timeZone } = await workWeek(ctx)
  const [tick, later] = trigger ? ticksOf(trigger, clock.done_until, ctx.now, timeZone) : []
  if (!trigger || !tick) {
    await setClock(ctx.db, rested(clock, ctx.now))
    return { entered: 0 }
  }
  const after = clock.cursor_day === tick.day && clock.cursor_person ? { bucket: clock.cursor_bucket ?? 0, id: clock.cursor_person } : null
  const people =
    trigger.kind === 'date'
      ? await peopleOf(ctx, trigger, tick, { after, most }, timeZone)
      : await listMembers(ctx.db, trigger.segment, after, most)
  const entered = await enter(ctx, clock, trigger, tick, people)
  const last = people.at(-1)
  if (last && people.length === most)
    await setClock(ctx.db, { ...clock, cursor_day: tick.day, cursor_bucket: last.bucket, cursor_person: last.id })
  else await setClock(ctx.db, rested(clock, later ? tick.at : ctx.now))
  return { entered }
}

const rested = (clock: ClockRow, until: Date): ClockRow => ({
  ...clock,
  done_until: until,
  cursor_day: null,
  cursor_bucket: null,
  cursor_person: null,
})

async function triggerOf(ctx: Ctx, clock: ClockRow): Promise<ClockTrigger | undefined> {
  const of = { scenario_id: clock.scenario_id, version: clock.version }
  const triggers = (await programsOf(ctx, [of])).get(versionKey(of))?.graph.triggers ?? []
  return triggers.filter(isClocked).find((one) => one.id === clock.trigger_id)
}

async function peopleOf(
  ctx: Ctx,
  trigger: DateTrigger,
  tick: Tick,
  page: Pick<DateAsk, 'after' | 'most'>,
  zone: string,
): Promise<Subject[]> {
  const fact = (await allFacts(ctx)).find(
    (one): one is Fact => one.name === trigger.field && (one.type === 'date' || one.type === 'datetime'),
  )
  if (!fact) return []
  const days = wantedDays(trigger, tick.day)
  return listByDate(ctx.db, {
    field: fact.sql('p'),
    isInstant: fact.type === 'datetime',
    yearly: trigger.yearly,
    days,
    zone,
    ...page,
  })
}

async function enter(ctx: Ctx, clock: ClockRow, trigger: ClockTrigger, tick: Tick, people: readonly Subject[]): Promise<number> {
  if (!people.length) return 0
  await lockPulses(ctx, people)
  return enterPeople(
    ctx,
    people.map((subject) => ({
      personId: subject.id,
      scenarioId: clock.scenario_id,
      version: clock.version,
      triggerId: trigger.id,
      causeId: hashedId(trigger.kind, clock.scenario_id, trigger.id, subject.id, tick.at.toISOString()),
      hop: 0,
      late: ctx.now.getTime() - tick.at.getTime(),
    })),
  )
}
