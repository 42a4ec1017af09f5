import { type RawBuilder, type Selectable, sql } from 'kysely'
import { column, instantColumn } from '#kernel/db/arrays.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { LeadTouchTable } from '../tables.ts'
import { type NeglectList, type NeglectSettings, type PlanKind, TOUCH_KINDS, type TouchKind } from './contract.ts'
import type { Touches } from './decide.ts'

/** A new lead begins its clock; a row that is there stays. */
export async function insertTouches(db: Db, leads: readonly { subject: Subject; at: Date; ownerId: string | null }[]): Promise<void> {
  const sorted = [...leads].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  await sql`/* insert_touches */ INSERT INTO lead_touch (bucket, person_id, touched_at, worked_at, since, owner_id)
    SELECT b, i, at, at, at, o FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((one) => one.at)}::timestamptz[],
      ${sorted.map((one) => one.ownerId)}::uuid[]) x(b, i, at, o) ON CONFLICT DO NOTHING`.execute(db)
}

/** A touch to be folded. `light`: page views alone, written when ten minutes have passed. */
export interface Fold {
  readonly subject: Subject
  readonly touches: Touches
  readonly touched: Date | null
  readonly worked: Date | null
  readonly light: boolean
}

/** Moves the instants forward; visitors have no row and cost nothing. */
export async function foldTouches(db: Db, folds: readonly Fold[]): Promise<void> {
  if (folds.length) await touchesFolded(folds).execute(db)
}

/** The same as a statement to be sent with others. */
export function touchesFolded(folds: readonly Fold[]): RawBuilder<unknown> {
  const sorted = [...folds].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(sorted, (one) => one.subject)
  const of = (pick: (one: Fold) => Date | null | undefined) => instantColumn(sorted, pick)
  const at = (kind: TouchKind) => of((one) => one.touches[kind])
  const [touched, worked, sent, opened, clicked] = [
    of((one) => one.touched),
    of((one) => one.worked),
    at('sent'),
    at('opened'),
    at('clicked'),
  ]
  const [visited, form, activity, deal] = [at('visited'), at('form'), at('activity'), at('deal')]
  const light = column(sorted, (one) => one.light)
  return sql`/* fold_touches */ UPDATE lead_touch t SET touched_at = greatest(t.touched_at, x.touched), worked_at = greatest(t.worked_at, x.worked),
      sent_at = greatest(t.sent_at, x.sent), opened_at = greatest(t.opened_at, x.opened), clicked_at = greatest(t.clicked_at, x.clicked),
      visited_at = greatest(t.visited_at, x.visited), form_at = greatest(t.form_at, x.form), activity_at = greatest(t.activity_at, x.activity),
      deal_at = greatest(t.deal_at, x.deal)
    FROM (SELECT b, i, coalesce(touched, ${touched.one}::timestamptz) AS touched, coalesce(worked, ${worked.one}::timestamptz) AS worked, coalesce(sent, ${sent.one}::timestamptz) AS sent,
        coalesce(opened, ${opened.one}::timestamptz) AS opened, coalesce(clicked, ${clicked.one}::timestamptz) AS clicked, coalesce(visited, ${visited.one}::timestamptz) AS visited,
        coalesce(form, ${form.one}::timestamptz) AS form, coalesce(activity, ${activity.one}::timestamptz) AS activity, coalesce(deal, ${deal.one}::timestamptz) AS deal, coalesce(light, ${light.one}::boolean) AS light
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${touched.list}::timestamptz[], ${worked.list}::timestamptz[], ${sent.list}::timestamptz[], ${opened.list}::timestamptz[],
        ${clicked.list}::timestamptz[], ${visited.list}::timestamptz[], ${form.list}::timestamptz[], ${activity.list}::timestamptz[], ${deal.list}::timestamptz[], ${light.list}::boolean[])
        g(b, i, touched, worked, sent, opened, clicked, visited, form, activity, deal, light)) x
    WHERE t.bucket = x.b AND t.person_id = x.i AND (NOT x.light OR t.visited_at IS NULL OR t.visited_at < x.visited - interval '10 minutes')`
}

/** An owner begins: their clock starts anew. */
export async function foldOwners(db: Db, owned: readonly { subject: Subject; ownerId: string | null; at: Date }[]): Promise<void> {
  if (!owned.length) return
  const { buckets, ids } = columnsOf(owned.map((one) => one.subject))
  await sql`/* fold_owners */ UPDATE lead_touch t SET owner_id = x.o, worked_at = greatest(t.worked_at, x.at)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${owned.map((one) => one.ownerId)}::uuid[], ${owned.map((one) => one.at)}::timestamptz[]) x(b, i, o, at)
    WHERE t.bucket = x.b AND t.person_id = x.i`.execute(db)
}

