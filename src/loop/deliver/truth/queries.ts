import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { DECIDED, FRESH_MS, type Hit, type Judgement, LEARN_MAILS, LEARN_SHARE, type Reaction } from './decide.ts'
import type { Verdict } from './evidence/contract.ts'

export interface HitRow {
  readonly id: string
  readonly at: Date
  readonly kind: 'open' | 'click'
  readonly link: number
  readonly method: string
  readonly user_agent: string
  readonly purpose: string
  readonly network: Hit['network']
  /** Whose it is. */
  readonly network_of: string
  readonly activated: boolean
  readonly verdict: Verdict
  readonly due_at: Date | null
  readonly event_id: string | null
  /** What spoke for and against a person when it was last judged. */
  readonly because: readonly string[]
}

interface OfDelivery {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
}

/** Nobody fetches a mail more often; what comes after is judged and not kept. */
export const MOST_HITS = 200

/** The hits of a mail, oldest first. Its delivery is locked by the caller. */
export async function listHits(db: Db, of: OfDelivery): Promise<HitRow[]> {
  const found =
    await sql<HitRow>`/* list_mail_hits */ SELECT id, at, kind, link, method, user_agent, purpose, network, network_of, activated, verdict, due_at, event_id, because FROM mail_hit
    WHERE bucket = ${of.bucket} AND person_id = ${of.person_id} AND delivery_id = ${of.id} ORDER BY at, id LIMIT ${MOST_HITS}`.execute(db)
  return found.rows
}

export interface Judged extends Judgement {
  readonly row: HitRow
}

/** Writes what is thought of hits now; new ones are inserted, known ones changed. */
export async function putHits(db: Db, of: OfDelivery, hits: readonly Judged[]): Promise<void> {
  await sql`/* put_mail_hits */ INSERT INTO mail_hit (bucket, person_id, delivery_id, id, at, kind, link, method, user_agent, purpose, network, network_of, activated, verdict, likely, because, due_at, event_id)
    SELECT ${of.bucket}::smallint, ${of.person_id}::uuid, ${of.id}::uuid, i, at, k, l, m, u, p, n, o, a, v, c, string_to_array(b, ' '), d, e FROM unnest(${hits.map(({ row }) => row.id)}::uuid[], ${hits.map(({ row }) => row.at)}::timestamptz[],
      ${hits.map(({ row }) => row.kind)}::text[], ${hits.map(({ row }) => row.link)}::smallint[], ${hits.map(({ row }) => row.method)}::text[], ${hits.map(({ row }) => row.user_agent)}::text[], ${hits.map(({ row }) => row.purpose)}::text[],
      ${hits.map(({ row }) => row.network)}::text[], ${hits.map(({ row }) => row.network_of)}::text[], ${hits.map(({ row }) => row.activated)}::boolean[], ${hits.map((hit) => hit.verdict)}::text[], ${hits.map((hit) => hit.likely)}::real[], ${hits.map((hit) => hit.because.join(' '))}::text[],
      ${hits.map(({ row }) => row.due_at)}::timestamptz[], ${hits.map(({ row }) => row.event_id)}::uuid[]) x(i, at, k, l, m, u, p, n, o, a, v, c, b, d, e)
    ON CONFLICT (bucket, person_id, delivery_id, id) DO UPDATE SET verdict = excluded.verdict, likely = excluded.likely, because = excluded.because, due_at = excluded.due_at, event_id = excluded.event_id`.execute(
    db,
  )
}

