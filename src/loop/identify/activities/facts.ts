import { type RawBuilder, sql } from 'kysely'
import type { Fact, FactType, FactValue, Words } from '../facts.ts'
import { callCounts, latestCalls, latestDeeds } from './fact.queries.ts'
import { ACTIVITY_EVENTS, activityResults } from './kinds/contract.ts'

const AFTER = [...ACTIVITY_EVENTS, 'activity.changed', 'activity.removed', 'activity.restored', 'lead.adopted', 'lead.released']

const standing = (person: string, more: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`a.bucket = ${sql.id(person, 'bucket')} AND a.person_id = ${sql.id(person, 'id')} AND a.removed_at IS NULL ${more}`

const fact = (
  name: string,
  type: FactType,
  words: Words,
  fragment: Fact['sql'],
  load: (...given: Parameters<Fact['load']>) => Promise<Map<string, FactValue>>,
): Fact => ({ name, type, words, group: 'sales', sql: fragment, load, after: AFTER })

/** What stands of the activities now: corrected and removed ones are no longer counted, unlike in counts of events. */
export const facts: readonly Fact[] = [
  fact(
    'activities.last_at',
    'datetime',
    { ja: '最終対応日時', en: 'Last contact by us' },
    (person) => sql`(SELECT max(a.occurred_at) FROM activity a WHERE ${standing(person, sql`AND a.kind <> 'note'`)})`,
    (ctx, subjects) => latestDeeds(ctx.db, subjects),
  ),
  fact(
    'activities.calls',
    'number',
    { ja: '電話の回数', en: 'Calls' },
    (person) => sql`(SELECT count(*)::int FROM activity a WHERE ${standing(person, sql`AND a.kind = 'call'`)})`,
    (ctx, subjects) => callCounts(ctx.db, subjects),
  ),
  {
    ...fact(
      'activities.call_result',
      'choice',
      { ja: '最後の電話の結果', en: 'Result of the last call' },
      (person) =>
        sql`(SELECT a.result FROM activity a WHERE ${standing(person, sql`AND a.kind = 'call'`)} ORDER BY a.occurred_at DESC, a.id DESC LIMIT 1)`,
      (ctx, subjects) => latestCalls(ctx.db, subjects),
    ),
    options: activityResults.call ?? [],
  },
]
