// What journeys through scenarios are told with: people, scenarios, what happens, and time that passes.
import type { VirtualClock } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { changeFields } from '#loop/identify/change/service.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { identify, loadPeople } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step, type Trigger } from '#loop/orchestrate/graph/contract.ts'
import * as people from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { fillSegment } from '#loop/segment/fill/jobs.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'

export const tag = (id: string): Step => ({ kind: 'tag', id, name: id, tag: id, remove: false })
export const wait = (id: string, until: Extract<Step, { kind: 'wait' }>['until']): Step => ({ kind: 'wait', id, name: '', until })
export const days = (id: string, amount: number): Step => wait(id, { kind: 'for', amount, unit: 'days', businessHours: false })
export const branch = (key: string, ...steps: Step[]) => ({ key, name: '', weight: 0, steps })
export const match = (event: string, props: Record<string, string> = {}) => ({
  event,
  filters: Object.entries(props).map(([prop, value]) => ({ prop, op: 'eq' as const, value })),
})
export const on = (event: string, props: Record<string, string> = {}): Trigger => ({ kind: 'event', id: 't', match: match(event, props) })
export const fact = (name: string, is: Extract<Rule, { kind: 'fact' }>['is']): Rule => ({ kind: 'fact', fact: name, is })

/** A house with a date field `contract_end`, and the verbs of journeys in it. */
export async function openJourneys(db: TestDatabase): Promise<Journeys> {
  const field = { key: 'contract_end', type: 'date' as const, ja: '契約終了日', en: 'Contract end', class: 'basic' as const, options: [] }
  await db.tx((ctx) => createField(ctx, field))
  return journeysIn(db)
}

export type Journeys = ReturnType<typeof journeysIn>

function journeysIn(db: TestDatabase) {
  let serial = 0
  const unique = (prefix: string): string => `${prefix}${++serial}`
  const turn = () => turnUntilQuiet(db.house)
  async function later(ms: number): Promise<void> {
    ;(db.clock as VirtualClock).advance(ms)
    await turnTimers(db.house)
    await turn()
  }
  return {
    db,
    unique,
    turn,
    later,
    someone: async (): Promise<Subject> => {
      const [outcome] = await db.tx((ctx) => identify(ctx, [{ mail: `${unique('j')}@example.co.jp`, route: 'hand', at: ctx.now }]))
      if (!outcome) throw new Error('nobody')
      await turn()
      return outcome.subject
    },
    /** Leads of one company. */
    colleagues: async (n: number): Promise<Subject[]> => {
      const companyName = `株式会社${unique('同僚')}`
      const domain = `${unique('c')}.example.co.jp`
      const acts = Array.from({ length: n }, (_, i) => ({ mail: `k${i}@${domain}`, route: 'hand' as const, fields: { companyName } }))
      const outcomes = await db.tx((ctx) =>
        identify(
          ctx,
          acts.map((act) => ({ ...act, at: ctx.now })),
        ),
      )
      await turn()
      return outcomes.map(({ subject }) => subject)
    },
    scenario: (triggers: Trigger[], steps: Step[], more: Partial<Graph> = {}): Promise<string> => {
      const graph: Graph = { ...PLAIN, triggers, entry: { kind: 'each' }, steps, ...more }
      return db.tx(async (ctx) => {
        const made = await scenarios.create(ctx, { name: unique('s'), starter: 'blank', language: 'ja' }, {})
        const saved = await scenarios.save(ctx, { id: made.id, name: made.name, graph, revision: made.revision })
        await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
        return made.id
      })
    },
    happens: async (who: Subject, name: string, props: Record<string, string | string[]> = {}): Promise<void> => {
      await db.tx((ctx) => append(ctx, [{ subject: who, id: eventId('test', unique('e')), name, occurredAt: ctx.now, props }]))
      await turn()
    },
    tagsOf: async (who: Subject): Promise<readonly string[]> => (await db.read((ctx) => loadPeople(ctx, [who]))).get(who.id)?.tags ?? [],
    runsOf: async (who: Subject, id: string) =>
      (await db.read((ctx) => people.runs(ctx, { person: who.id }))).items.filter((run) => run.scenarioId === id),
    segment: async (rule: Rule): Promise<string> => {
      const asked = { name: unique('seg'), description: '', audience: 'leads' as const, rule, startsScenarios: false }
      const { id } = await db.tx((ctx) => segments.create(ctx, asked))
      await fillSegment.run(db.house, { segment: id, version: 1 })
      return id
    },
    setDay: async (who: Subject, day: string | null): Promise<void> => {
      await db.tx((ctx) => changeFields(ctx, [{ subject: who, attrs: { contract_end: day }, causeId: ctx.id() }]))
      await turn()
    },
    giveTag: async (who: Subject, name: string): Promise<void> => {
      await db.tx((ctx) => changeFields(ctx, [{ subject: who, addTags: [name], causeId: ctx.id() }]))
      await turn()
    },
  }
}
