import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { NewsletterStatus } from '../tables.ts'
import type { Counts } from './contract.ts'
import type { Trial, TrialResult } from './trial/contract.ts'

export interface NewsletterRow {
  readonly id: string
  readonly name: string
  readonly template_id: string
  readonly version_id: string | null
  readonly topic_id: string | null
  readonly include: string[]
  readonly exclude: string[]
  readonly status: NewsletterStatus
  readonly send_at: Date | null
  readonly audience: number | null
  readonly expand_bucket: number | null
  readonly expand_person: string | null
  readonly expanded_at: Date | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly finished_at: Date | null
  readonly held_reason: 'bounces' | 'complaints' | null
  readonly local_at: string | null
  readonly on_web: boolean
  readonly test: Trial | null
  readonly test_version: string | null
  readonly test_until: Date | null
  readonly test_result: TrialResult | null
  readonly sender: 'company' | 'owner' | null
  /** `user <id> <name>` */
  readonly asked_by: string | null
  readonly asked_at: Date | null
  readonly approved_by: string | null
  readonly approved_at: Date | null
  readonly approved_version: string | null
  readonly template_name: string
  readonly subject: string
}

const columns = sql`n.id, n.name, n.template_id, n.version_id, n.topic_id, n.include, n.exclude, n.status, n.send_at, n.audience, n.expand_bucket, n.expand_person,
  n.expanded_at, n.created_at, n.started_at, n.finished_at, n.held_reason, n.local_at, n.on_web, n.test, n.test_version, n.test_until, n.test_result, n.sender, n.asked_by, n.asked_at, n.approved_by, n.approved_at, n.approved_version, t.name AS template_name, v.draft->>'subject' AS subject`
const joined = sql`newsletter n JOIN template t ON t.id = n.template_id JOIN template_version v ON v.id = coalesce(n.version_id, t.version_id)`

