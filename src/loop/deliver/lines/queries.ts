import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { NewsletterStatus } from '../tables.ts'
import { type AlertKind, MOST_LINES, type Rhythm } from './contract.ts'

export interface LineRow {
  readonly id: string
  readonly name: string
  readonly rhythm: Rhythm
  readonly starts_on: string
  readonly send_at: string
  readonly owner_id: string | null
  readonly owner_name: string | null
  readonly topic_id: string | null
  readonly include: string[]
  readonly exclude: string[]
  readonly template_id: string | null
  readonly sender: 'company' | 'owner' | null
  readonly draft_days: number
  readonly ahead_days: number
  readonly hours_needed: number | null
  readonly hours_free: number | null
  readonly archived_at: Date | null
}

const lineColumns = sql`l.id, l.name, l.rhythm, l.starts_on, l.send_at, l.owner_id, u.name AS owner_name, l.topic_id, l.include, l.exclude, l.template_id, l.sender, l.draft_days, l.ahead_days, l.hours_needed, l.hours_free, l.archived_at`

/** Lines in use, the oldest first. */
export async function listLines(db: Db): Promise<LineRow[]> {
  const found = await sql<LineRow>`SELECT ${lineColumns} FROM newsletter_line l LEFT JOIN auth_user u ON u.id = l.owner_id
    WHERE l.archived_at IS NULL ORDER BY l.created_at, l.id LIMIT ${MOST_LINES}`.execute(db)
  return found.rows
}

export async function findLine(db: Db, id: string, lock = false): Promise<LineRow | undefined> {
  if (lock) await sql`SELECT 1 FROM newsletter_line WHERE id = ${id} FOR UPDATE`.execute(db)
  const found =
    await sql<LineRow>`SELECT ${lineColumns} FROM newsletter_line l LEFT JOIN auth_user u ON u.id = l.owner_id WHERE l.id = ${id}`.execute(
      db,
    )
  return found.rows[0]
}

