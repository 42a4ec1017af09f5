// What visits say about a person, for segments, scores, lists and merge fields (TRK-07, TRK-12).
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Fact, FactType, FactValue, Words } from '#loop/identify/facts.ts'
import { CHANNELS } from './address.ts'

const CHANNEL_WORDS: Readonly<Record<(typeof CHANNELS)[number], Words>> = {
  'paid-search': { ja: '検索広告', en: 'Search ads' },
  display: { ja: 'ディスプレイ広告', en: 'Display ads' },
  'paid-social': { ja: 'SNS広告', en: 'Social ads' },
  mail: { ja: 'メール', en: 'Mail' },
  search: { ja: '自然検索', en: 'Organic search' },
  social: { ja: 'SNS', en: 'Social' },
  referral: { ja: '他サイト', en: 'Referral' },
  campaign: { ja: 'キャンペーン', en: 'Campaign' },
  direct: { ja: '直接', en: 'Direct' },
}
const channelOptions = CHANNELS.map((value) => ({ value, ...CHANNEL_WORDS[value] }))

const MOVED = ['lead.adopted', 'lead.released'] as const
/** Seconds a page.left tells; what a crafted event claims beyond a day counts as a day. */
const SECONDS = sql`CASE WHEN jsonb_typeof(j.props->'more') = 'number' THEN greatest(0, least((j.props->>'more')::numeric, 86400)) ELSE 0 END`

type Expression = (person: RawBuilder<unknown>) => RawBuilder<unknown>

/** A fact that is one expression over the person's visits; N people are read by the very same expression. */
function visitFact(
  name: string,
  type: FactType,
  words: Words,
  after: readonly string[],
  expression: Expression,
  options?: Fact['options'],
): Fact {
  return {
    name: `visits.${name}`,
    type,
    words,
    group: 'behaviour',
    ...(options ? { options } : {}),
    sql: (person) => expression(sql.id(person)),
    load: (ctx, subjects) => load(ctx, subjects, expression),
    after: [...after, ...MOVED],
  }
}

async function load(ctx: Ctx, subjects: readonly Subject[], expression: Expression): Promise<Map<string, FactValue>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; value: FactValue }>`SELECT p.id, ${expression(sql.id('p'))} AS value
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) p(bucket, id)`.execute(ctx.db)
  return new Map(found.rows.map((row) => [row.id, row.value]))
}

const newest =
  (column: RawBuilder<unknown>, condition = sql`true`): Expression =>
  (p) =>
    sql`(SELECT ${column} FROM visit v WHERE v.bucket = ${p}.bucket AND v.person_id = ${p}.id AND ${condition} ORDER BY v.started_at DESC, v.id DESC LIMIT 1)`
const oldest =
  (column: RawBuilder<unknown>, condition = sql`true`): Expression =>
  (p) =>
    sql`(SELECT ${column} FROM visit v WHERE v.bucket = ${p}.bucket AND v.person_id = ${p}.id AND ${condition} ORDER BY v.started_at, v.id LIMIT 1)`

/** Number of visits, time really spent reading, where they came from and with which words. */
export const facts: readonly Fact[] = [
  visitFact(
    'count',
    'number',
    { ja: '訪問回数', en: 'Number of visits' },
    ['session.started'],
    (p) => sql`(SELECT count(*)::int FROM visit v WHERE v.bucket = ${p}.bucket AND v.person_id = ${p}.id)`,
  ),
  visitFact('latest_at', 'datetime', { ja: '直近の訪問日時', en: 'Latest visit' }, ['session.started'], newest(sql`v.started_at`)),
  visitFact(
    'engaged_seconds',
    'number',
    { ja: 'ページを見ていた合計秒数', en: 'Seconds of reading in all' },
    ['page.left'],
    (p) =>
      sql`(SELECT coalesce(sum(${SECONDS}), 0)::int FROM journal j WHERE j.bucket = ${p}.bucket AND j.person_id = ${p}.id AND j.name = 'page.left')`,
  ),
  visitFact(
    'latest_engaged_seconds',
    'number',
    { ja: '直近の訪問でページを見ていた秒数', en: 'Seconds of reading in the latest visit' },
    ['page.left', 'session.started'],
    (
      p,
    ) => sql`(SELECT coalesce(sum(${SECONDS}), 0)::int FROM journal j WHERE j.bucket = ${p}.bucket AND j.person_id = ${p}.id AND j.name = 'page.left'
      AND j.props->>'visit' = ${newest(sql`v.id::text`)(p)})`,
  ),
  visitFact(
    'first_channel',
    'choice',
    { ja: '最初の流入チャネル', en: 'First channel' },
    ['session.started'],
    oldest(sql`v.channel`),
    channelOptions,
  ),
  visitFact(
    'latest_channel',
    'choice',
    { ja: '直近の流入チャネル', en: 'Latest channel' },
    ['session.started'],
    newest(sql`v.channel`),
    channelOptions,
  ),
  visitFact(
    'first_keyword',
    'text',
    { ja: '最初の検索キーワード', en: 'First search keyword' },
    ['session.started'],
    oldest(sql`v.keyword`, sql`v.keyword IS NOT NULL`),
  ),
  visitFact(
    'latest_keyword',
    'text',
    { ja: '直近の検索キーワード', en: 'Latest search keyword' },
    ['session.started'],
    newest(sql`v.keyword`, sql`v.keyword IS NOT NULL`),
  ),
]
