// The product's table of contents: what happens, in this order, to everybody about whom there is news.
import type { Ctx } from '#kernel/ctx.ts'
import type { Hears, NewEvent, News } from '#kernel/journal.ts'
import { newsOf, type Pass, type Reaction } from '#kernel/pass.ts'
import { bounceReactions } from '#loop/deliver/bounces/reactions.ts'
import { optinReactions } from '#loop/deliver/optin/reactions.ts'
import { companyReactions } from '#loop/identify/companies/reactions.ts'
import { followScores } from '#loop/identify/companies/sums/service.ts'
import { duplicateReactions } from '#loop/identify/duplicates/reactions.ts'
import { productReactions } from '#loop/identify/fields/reactions.ts'
import { react as tellTasks } from '#loop/identify/tasks/service.ts'
import { fold, foldHears, foldHearsGoals } from '#loop/measure/rollup/service.ts'
import { scenarioReactions } from '#loop/orchestrate/perform/reactions.ts'
import { hears as orchestrateHears } from '#loop/orchestrate/run/hears.ts'
import { react as orchestrate } from '#loop/orchestrate/run/service.ts'
import { assignmentReactions } from '#loop/sales/assignment/reactions.ts'
import { companyDealReactions } from '#loop/sales/companies/reactions.ts'
import { handoffReactions } from '#loop/sales/handoff/reactions.ts'
import { neglectReactions } from '#loop/sales/neglect/reactions.ts'
import { signalReactions } from '#loop/sales/signals/reactions.ts'
import { stageReactions } from '#loop/sales/stage/reactions.ts'
import { react as score, hears as scoreHears } from '#loop/score/service.ts'
import { react as segment, hears as segmentHears } from '#loop/segment/live/service.ts'

/** One stage of the loop. It takes many people at once; what it appends to the journal is news for the next pass. */
export interface Stage {
  readonly name: string
  readonly run: (ctx: Ctx, pass: Pass) => Promise<void>
  /** Tells which events it would do something with; at most one too many is harmless, one too few is a lost reaction. */
  readonly hears: Hearing
}

/** By the event alone, or by the rules in force, which are held for it, or by what is known of the people. */
type Hearing =
  | { readonly byEvent: (event: NewEvent) => boolean; readonly byRules?: Hears }
  | { readonly byEvent?: undefined; readonly byRules: Hears }

/** The standing reactions of the rooms, in the order of their ranks. */
export const reactions: readonly Reaction[] = [
  ...productReactions,
  ...duplicateReactions,
  ...optinReactions,
  ...bounceReactions,
  ...companyReactions,
  ...companyDealReactions,
  ...stageReactions,
  ...assignmentReactions,
  ...handoffReactions,
  ...signalReactions,
  ...neglectReactions,
  ...scenarioReactions,
]

/** The stages in the order of the loop. */
export const stages: readonly Stage[] = [
  { name: 'score', run: score, hears: { byRules: scoreHears } },
  { name: 'segment', run: segment, hears: { byRules: segmentHears } },
  ...reactions.map(stageOf),
  // What moved in this pass it sees itself, and what else it looks at is always told.
  { name: 'companies', run: followScores, hears: { byEvent: () => false } },
  { name: 'tasks', run: tellTasks, hears: { byEvent: () => false } },
  { name: 'orchestrate', run: orchestrate, hears: { byRules: orchestrateHears } },
  { name: 'fold', run: fold, hears: { byEvent: foldHears, byRules: foldHearsGoals } },
]

/** A reaction as a stage: it is called only when the pass has events it looks at. */
function stageOf(reaction: Reaction): Stage {
  const on = new Set(reaction.on)
  return {
    name: reaction.name,
    run: async (ctx, pass) => {
      if (!pass.news.size) return
      const heard: News[] = []
      for (const { id } of pass.people) for (const news of newsOf(pass, id)) if (on.has(news.name)) heard.push(news)
      if (heard.length) await reaction.run(ctx, pass, heard)
    },
    hears: hearingOf(reaction, on),
  }
}

function hearingOf({ hears: asked }: Reaction, on: ReadonlySet<string>): Hearing {
  if (!asked) return { byEvent: ({ name }) => on.has(name) }
  return {
    byRules: async (ctx, events) => {
      const its = events.filter(({ name }) => on.has(name))
      const isHeard = its.length ? await asked(ctx, its) : () => false
      return (event) => on.has(event.name) && isHeard(event)
    },
  }
}

/** Whether any stage besides the named ones hears this event, whatever the rules are. */
export const isHeardBesides = (event: NewEvent, named: ReadonlySet<string>): boolean =>
  stages.some(({ name, hears }) => hears.byEvent?.(event) === true && !named.has(name))

/** When a person is due next, and which stage said so. */
export interface Due {
  readonly at: Date
  readonly by: string
}

/**
 * Turns the loop once for the people of a pass.
 * @returns the earliest instant that any stage named, by person id
 */
export async function react(ctx: Ctx, given: Omit<Pass, 'wake' | 'changed'>): Promise<Map<string, Due>> {
  const due = new Map<string, Due>()
  const changed = new Map<string, Set<string>>()
  for (const stage of stages) {
    const wake = (personId: string, at: Date): void => {
      const earlier = due.get(personId)
      if (!earlier || at < earlier.at) due.set(personId, { at, by: stage.name })
    }
    await stage.run(ctx, { ...given, changed, wake })
  }
  return due
}

/** Which of these events any stage would do something with, were it told. The rules are asked only about what no stage hears anyway. */
export const hears: Hears = async (ctx, events) => {
  const open = new Set(events.filter((event) => !stages.some((stage) => stage.hears.byEvent?.(event))))
  const byRules: ((event: NewEvent) => boolean)[] = []
  if (open.size) for (const stage of stages) if (stage.hears.byRules) byRules.push(await stage.hears.byRules(ctx, [...open]))
  return (event) => !open.has(event) || byRules.some((isHeard) => isHeard(event))
}
