// What sales keeps true about a lead, for segments, scores, merge fields and list columns.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { productOptions } from '#loop/identify/fields/products.ts'
import { DEAL_MOVED, type Declared, deals, factOf } from './deals/facts.ts'
import { dealStages } from './deals/service.ts'
import { LOST_REASONS } from './deals/vocabulary.ts'
import { RETURN_REASONS } from './handoff/vocabulary.ts'
import { stageAtSql } from './stage/queries.ts'
import { STAGE_WORDS } from './stage/vocabulary.ts'

const STAGE_MOVED = ['stage.changed', 'lead.adopted', 'lead.released']
const HANDED = ['handoff.made', 'handoff.accepted', 'handoff.returned', 'handoff.reopened', 'lead.adopted', 'lead.released']

const HANDOFF_STATES = [
  { value: 'open', ja: '受け取り待ち', en: 'Waiting' },
  { value: 'accepted', ja: '受け取り済み', en: 'Accepted' },
  { value: 'returned', ja: '差し戻し', en: 'Returned' },
]

const stage = (column: RawBuilder<unknown>) => (person: string) => {
  const p = sql.id(person)
  return sql`(SELECT ${column} FROM lead_stage l WHERE l.bucket = ${p}.bucket AND l.person_id = ${p}.id)`
}

/** Whoever never moved has no row: new ones are found by nobody's index. */
function stagePast(at: Date): Pick<Declared, 'sql' | 'find'> {
  const then = stageAtSql('o', 'l', at)
  return {
    sql: (person) => {
      const p = sql.id(person)
      return sql`(SELECT ${then} FROM person o LEFT JOIN lead_stage l ON l.bucket = o.bucket AND l.person_id = o.id WHERE o.bucket = ${p}.bucket AND o.id = ${p}.id)`
    },
    find: (person, values) => {
      const p = sql.id(person)
      return values.includes('new')
        ? null
        : sql`(${p}.bucket, ${p}.id) IN (SELECT o.bucket, o.id FROM lead_stage l JOIN person o ON o.bucket = l.bucket AND o.id = l.person_id WHERE ${then} = ANY(${[...values]}::text[]))`
    },
  }
}

/** Of the deals that were open then, the newest. */
function dealStagePast(at: Date): Pick<Declared, 'sql'> {
  return {
    sql: (person) => {
      const p = sql.id(person)
      return sql`(SELECT h.to_stage FROM deal_person dp JOIN deal d ON d.id = dp.deal_id AND d.removed_at IS NULL AND d.opened_at <= ${at}
        CROSS JOIN LATERAL (SELECT s.to_stage FROM deal_stage_history s WHERE s.deal_id = d.id AND s.at <= ${at} ORDER BY s.at DESC, s.id DESC LIMIT 1) h
        WHERE dp.bucket = ${p}.bucket AND dp.person_id = ${p}.id AND h.to_stage NOT IN ('won', 'lost') ORDER BY d.opened_at DESC, d.id DESC LIMIT 1)`
    },
  }
}

const newestHandoff = (column: RawBuilder<unknown>) => (person: string) => {
  const p = sql.id(person)
  return sql`(SELECT ${column} FROM handoff h WHERE h.bucket = ${p}.bucket AND h.person_id = ${p}.id ORDER BY h.made_at DESC, h.id DESC LIMIT 1)`
}

/** Of the deals that are open now, the newest: the one a letter speaks of. */
const NEWEST_OPEN = sql`AND d.state = 'open' ORDER BY d.opened_at DESC, d.id DESC LIMIT 1`
const LAST_LOST = sql`AND d.state = 'lost' ORDER BY d.closed_at DESC, d.id DESC LIMIT 1`