/** The newest event of each name, per person: for those who met or parted. One index probe per person and name. */
export async function newestEvents(
  db: Db,
  subjects: readonly Subject[],
  names: readonly string[],
): Promise<{ personId: string; name: string; occurredAt: Date; props: Record<string, never> }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; name: string; occurred_at: Date }>`/* newest_events */
    SELECT x.i AS person_id, n.name, e.occurred_at FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) CROSS JOIN unnest(${[...names]}::text[]) n(name)
    CROSS JOIN LATERAL (SELECT occurred_at FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = n.name
      AND j.props ->> 'agent' IS DISTINCT FROM 'machine' ORDER BY occurred_at DESC LIMIT 1) e`.execute(db)
  return found.rows.map((row) => ({ personId: row.person_id, name: row.name, occurredAt: row.occurred_at, props: {} }))
}

const columnOf = (kind: TouchKind): RawBuilder<unknown> => sql.id('t', `${kind}_at`)
/** What plan somebody is in, in SQL. */
export type PlanSql = (person: string) => RawBuilder<unknown>

const of = (person: string, table: string) => {
  const p = sql.id(person)
  const t = sql.id(table)
  return sql`${t}.bucket = ${p}.bucket AND ${t}.person_id = ${p}.id`
}

/** What this room and the rooms below know of plans. */
const OWN: Readonly<Partial<Record<PlanKind, (person: string) => RawBuilder<unknown>>>> = {
  deal: (p) =>
    sql`EXISTS (SELECT 1 FROM deal_person dp JOIN deal d ON d.id = dp.deal_id WHERE ${of(p, 'dp')} AND d.state = 'open' AND d.removed_at IS NULL)`,
  handoff: (p) => sql`EXISTS (SELECT 1 FROM handoff h WHERE ${of(p, 'h')} AND h.state = 'open')`,
  newsletter: (p) => sql`(${sql.id(p, 'mail')} IS NOT NULL AND ${sql.id(p, 'mail_stop')} = 0 AND EXISTS (SELECT 1 FROM consent_state s
    WHERE ${of(p, 's')} AND s.given AND s.topic_id <> '00000000-0000-0000-0000-000000000000'))`,
}
const ORDER: readonly PlanKind[] = ['deal', 'handoff', 'scenario', 'newsletter']

/** The first of these plans that holds, as SQL over a person; null when none does. */
export function planSql(
  plans: readonly PlanKind[],
  more: Readonly<Partial<Record<PlanKind, (person: string) => RawBuilder<unknown>>>>,
): PlanSql {
  const known = { ...OWN, ...more }
  return (person) => {
    const cases = ORDER.filter((kind) => plans.includes(kind)).flatMap((kind) => {
      const holds = known[kind]
      return holds ? [sql`WHEN ${holds(person)} THEN ${kind}::text`] : []
    })
    return cases.length ? sql`(CASE ${sql.join(cases, sql` `)} END)` : sql`NULL::text`
  }
}

/** Looks at some leads anew: their plan, and their owner as the person has it. What counts as a plan is a setting, so the statement has forms. */
export async function refreshPlans(db: Db, subjects: readonly Subject[], plan: PlanSql): Promise<void> {
  if (!subjects.length) return
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  await sql`/* refresh_plans ~ */ UPDATE lead_touch t SET plan = n.plan, owner_id = n.owner_id
    FROM (SELECT p.bucket, p.id, p.owner_id, ${plan('p')} AS plan FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
      JOIN person p ON p.bucket = x.b AND p.id = x.i) n
    WHERE t.bucket = n.bucket AND t.person_id = n.id AND (t.plan IS DISTINCT FROM n.plan OR t.owner_id IS DISTINCT FROM n.owner_id)`.execute(
    db,
  )
}

/** Looks at all leads of a bucket anew, after the newest definition of touches and plans; leads without a row get one. */
export async function recountBucket(db: Db, bucket: number, kinds: readonly TouchKind[], plan: PlanSql): Promise<void> {
  await sql`INSERT INTO lead_touch (bucket, person_id, touched_at, worked_at, visited_at, since, owner_id)
    SELECT bucket, id, greatest(identified_at, last_seen_at), identified_at, last_seen_at, identified_at, owner_id FROM person
    WHERE bucket = ${bucket} AND identified_at IS NOT NULL ORDER BY id ON CONFLICT DO NOTHING`.execute(db)
  const chosen = TOUCH_KINDS.filter((kind) => kinds.includes(kind)).map(columnOf)
  await sql`UPDATE lead_touch t SET plan = n.plan, owner_id = n.owner_id, touched_at = n.touched
    FROM (SELECT p.id, p.owner_id, ${plan('p')} AS plan, greatest(t.since, ${sql.join(chosen)}) AS touched FROM person p
      JOIN lead_touch t ON t.bucket = p.bucket AND t.person_id = p.id WHERE p.bucket = ${bucket} AND p.identified_at IS NOT NULL) n
    WHERE t.bucket = ${bucket} AND t.person_id = n.id
      AND (t.plan IS DISTINCT FROM n.plan OR t.owner_id IS DISTINCT FROM n.owner_id OR t.touched_at <> n.touched)`.execute(db)
}

