// The columns of scores as facts: segments ask them, lists sort by them, mails may name them.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Fact, FactValue, Words } from '#loop/identify/facts.ts'
import type { Among } from '#loop/identify/leads/ranking.ts'
import { type Heat, RANKS } from './rules/contract.ts'
import { listModels } from './versions/queries.ts'

const COLUMN_WORDS: Readonly<Record<string, Words>> = {
  total: { ja: '合計', en: 'total' },
  attribute_plus: { ja: '属性プラス', en: 'attributes +' },
  attribute_minus: { ja: '属性マイナス', en: 'attributes −' },
  behaviour_plus: { ja: '行動プラス', en: 'behaviour +' },
  behaviour_minus: { ja: '行動マイナス', en: 'behaviour −' },
  recent: { ja: '最近', en: 'recent' },
}

const HEAT_OPTIONS = [
  { value: 'hot', ja: 'ホット', en: 'Hot' },
  { value: 'warm', ja: 'ウォーム', en: 'Warm' },
  { value: 'cold', ja: 'コールド', en: 'Cold' },
]

const RANK_OPTIONS = RANKS.map((rank) => ({ value: rank, ja: `${rank}ランク`, en: `Rank ${rank}` }))

const COLUMN_SQL = {
  total: sql`s.total`,
  attribute_plus: sql`s.attribute_plus`,
  attribute_minus: sql`s.attribute_minus`,
  behaviour_plus: sql`s.behaviour_plus`,
  behaviour_minus: sql`s.behaviour_minus`,
  recent: sql`s.recent`,
  heat: sql`s.heat`,
  heat_since: sql`s.heat_since`,
  rank: sql`s.rank`,
  rank_since: sql`s.rank_since`,
} as const
type Column = keyof typeof COLUMN_SQL

/** The facts of one named score: `score.<name>.total` and so on. Nobody scored yet counts as 0 and cold. */
function factsOf(model: string, label: Words): Fact[] {
  const made = (column: Column, type: Fact['type'], words: Words, none: FactValue, after: string): Fact => ({
    name: `score.${model}.${column}`,
    type,
    words: { ja: `${label.ja}：${words.ja}`, en: `${label.en}: ${words.en}` },
    group: 'score',
    ...(column === 'heat' ? { options: HEAT_OPTIONS } : column === 'rank' ? { options: RANK_OPTIONS } : {}),
    sql: (person) => {
      const alias = sql.id(person)
      const found = sql`(SELECT ${COLUMN_SQL[column]} FROM score s WHERE s.bucket = ${alias}.bucket AND s.person_id = ${alias}.id AND s.model = ${model}
        AND s.version = (SELECT live_version FROM score_model WHERE name = ${model}))`
      return none === null ? found : sql`coalesce(${found}, ${none})`
    },
    load: async (ctx, subjects) => loadColumn(ctx, subjects, model, column, none),
    ...indexed(column, model),
    after: [after],
  })
  return [
    ...Object.entries(COLUMN_WORDS).map(([column, words]) => made(column as Column, 'number', words, 0, 'score.changed')),
    made('heat', 'choice', { ja: '温度', en: 'heat' }, 'cold' satisfies Heat, 'heat.changed'),
    made('heat_since', 'datetime', { ja: '温度が変わった時', en: 'heat since' }, null, 'heat.changed'),
    made('rank', 'choice', { ja: 'ランク', en: 'rank' }, null, 'rank.changed'),
    made('rank_since', 'datetime', { ja: 'ランクが変わった時', en: 'rank since' }, null, 'rank.changed'),
  ]
}

/** Of those who are not cold, as the indexes have them: said once, or the planner takes them for fewer than they are. */
const isOneOf = (heats: readonly string[]) =>
  heats.length === 1 ? sql`s.heat = ${heats[0]}` : sql`(s.heat <> 'cold' AND s.heat = ANY(${[...heats]}::text[]))`

/** A set is read and hashed anew for each page: up to here that costs less than some thousands of looks into the table. */
const MOST_AMONG = 50_000

/** The limit is for the planner, too: a set that it takes for too large to hash would be read once for each row. */
export function amongOf(person: string, those: RawBuilder<unknown>, most = MOST_AMONG): Among {
  return {
    is: sql`${sql.id(person)}.id IN (SELECT s.person_id FROM score s WHERE ${those} LIMIT ${most})`,
    fits: sql`(SELECT count(*) <= ${most}::int FROM (SELECT 1 FROM score s WHERE ${those} LIMIT ${most + 1}) x)`,
  }
}

/** How lists find and sort by the columns that have an index. */
function indexed(column: Column, model: string): Partial<Pick<Fact, 'find' | 'findFrom' | 'amongFrom' | 'ranked' | 'beside'>> {
  const live = sql`s.model = ${model} AND s.version = (SELECT live_version FROM score_model WHERE name = ${model})`
  const keys = (person: string) => sql`(${sql.id(person)}.bucket, ${sql.id(person)}.id)`
  const ranked = `score.${model}.total`
  if (column === 'heat')
    return {
      beside: {
        ranked,
        find: (values) => (values.includes('cold') ? null : isOneOf(values)),
      },
      find: (person, values) =>
        values.includes('cold')
          ? null
          : sql`${keys(person)} IN (SELECT s.bucket, s.person_id FROM score s WHERE ${live} AND ${isOneOf(values)})`,
    }
  if (column !== 'total') return {}
  return {
    beside: { ranked, findFrom: (from) => (from <= 0 ? null : sql`s.total >= ${Math.ceil(from)}::int`) },
    findFrom: (person, from) =>
      from <= 0
        ? null
        : sql`${keys(person)} IN (SELECT s.bucket, s.person_id FROM score s WHERE ${live} AND s.total >= ${Math.ceil(from)}::int)`,
    amongFrom: (person, from) => (from <= 0 ? null : amongOf(person, sql`${live} AND s.total >= ${Math.ceil(from)}::int`)),
    ranked: {
      join: sql`JOIN score s ON s.bucket = p.bucket AND s.person_id = p.id AND ${live}`,
      by: sql`s.total`,
      walk: { from: sql`score s`, alias: 's', where: live, id: sql`s.person_id` },
      without: sql`NOT EXISTS (SELECT 1 FROM score s WHERE s.bucket = p.bucket AND s.person_id = p.id AND ${live})`,
    },
  }
}

async function loadColumn(
  ctx: Ctx,
  subjects: readonly Subject[],
  model: string,
  column: Column,
  none: FactValue,
): Promise<Map<string, FactValue>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{
    id: string
    value: FactValue
  }>`SELECT x.i AS id, ${COLUMN_SQL[column]} AS value FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    LEFT JOIN score s ON s.bucket = x.b AND s.person_id = x.i AND s.model = ${model} AND s.version = (SELECT live_version FROM score_model WHERE name = ${model})`.execute(
    ctx.db,
  )
  return new Map(found.rows.map((row) => [row.id, row.value ?? none]))
}

/** The main score's facts, which are always there. */
export const facts: readonly Fact[] = factsOf('main', { ja: 'スコア', en: 'Score' })

/** The facts of the scores that users named; the main one's are declared. */
export async function namedScoreFacts(ctx: Ctx): Promise<Fact[]> {
  const models = await listModels(ctx.db)
  return models.filter((model) => model.name !== 'main').flatMap((model) => factsOf(model.name, { ja: model.label, en: model.label }))
}