export async function listNewsletters(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<NewsletterRow[]> {
  const found = await sql<NewsletterRow>`SELECT ${columns} FROM ${joined}
    WHERE ${after === null} OR (n.created_at, n.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid) ORDER BY n.created_at DESC, n.id DESC LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}

export async function findNewsletter(db: Db, id: string, lock = false): Promise<NewsletterRow | undefined> {
  if (lock) await sql`SELECT 1 FROM newsletter WHERE id = ${id} FOR UPDATE`.execute(db)
  const found = await sql<NewsletterRow>`SELECT ${columns} FROM ${joined} WHERE n.id = ${id}`.execute(db)
  return found.rows[0]
}

export interface Edit {
  readonly name: string
  readonly templateId: string
  readonly topicId: string | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly onWeb?: boolean | undefined
  readonly test?: Trial | null | undefined
  readonly sender?: 'company' | 'owner' | null | undefined
}

/** A change takes back the yes that was given to what it was before. */
export async function putNewsletter(db: Db, id: string, edit: Edit, now: Date): Promise<void> {
  await sql`INSERT INTO newsletter (id, name, template_id, topic_id, include, exclude, on_web, test, sender, status, created_at, updated_at)
    VALUES (${id}, ${edit.name}, ${edit.templateId}, ${edit.topicId}, ${edit.include}::uuid[], ${edit.exclude}::uuid[], ${edit.onWeb ?? false}, ${edit.test ? JSON.stringify(edit.test) : null}::jsonb, ${edit.sender ?? null}, 'draft', ${now}, ${now})
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, template_id = excluded.template_id, topic_id = excluded.topic_id, include = excluded.include, exclude = excluded.exclude, on_web = excluded.on_web, test = excluded.test, sender = excluded.sender,
      asked_by = NULL, asked_at = NULL, approved_by = NULL, approved_at = NULL, approved_version = NULL, updated_at = excluded.updated_at`.execute(
    db,
  )
}

export async function deleteNewsletter(db: Db, id: string): Promise<void> {
  await sql`DELETE FROM newsletter WHERE id = ${id} AND status = 'draft'`.execute(db)
}

export interface Start {
  readonly id: string
  readonly versionId: string
  readonly audience: number
  readonly sendAt: Date
  readonly localAt: string | null
  readonly testVersion: string | null
  readonly testUntil: Date | null
}

/** Freezes the version and sets the hour, or begins. */
export async function schedule(db: Db, row: Start, now: Date): Promise<void> {
  await sql`UPDATE newsletter SET status = 'scheduled', version_id = ${row.versionId}, audience = ${row.audience}, send_at = ${row.sendAt}, local_at = ${row.localAt},
    test_version = ${row.testVersion}::uuid, test_until = ${row.testUntil}::timestamptz, updated_at = ${now} WHERE id = ${row.id}`.execute(
    db,
  )
}

/** Who asked for a yes, and who gave it to which version. */
export async function setApproval(
  db: Db,
  id: string,
  to: { readonly askedBy: string | null; readonly approvedBy: string | null; readonly version: string | null },
  now: Date,
): Promise<void> {
  await sql`UPDATE newsletter SET asked_by = ${to.askedBy}, asked_at = CASE WHEN ${to.askedBy}::text IS NULL THEN NULL ELSE coalesce(asked_at, ${now}::timestamptz) END, approved_by = ${to.approvedBy},
    approved_at = CASE WHEN ${to.approvedBy}::text IS NULL THEN NULL ELSE ${now}::timestamptz END, approved_version = ${to.version}::uuid, updated_at = ${now} WHERE id = ${id}`.execute(
    db,
  )
}

/** What people have in one custom field, by person id; whoever has nothing there is not in it. */
export async function loadZones(db: Db, subjects: readonly Subject[], field: string): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{
    id: string
    zone: string
  }>`SELECT p.id, p.attrs->>${field} AS zone FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN person p ON p.bucket = x.b AND p.id = x.i WHERE p.attrs->>${field} IS NOT NULL`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.zone]))
}

export async function setStatus(db: Db, id: string, status: NewsletterStatus, now: Date): Promise<void> {
  await sql`UPDATE newsletter SET status = ${status}, updated_at = ${now}, finished_at = CASE WHEN ${status} IN ('finished', 'cancelled') THEN ${now}::timestamptz ELSE finished_at END WHERE id = ${id}`.execute(
    db,
  )
}

/** Begins those whose hour has come. @returns their ids */
export async function beginDue(db: Db, now: Date): Promise<string[]> {
  const begun = await sql<{
    id: string
  }>`/* begin_newsletters */ UPDATE newsletter SET status = 'sending', started_at = ${now}, updated_at = ${now}
    WHERE id IN (SELECT id FROM newsletter WHERE status = 'scheduled' AND send_at <= ${now} FOR UPDATE SKIP LOCKED) RETURNING id`.execute(
    db,
  )
  return begun.rows.map((row) => row.id)
}

/** Ends those that are expanded and have nothing left to send. @returns their ids */
export async function finishDone(db: Db, now: Date): Promise<string[]> {
  const ended = await sql<{
    id: string
  }>`/* finish_newsletters */ UPDATE newsletter n SET status = 'finished', finished_at = ${now}, updated_at = ${now}
    WHERE n.id IN (SELECT id FROM newsletter WHERE status = 'sending' AND expanded_at IS NOT NULL FOR UPDATE SKIP LOCKED)
      AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.source = n.id AND d.standing = 'open') RETURNING n.id`.execute(db)
  return ended.rows.map((row) => row.id)
}

/** Newsletters whose expansion has not moved for two minutes: whoever did it is gone. They are touched, so that one caller takes each. */
export async function touchStalled(db: Db, now: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`/* touch_stalled */ UPDATE newsletter SET updated_at = ${now}
    WHERE status IN ('sending', 'paused') AND expanded_at IS NULL AND updated_at < ${now}::timestamptz - interval '2 minutes' RETURNING id`.execute(
    db,
  )
  return found.rows.map((row) => row.id)
}

/** Newsletters called off of which rows still wait: they were on their way when it happened. */
export async function listLeftovers(db: Db, now: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`/* list_leftovers */ SELECT n.id FROM newsletter n
    WHERE n.status = 'cancelled' AND n.finished_at > ${now}::timestamptz - interval '3 days' AND n.finished_at < ${now}::timestamptz - interval '10 seconds'
      AND EXISTS (SELECT 1 FROM delivery d WHERE d.source = n.id AND d.standing = 'open' AND d.status IN ('queued', 'deferred'))`.execute(
    db,
  )
  return found.rows.map((row) => row.id)
}

/** Newsletters that are still to be sent to people by this segment, or to keep them out by it. */
export async function namesReading(db: Db, segment: string): Promise<string[]> {
  const found = await sql<{
    name: string
  }>`SELECT name FROM newsletter WHERE status IN ('scheduled', 'sending', 'paused') AND expanded_at IS NULL
    AND (${segment}::uuid = ANY(include) OR ${segment}::uuid = ANY(exclude)) ORDER BY created_at, id LIMIT 5`.execute(db)
  return found.rows.map((row) => row.name)
}

export async function saveProgress(db: Db, id: string, at: Subject | null, now: Date): Promise<void> {
  if (at)
    await sql`/* save_expand */ UPDATE newsletter SET expand_bucket = ${at.bucket}, expand_person = ${at.id}, updated_at = ${now} WHERE id = ${id}`.execute(
      db,
    )
  else await sql`UPDATE newsletter SET expanded_at = ${now}, updated_at = ${now} WHERE id = ${id}`.execute(db)
}

/** Takes back a page of what waits. @returns how many */
export async function cancelPage(db: Db, id: string, limit: number): Promise<number> {
  const done = await sql`UPDATE delivery d SET status = 'cancelled', reason = 'newsletter.cancelled', fence = d.fence + 1
    FROM (SELECT bucket, person_id, id FROM delivery WHERE source = ${id} AND standing = 'open' AND status IN ('queued', 'deferred', 'claimed') ORDER BY bucket, person_id, id LIMIT ${limit} FOR UPDATE) x
    WHERE d.bucket = x.bucket AND d.person_id = x.person_id AND d.id = x.id`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** The figures of some newsletters, by id. */
export async function countStates(db: Db, ids: readonly string[]): Promise<Map<string, Counts>> {
  const found = await sql<Counts & { id: string }>`/* count_newsletter */
    SELECT source AS id, count(*)::int AS total, (count(*) FILTER (WHERE status IN ('queued', 'claimed', 'transmitting', 'deferred')))::int AS waiting,
      (count(*) FILTER (WHERE status = 'sent'))::int AS sent, (count(*) FILTER (WHERE status = 'refused'))::int AS refused, (count(*) FILTER (WHERE status = 'unknown'))::int AS unknown,
      (count(*) FILTER (WHERE status = 'suppressed'))::int AS suppressed, (count(*) FILTER (WHERE status = 'cancelled'))::int AS cancelled,
      count(opened_at)::int AS opened, (count(*) FILTER (WHERE opened_machine_at IS NOT NULL AND opened_at IS NULL))::int AS "openedMachine",
      count(clicked_at)::int AS clicked, (count(*) FILTER (WHERE clicked_machine_at IS NOT NULL AND clicked_at IS NULL))::int AS "clickedMachine", count(stopped_at)::int AS stopped,
      (count(*) FILTER (WHERE opened_unknown_at IS NOT NULL AND opened_at IS NULL))::int AS "openedUnknown", (count(*) FILTER (WHERE clicked_unknown_at IS NOT NULL AND clicked_at IS NULL))::int AS "clickedUnknown",
      (count(*) FILTER (WHERE bounced_at IS NOT NULL AND bounce_hard))::int AS "bouncedHard", (count(*) FILTER (WHERE bounced_at IS NOT NULL AND NOT bounce_hard))::int AS "bouncedSoft", count(complained_at)::int AS complained
    FROM delivery WHERE source = ANY(${ids}::uuid[]) GROUP BY source`.execute(db)
  return new Map(found.rows.map(({ id, ...counts }) => [id, counts]))
}

/** Addresses of colleagues who are there. */
export async function addressesOf(db: Db, users: readonly string[]): Promise<string[]> {
  const found = await sql<{
    email: string
  }>`SELECT email FROM auth_user WHERE id = ANY(${[...users]}::uuid[]) AND deactivated_at IS NULL ORDER BY email`.execute(db)
  return found.rows.map((row) => row.email)
}

/** That a test was sent: of which words, to how many; never to whom. */
export async function keepRehearsal(
  db: Db,
  row: { readonly id: string; readonly templateId: string; readonly versionId: string; readonly sent: number; readonly madeBy: string },
  now: Date,
): Promise<void> {
  await sql`INSERT INTO newsletter_rehearsal (id, template_id, version_id, sent, at, made_by) VALUES (${row.id}, ${row.templateId}, ${row.versionId}, ${row.sent}, ${now}, ${row.madeBy})`.execute(
    db,
  )
}