const openTask = sql<boolean>`EXISTS (SELECT 1 FROM task k WHERE k.bucket = t.bucket AND k.person_id = t.person_id AND k.done_at IS NULL AND k.removed_at IS NULL)`

/** What a list asks: the instant before which, and today. */
export interface Since {
  readonly before: Date
  readonly lying: Date
  readonly today: string
  readonly rule: Pick<NeglectSettings, 'onlySales' | 'leaveDeals' | 'backTo'>
}

function conditionOf(list: NeglectList, { before, lying, today, rule }: Since): RawBuilder<boolean> {
  const isParked = sql`(t.parked_until IS NOT NULL AND t.parked_until > ${today}::date)`
  if (list === 'untouched') return sql`t.touched_at < ${before}`
  if (list === 'parked') return sql`t.parked_until IS NOT NULL AND t.parked_until > ${today}::date`
  if (list === 'planless') return sql`t.plan IS NULL AND NOT ${isParked} AND NOT ${openTask}`
  const sales = rule.onlySales ? sql`AND EXISTS (SELECT 1 FROM auth_user u WHERE u.id = t.owner_id AND u.role = 'sales')` : sql``
  const deals = rule.leaveDeals ? sql`AND t.plan IS DISTINCT FROM 'deal'` : sql``
  const mine = rule.backTo ? sql`AND t.owner_id <> ${rule.backTo}::uuid` : sql``
  return sql`t.owner_id IS NOT NULL AND t.worked_at < ${lying} AND NOT ${isParked} ${sales} ${deals} ${mine}`
}

/** How many leads a list has. */
export async function countList(db: Db, list: NeglectList, since: Since): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*) AS n FROM lead_touch t WHERE ${conditionOf(list, since)}`.execute(db)
  return found.rows[0]?.n ?? 0
}

/** All leads, those untouched since each instant, and how many are in each plan: one pass over the table. */
export async function countAll(
  db: Db,
  instants: readonly Date[],
): Promise<{ total: number; untouched: number[]; plans: { plan: string; n: number }[] }> {
  const columns = instants.map((at, index) => sql`count(*) FILTER (WHERE touched_at < ${at}) AS ${sql.id(`u${index}`)}`)
  const found = await sql<Record<string, number>>`SELECT count(*) AS total, ${sql.join(columns)} FROM lead_touch`.execute(db)
  const plans = await sql<{
    plan: string
    n: number
  }>`SELECT plan, count(*) AS n FROM lead_touch WHERE plan IS NOT NULL GROUP BY plan`.execute(db)
  const row = found.rows[0] ?? {}
  return { total: row['total'] ?? 0, untouched: instants.map((_, index) => row[`u${index}`] ?? 0), plans: plans.rows }
}

export type TouchRow = Selectable<LeadTouchTable>

/** A page of a list: parked ones by their day, let-lie ones by the last work, others by the last touch. */
export async function listPage(
  db: Db,
  list: NeglectList,
  since: Since,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<(TouchRow & { key: Date })[]> {
  const by = list === 'neglected' ? sql`t.worked_at` : list === 'parked' ? sql`t.parked_until::timestamptz` : sql`t.touched_at`
  const beyond = after ? sql`AND (${by}, t.person_id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const found = await sql<TouchRow & { key: Date }>`SELECT t.*, ${by} AS key FROM lead_touch t
    WHERE ${conditionOf(list, since)} ${beyond} ORDER BY ${by}, t.person_id LIMIT ${limit}`.execute(db)
  return found.rows
}

/** Parks leads, or takes them out (until null). @returns those that have a row */
export async function setParked(
  db: Db,
  subjects: readonly Subject[],
  parked: { until: string | null; reason: string | null; by: string | null },
): Promise<Subject[]> {
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  const found = await sql<{ bucket: number; person_id: string }>`/* set_parked */ UPDATE lead_touch t
    SET parked_until = ${parked.until}::date, parked_reason = ${parked.reason}, parked_by = ${parked.by}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE t.bucket = x.b AND t.person_id = x.i
      AND (t.parked_until IS NOT NULL OR ${parked.until}::date IS NOT NULL) RETURNING t.bucket, t.person_id`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** Open hand-offs of these leads are given back. @returns their ids by person */
export async function returnHandoffs(
  db: Db,
  subjects: readonly Subject[],
  at: Date,
  note: string,
): Promise<{ subject: Subject; id: string }[]> {
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  const found = await sql<{ bucket: number; person_id: string; id: string }>`/* return_handoffs */ UPDATE handoff h
    SET state = 'returned', answered_at = ${at}, answered_by = '', return_reason = 'other', return_note = ${note}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE h.bucket = x.b AND h.person_id = x.i AND h.state = 'open'
    RETURNING h.bucket, h.person_id, h.id`.execute(db)
  return found.rows.map((row) => ({ subject: { bucket: row.bucket, id: row.person_id }, id: row.id }))
}
