// Who is on the way through which scenario, and who has been: for segments, scores and lists. Values are the scenarios' names.
import { type RawBuilder, sql } from 'kysely'
import type { Fact, Words } from '#loop/identify/facts.ts'
import { loadScenarioNames, type RunState } from './run/queries.ts'

const WHICH: Readonly<Record<RunState, RawBuilder<unknown>>> = {
  active: sql`r.status = 'active'`,
  finished: sql`r.how IN ('completed', 'goal')`,
  reached: sql`r.how = 'goal'`,
}

function factOf(state: RunState, words: Words, after: readonly string[]): Fact {
  return {
    name: `scenario.${state}`,
    type: 'multi',
    words,
    group: 'behaviour',
    sql: (
      person,
    ) => sql`(SELECT coalesce(array_agg(DISTINCT s.name ORDER BY s.name), '{}') FROM run r JOIN scenario s ON s.id = r.scenario_id
      WHERE r.bucket = ${sql.id(person)}.bucket AND r.person_id = ${sql.id(person)}.id AND ${WHICH[state]})`,
    load: (ctx, subjects) => loadScenarioNames(ctx.db, subjects, state),
    after,
  }
}

export const facts: readonly Fact[] = [
  factOf('active', { ja: '参加中のシナリオ', en: 'On the way through scenario' }, [
    'scenario.entered',
    'scenario.ended',
    'lead.adopted',
    'lead.released',
  ]),
  factOf('finished', { ja: '終えたシナリオ', en: 'Finished scenario' }, ['scenario.ended', 'lead.adopted', 'lead.released']),
  factOf('reached', { ja: '目標に達したシナリオ', en: 'Reached the goal of scenario' }, [
    'scenario.ended',
    'lead.adopted',
    'lead.released',
  ]),
]