const declared: readonly Declared[] = [
  {
    name: 'sales.stage',
    type: 'choice',
    words: { ja: 'ステージ', en: 'Stage' },
    after: STAGE_MOVED,
    options: STAGE_WORDS,
    sql: (person) => sql`coalesce(${stage(sql`l.stage`)(person)}, 'new')`,
    find: (person, values) => {
      const p = sql.id(person)
      return values.includes('new')
        ? null
        : sql`(${p}.bucket, ${p}.id) IN (SELECT l.bucket, l.person_id FROM lead_stage l WHERE l.stage = ANY(${[...values]}::text[]))`
    },
    past: stagePast,
  },
  {
    name: 'sales.stage_since',
    type: 'datetime',
    words: { ja: 'ステージが変わった日時', en: 'Stage since' },
    after: STAGE_MOVED,
    sql: stage(sql`l.since`),
  },
  {
    name: 'sales.mql_at',
    type: 'datetime',
    words: { ja: '最初にMQLになった日時', en: 'First MQL at' },
    after: STAGE_MOVED,
    sql: stage(sql`l.first_mql_at`),
  },
  {
    name: 'sales.sql_at',
    type: 'datetime',
    words: { ja: '最初にSQLになった日時', en: 'First SQL at' },
    after: STAGE_MOVED,
    sql: stage(sql`l.first_sql_at`),
  },
  {
    name: 'sales.handoff',
    type: 'choice',
    words: { ja: '引き渡しの状態', en: 'Hand-off' },
    after: HANDED,
    options: HANDOFF_STATES,
    sql: newestHandoff(sql`h.state`),
  },
  {
    name: 'sales.handoff_at',
    type: 'datetime',
    words: { ja: '引き渡し日時', en: 'Handed over at' },
    after: HANDED,
    sql: newestHandoff(sql`h.made_at`),
  },
  {
    name: 'sales.return_reason',
    type: 'choice',
    words: { ja: '差し戻しの理由', en: 'Return reason' },
    after: HANDED,
    options: RETURN_REASONS,
    sql: newestHandoff(sql`h.return_reason`),
  },
  {
    name: 'sales.open_deals',
    type: 'number',
    words: { ja: '進行中の商談数', en: 'Open deals' },
    after: DEAL_MOVED,
    sql: deals(sql`count(*)::int`, sql`AND d.state = 'open'`),
  },
  {
    name: 'sales.won_deals',
    type: 'number',
    words: { ja: '受注数', en: 'Won deals' },
    after: DEAL_MOVED,
    sql: deals(sql`count(*)::int`, sql`AND d.state = 'won'`),
  },
  {
    name: 'sales.lost_deals',
    type: 'number',
    words: { ja: '失注数', en: 'Lost deals' },
    after: DEAL_MOVED,
    sql: deals(sql`count(*)::int`, sql`AND d.state = 'lost'`),
  },
  {
    name: 'sales.open_amount',
    type: 'money',
    words: { ja: '進行中の商談金額', en: 'Worth of open deals' },
    after: DEAL_MOVED,
    sql: deals(sql`coalesce(sum(d.amount), 0)::float8`, sql`AND d.state = 'open'`),
  },
  {
    name: 'sales.won_amount',
    type: 'money',
    words: { ja: '受注金額', en: 'Worth of won deals' },
    after: DEAL_MOVED,
    sql: deals(sql`coalesce(sum(d.amount), 0)::float8`, sql`AND d.state = 'won'`),
  },
  {
    name: 'sales.won_at',
    type: 'datetime',
    words: { ja: '最後に受注した日時', en: 'Last won at' },
    after: DEAL_MOVED,
    sql: deals(sql`max(d.closed_at)`, sql`AND d.state = 'won'`),
  },
  {
    name: 'sales.lost_reason',
    type: 'choice',
    words: { ja: '最後の失注理由', en: 'Last lost reason' },
    after: DEAL_MOVED,
    options: LOST_REASONS,
    sql: deals(sql`d.lost_reason`, LAST_LOST),
  },
  {
    name: 'sales.lost_at',
    type: 'datetime',
    words: { ja: '最後に失注した日時', en: 'Last lost at' },
    after: DEAL_MOVED,
    sql: deals(sql`max(d.closed_at)`, sql`AND d.state = 'lost'`),
  },
  {
    name: 'sales.parked_until',
    type: 'date',
    words: { ja: '保留の期限', en: 'Parked until' },
    after: ['lead.parked', 'lead.unparked', 'lead.adopted', 'lead.released'],
    sql: (person) => {
      const p = sql.id(person)
      return sql`(SELECT t.parked_until FROM lead_touch t WHERE t.bucket = ${p}.bucket AND t.person_id = ${p}.id)`
    },
  },
  {
    name: 'sales.expected_close',
    type: 'date',
    words: { ja: '受注予定日（最も近いもの）', en: 'Next expected close' },
    after: DEAL_MOVED,
    sql: deals(sql`min(d.expected_close)`, sql`AND d.state = 'open'`),
  },
  {
    name: 'sales.deal_name',
    type: 'text',
    words: { ja: '進行中の商談の名前', en: 'Name of the open deal' },
    after: DEAL_MOVED,
    sql: deals(sql`d.name`, NEWEST_OPEN),
  },
  {
    name: 'sales.deal_amount',
    type: 'money',
    words: { ja: '進行中の商談の金額', en: 'Worth of the open deal' },
    after: DEAL_MOVED,
    sql: deals(sql`d.amount::float8`, NEWEST_OPEN),
  },
  {
    name: 'sales.deal_close',
    type: 'date',
    words: { ja: '進行中の商談の受注予定日', en: 'Expected close of the open deal' },
    after: DEAL_MOVED,
    sql: deals(sql`d.expected_close`, NEWEST_OPEN),
  },
]