export async function countLines(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM newsletter_line WHERE archived_at IS NULL`.execute(db)
  return found.rows[0]?.n ?? 0
}

export interface LineEdit {
  readonly name: string
  readonly rhythm: Rhythm
  readonly startsOn: string
  readonly sendAt: string
  readonly ownerId: string | null
  readonly topicId: string | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly templateId: string | null
  readonly sender: 'company' | 'owner' | null
  readonly draftDays: number
  readonly aheadDays: number
  readonly hoursNeeded: number | null
  readonly hoursFree: number | null
}

export async function putLine(db: Db, id: string, edit: LineEdit, now: Date): Promise<void> {
  await sql`INSERT INTO newsletter_line AS l (id, name, rhythm, starts_on, send_at, owner_id, topic_id, include, exclude, template_id, sender, draft_days, ahead_days, hours_needed, hours_free, created_at)
    VALUES (${id}, ${edit.name}, ${JSON.stringify(edit.rhythm)}::jsonb, ${edit.startsOn}, ${edit.sendAt}, ${edit.ownerId}, ${edit.topicId}, ${edit.include}::uuid[], ${edit.exclude}::uuid[],
      ${edit.templateId}, ${edit.sender}, ${edit.draftDays}, ${edit.aheadDays}, ${edit.hoursNeeded}, ${edit.hoursFree}, ${now})
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, rhythm = excluded.rhythm, starts_on = excluded.starts_on, send_at = excluded.send_at, owner_id = excluded.owner_id,
      topic_id = excluded.topic_id, include = excluded.include, exclude = excluded.exclude, template_id = excluded.template_id, sender = excluded.sender,
      draft_days = excluded.draft_days, ahead_days = excluded.ahead_days, hours_needed = excluded.hours_needed, hours_free = excluded.hours_free`.execute(
    db,
  )
}

/** Ends a line, or takes it up again. */
export async function setArchived(db: Db, id: string, at: Date | null): Promise<void> {
  await sql`UPDATE newsletter_line SET archived_at = ${at} WHERE id = ${id}`.execute(db)
}

export interface IssueRow {
  readonly id: string
  readonly line_id: string
  readonly slot: string | null
  readonly day: string
  readonly theme: string
  readonly content: string
  readonly owner_id: string | null
  readonly owner_name: string | null
  readonly due_on: string
  readonly skipped: boolean
  readonly removed_at: Date | null
  readonly newsletter_id: string | null
  readonly status: NewsletterStatus | null
  readonly approved: boolean
  readonly started_at: Date | null
}

const issueColumns = sql`i.id, i.line_id, i.slot, i.day, i.theme, i.content, i.owner_id, u.name AS owner_name, i.due_on, i.skipped, i.removed_at, i.newsletter_id,
  n.status, n.approved_at IS NOT NULL AND n.approved_version = t.version_id AS approved, n.started_at`
const issueJoined = sql`newsletter_issue i LEFT JOIN newsletter n ON n.id = i.newsletter_id LEFT JOIN template t ON t.id = n.template_id LEFT JOIN auth_user u ON u.id = i.owner_id`

/** Issues of some lines from a day on; what is older says nothing of the rhythm any more. */
export async function listIssues(db: Db, lines: readonly string[], from: string): Promise<IssueRow[]> {
  const found = await sql<IssueRow>`SELECT ${issueColumns} FROM ${issueJoined}
    WHERE i.line_id = ANY(${[...lines]}::uuid[]) AND i.day >= ${from} AND i.removed_at IS NULL ORDER BY i.day, i.id`.execute(db)
  return found.rows
}

export async function findIssue(db: Db, id: string, lock = false): Promise<IssueRow | undefined> {
  if (lock) await sql`SELECT 1 FROM newsletter_issue WHERE id = ${id} FOR UPDATE`.execute(db)
  const found = await sql<IssueRow>`SELECT ${issueColumns} FROM ${issueJoined} WHERE i.id = ${id}`.execute(db)
  return found.rows[0]
}

export interface NewIssue {
  readonly id: string
  readonly lineId: string
  readonly slot: string | null
  readonly day: string
  readonly theme: string
  readonly content: string
  readonly ownerId: string | null
  readonly dueOn: string
  readonly newsletterId: string | null
}

export async function insertIssues(db: Db, rows: readonly NewIssue[], now: Date): Promise<void> {
  await db
    .insertInto('newsletter_issue')
    .values(
      rows.map((row) => ({
        id: row.id,
        line_id: row.lineId,
        slot: row.slot,
        day: row.day,
        theme: row.theme,
        content: row.content,
        owner_id: row.ownerId,
        due_on: row.dueOn,
        skipped: false,
        newsletter_id: row.newsletterId,
        created_at: now,
        removed_at: null,
      })),
    )
    .execute()
}

export async function updateIssue(
  db: Db,
  id: string,
  change: Partial<{
    slot: string | null
    day: string
    theme: string
    content: string
    owner_id: string | null
    due_on: string
    skipped: boolean
    newsletter_id: string | null
    removed_at: Date | null
  }>,
): Promise<void> {
  await db.updateTable('newsletter_issue').set(change).where('id', '=', id).execute()
}

/** Whether an issue of any line is this newsletter already. */
export async function isPlaced(db: Db, newsletterId: string): Promise<boolean> {
  const found = await sql<{
    n: number
  }>`SELECT 1 AS n FROM newsletter_issue WHERE newsletter_id = ${newsletterId} AND removed_at IS NULL`.execute(db)
  return found.rows.length > 0
}

/** By what a notice is told once: the day of the rhythm an issue stands for, else its own day. */
interface NoticeOf {
  readonly lineId: string
  readonly kind: AlertKind
  readonly slot: string | null
  readonly day: string
}

/** Keeps what was told. @returns those that are new; of two issues on one day, both */
export async function keepNotices<T extends NoticeOf>(db: Db, notices: readonly T[], now: Date): Promise<T[]> {
  if (!notices.length) return []
  const keyOf = ({ lineId, kind, slot, day }: NoticeOf): string => `${lineId} ${kind} ${slot ?? day}`
  const sorted = [...new Map(notices.map((one) => [keyOf(one), one])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  const made = await sql<NoticeOf>`INSERT INTO newsletter_notice (line_id, kind, day, at)
    SELECT x.l, x.k, x.d, ${now}::timestamptz FROM unnest(${sorted.map((one) => one.lineId)}::uuid[], ${sorted.map((one) => one.kind)}::text[], ${sorted.map((one) => one.slot ?? one.day)}::date[]) x(l, k, d)
    ON CONFLICT DO NOTHING RETURNING line_id AS "lineId", kind, NULL AS slot, day`.execute(db)
  const fresh = new Set(made.rows.map(keyOf))
  return notices.filter((one) => fresh.has(keyOf(one)))
}

export interface Told {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly language: 'ja' | 'en'
  readonly role: string
}

/** Colleagues who are there. */
export async function listTold(db: Db): Promise<Told[]> {
  const found = await sql<Told>`SELECT id, name, email, language, role FROM auth_user WHERE deactivated_at IS NULL ORDER BY id`.execute(db)
  return found.rows
}
