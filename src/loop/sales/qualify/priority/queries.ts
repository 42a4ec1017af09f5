import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { PriorityMarkTable } from '../tables.ts'
import type { Standing } from './decide.ts'

/** Each kind of reason gives its newest so many: the list never walks over all leads. */
const MOST = 500

/** Whoever may have a reason to be called: hand-offs, tasks, the newest hot, open deals, those whose acts made a signal. */
export async function selectCandidates(db: Db, owner: string | null, now: Date): Promise<Subject[]> {
  const ofLead = (alias: string) =>
    owner === null
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM person p WHERE p.bucket = ${sql.id(alias)}.bucket AND p.id = ${sql.id(alias)}.person_id AND p.owner_id = ${owner}::uuid)`
  const mine = (alias: string, column: string) => (owner === null ? sql`true` : sql`${sql.id(alias, column)} = ${owner}::uuid`)
  const soon = new Date(now.getTime() + 86_400_000)
  const lately = new Date(now.getTime() - 7 * 86_400_000)
  const found = await sql<{ bucket: number; id: string }>`SELECT DISTINCT bucket, person_id AS id FROM (
    (SELECT h.bucket, h.person_id FROM handoff h WHERE h.state = 'open' AND (${mine('h', 'owner_id')} OR ${ofLead('h')}) ORDER BY h.due_at LIMIT ${MOST})
    UNION ALL (SELECT t.bucket, t.person_id FROM task t WHERE t.done_at IS NULL AND t.removed_at IS NULL AND t.due_at < ${soon}
      AND (${mine('t', 'assignee_id')} OR ${ofLead('t')}) ORDER BY t.due_at DESC LIMIT ${MOST})
    UNION ALL (SELECT s.bucket, s.person_id FROM score_model o JOIN score s ON s.model = o.name AND s.version = o.live_version
      WHERE o.name = 'main' AND s.heat = 'hot' AND ${ofLead('s')} ORDER BY s.heat_since DESC LIMIT ${MOST})
    UNION ALL (SELECT dp.bucket, dp.person_id FROM (SELECT d.id FROM deal d WHERE d.state = 'open' AND d.removed_at IS NULL AND ${mine('d', 'owner_id')}
      ORDER BY d.changed_at DESC LIMIT ${MOST}) d JOIN deal_person dp ON dp.deal_id = d.id)
    UNION ALL (SELECT g.bucket, g.person_id FROM signal g WHERE g.at > ${lately} AND ${ofLead('g')} ORDER BY g.at DESC LIMIT ${MOST * 2})
  ) x ORDER BY bucket, id`.execute(db)
  return found.rows
}

export interface StandingRow extends Standing {
  readonly ownerId: string | null
  readonly touchedAt: Date | null
}

interface Row {
  id: string
  owner_id: string | null
  made_at: Date | null
  handoff_due: Date | null
  task_title: string | null
  task_due: Date | null
  heat: string | null
  heat_since: Date | null
  rank: string | null
  form_at: Date | null
  clicked_at: Date | null
  visited_at: Date | null
  worked_at: Date | null
  touched_at: Date | null
  activity_at: Date | null
  deal_stage: string | null
  deal_close: string | null
  deal_changed: Date | null
  colleagues: number | null
  mark_kind: PriorityMarkTable['kind'] | null
  mark_at: Date | null
  mark_until: Date | null
}

/** What is known of these leads, in one statement. Parked and unnamed people are left out. `today`: a day `YYYY-MM-DD`. */
export async function selectStandings(db: Db, subjects: readonly Subject[], now: Date, today: string): Promise<StandingRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const week = new Date(now.getTime() - 7 * 86_400_000)
  const found = await sql<Row>`WITH who AS (
      SELECT p.bucket, p.id, p.owner_id, p.company_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
      JOIN person p ON p.bucket = x.b AND p.id = x.i WHERE p.identified_at IS NOT NULL),
    active AS MATERIALIZED (
      SELECT c.company_id, c.id FROM person c JOIN lead_touch t ON t.bucket = c.bucket AND t.person_id = c.id
      WHERE c.company_id = ANY(ARRAY(SELECT DISTINCT company_id FROM who WHERE company_id IS NOT NULL))
        AND greatest(t.clicked_at, t.visited_at, t.form_at) > ${week})
    SELECT w.id, w.owner_id, h.made_at, h.due_at AS handoff_due, k.title AS task_title, k.due_at AS task_due, s.heat, s.heat_since, s.rank,
      t.form_at, t.clicked_at, t.visited_at, t.worked_at, t.touched_at, t.activity_at, d.stage AS deal_stage, d.expected_close::text AS deal_close,
      d.changed_at AS deal_changed, (SELECT count(*)::int FROM active a WHERE a.company_id = w.company_id AND a.id <> w.id) AS colleagues,
      m.kind AS mark_kind, m.at AS mark_at, m.until AS mark_until
    FROM who w
    LEFT JOIN lead_touch t ON t.bucket = w.bucket AND t.person_id = w.id
    LEFT JOIN score_model o ON o.name = 'main'
    LEFT JOIN score s ON s.bucket = w.bucket AND s.person_id = w.id AND s.model = 'main' AND s.version = o.live_version
    LEFT JOIN priority_mark m ON m.bucket = w.bucket AND m.person_id = w.id
    LEFT JOIN LATERAL (SELECT made_at, due_at FROM handoff WHERE bucket = w.bucket AND person_id = w.id AND state = 'open'
      ORDER BY made_at DESC LIMIT 1) h ON true
    LEFT JOIN LATERAL (SELECT title, due_at FROM task WHERE bucket = w.bucket AND person_id = w.id AND done_at IS NULL AND removed_at IS NULL
      AND due_at IS NOT NULL ORDER BY due_at LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT e.stage, e.expected_close, e.changed_at FROM deal_person dp JOIN deal e ON e.id = dp.deal_id
      AND e.state = 'open' AND e.removed_at IS NULL
      WHERE dp.bucket = w.bucket AND dp.person_id = w.id ORDER BY e.expected_close NULLS LAST, e.id LIMIT 1) d ON true
    WHERE t.parked_until IS NULL OR t.parked_until <= ${today}::date`.execute(db)
  return found.rows.map(standingOf)
}

function standingOf(row: Row): StandingRow {
  return {
    id: row.id,
    ownerId: row.owner_id,
    touchedAt: row.touched_at,
    handoff: row.made_at && row.handoff_due ? { madeAt: row.made_at, dueAt: row.handoff_due } : null,
    task: row.task_due ? { title: row.task_title ?? '', dueAt: row.task_due } : null,
    hotSince: row.heat === 'hot' ? row.heat_since : null,
    rank: row.rank,
    acts: { form: row.form_at, clicked: row.clicked_at, visited: row.visited_at },
    deal: row.deal_changed ? { stage: row.deal_stage ?? '', expectedClose: row.deal_close, changedAt: row.deal_changed } : null,
    colleagues: row.colleagues ?? 0,
    workedAt: row.worked_at,
    spokenAt: row.activity_at,
    mark: row.mark_kind && row.mark_at ? { kind: row.mark_kind, at: row.mark_at, until: row.mark_until } : null,
  }
}

export async function writeMark(
  db: Db,
  person: Subject,
  mark: { kind: PriorityMarkTable['kind']; at: Date; until: Date | null; by: string },
): Promise<void> {
  const values = { kind: mark.kind, at: mark.at, until: mark.until, by_name: mark.by }
  await db
    .insertInto('priority_mark')
    .values({ bucket: person.bucket, person_id: person.id, ...values, origin_person_id: null })
    .onConflict((oc) => oc.columns(['bucket', 'person_id']).doUpdateSet(values))
    .execute()
}

export async function deleteMark(db: Db, person: Subject): Promise<void> {
  await db.deleteFrom('priority_mark').where('bucket', '=', person.bucket).where('person_id', '=', person.id).execute()
}