export const facts: readonly Fact[] = declared.map(factOf)

/** The products of the person's deals of a kind. */
const products = (which: RawBuilder<unknown>) => (person: string) => {
  const p = sql.id(person)
  return sql`ARRAY(SELECT DISTINCT k.key FROM deal_person dp JOIN deal d ON d.id = dp.deal_id AND d.removed_at IS NULL ${which}, unnest(d.products) k(key)
    WHERE dp.bucket = ${p}.bucket AND dp.person_id = ${p}.id ORDER BY k.key)`
}

const OF_PRODUCTS = [
  { name: 'sales.deal_products', words: { ja: '商談の製品', en: 'Products of deals' }, which: sql`` },
  { name: 'sales.open_products', words: { ja: '進行中の商談の製品', en: 'Products of open deals' }, which: sql`AND d.state = 'open'` },
  { name: 'sales.won_products', words: { ja: '受注した製品', en: 'Products won' }, which: sql`AND d.state = 'won'` },
  { name: 'sales.lost_products', words: { ja: '失注した製品', en: 'Products lost' }, which: sql`AND d.state = 'lost'` },
]

/** Facts whose options the company makes: the stage of the newest open deal, and the products of deals. */
export async function dealFacts(ctx: Ctx): Promise<Fact[]> {
  const options = await productOptions(ctx)
  const stages = (await dealStages(ctx)).map(({ key, ja, en }) => ({ value: key, ja, en }))
  return [
    factOf({
      name: 'sales.deal_stage',
      type: 'choice',
      words: { ja: '進行中の商談の段階', en: 'Stage of the open deal' },
      after: DEAL_MOVED,
      options: stages,
      sql: deals(sql`d.stage`, NEWEST_OPEN),
      past: dealStagePast,
    }),
    factOf({
      name: 'sales.deal_product',
      type: 'multi',
      words: { ja: '進行中の商談の製品（最新）', en: 'Products of the newest open deal' },
      after: DEAL_MOVED,
      options,
      sql: deals(sql`d.products`, NEWEST_OPEN),
    }),
    ...OF_PRODUCTS.map(({ name, words, which }) =>
      factOf({ name, type: 'multi', words, after: DEAL_MOVED, options, sql: products(which) }),
    ),
  ]
}