/** What the delivery shows follows from its hits: the first of a person, of a machine and of doubt; what is held back counts for nothing yet. */
export async function foldHits(db: Db, of: OfDelivery): Promise<void> {
  await sql`/* fold_mail_hits */ UPDATE delivery d SET opened_at = h.opened, opened_machine_at = h.opened_machine, opened_unknown_at = h.opened_unknown, clicked_at = h.clicked, clicked_machine_at = h.clicked_machine,
      clicked_unknown_at = h.clicked_unknown, status = CASE WHEN d.status = 'unknown' THEN 'sent' ELSE d.status END, sent_at = CASE WHEN d.status = 'unknown' THEN coalesce(d.sent_at, d.marked_at) ELSE d.sent_at END
    FROM (SELECT min(at) FILTER (WHERE verdict = 'human' AND due_at IS NULL) AS opened, min(at) FILTER (WHERE verdict = 'machine' AND kind = 'open') AS opened_machine, min(at) FILTER (WHERE verdict = 'unknown' AND kind = 'open') AS opened_unknown,
        min(at) FILTER (WHERE verdict = 'human' AND kind = 'click' AND due_at IS NULL) AS clicked, min(at) FILTER (WHERE verdict = 'machine' AND kind = 'click') AS clicked_machine, min(at) FILTER (WHERE verdict = 'unknown' AND kind = 'click' AND due_at IS NULL) AS clicked_unknown
      FROM mail_hit WHERE bucket = ${of.bucket} AND person_id = ${of.person_id} AND delivery_id = ${of.id}) h
    WHERE d.bucket = ${of.bucket} AND d.person_id = ${of.person_id} AND d.id = ${of.id}`.execute(db)
}

/** When pages of ours ran their script for a person since an instant. */
export async function pagesSince(db: Db, subject: Subject, since: Date): Promise<number[]> {
  const found = await sql<{
    at: Date
  }>`/* pages_since */ SELECT occurred_at AS at FROM journal WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND name = 'page.viewed' AND occurred_at >= ${since} ORDER BY occurred_at LIMIT 100`.execute(
    db,
  )
  return found.rows.map((row) => row.at.getTime())
}

/** Mails with hits whose holding back is over. */
export async function dueMails(db: Db, now: Date, limit: number): Promise<OfDelivery[]> {
  const found =
    await sql<OfDelivery>`/* due_mail_hits */ SELECT DISTINCT bucket, person_id, delivery_id AS id FROM mail_hit WHERE due_at <= ${now} ORDER BY 1, 2, 3 LIMIT ${limit}`.execute(
      db,
    )
  return found.rows
}

const domain = sql<string>`lower(split_part(d.address, '@', 2))`

/** Receiving domains that had enough of the mails sent since an instant, and whose machines followed the links of so many as soon as they came in. */
export async function countReactions(db: Db, since: Date, limit: number): Promise<Reaction[]> {
  // Once a night, over all mails of a month: longer than anybody waits for a page.
  await sql`SELECT set_config('statement_timeout', '600000', true)`.execute(db)
  const found = await sql<Reaction>`/* count_domain_reactions */
    WITH swept AS MATERIALIZED (SELECT ${domain} AS domain, count(DISTINCT d.id)::int AS n FROM mail_hit h JOIN delivery d ON d.bucket = h.bucket AND d.person_id = h.person_id AND d.id = h.delivery_id
      WHERE h.kind = 'click' AND h.verdict = 'machine' AND h.at >= ${since} AND h.because && ${DECIDED}::text[] AND h.at < d.sent_at + ${FRESH_MS}::int * interval '1 millisecond'
        AND d.standing = 'sent' AND d.sent_at >= ${since} AND d.address IS NOT NULL GROUP BY 1),
    sent AS MATERIALIZED (SELECT ${domain} AS domain, count(*)::int AS n FROM delivery d
      WHERE d.standing = 'sent' AND d.sent_at >= ${since} AND d.address IS NOT NULL AND EXISTS (SELECT 1 FROM swept) GROUP BY 1 HAVING count(*) >= ${LEARN_MAILS}::int)
    SELECT swept.domain, sent.n AS mails, swept.n AS swept FROM swept JOIN sent ON sent.domain = swept.domain AND swept.n >= sent.n * ${LEARN_SHARE}::float8 ORDER BY swept.n DESC, 1 LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}
