import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Compiled } from './compile.ts'
import type { Draft, MailCharset } from './contract.ts'

export interface TemplateRow {
  readonly id: string
  readonly name: string
  readonly version_id: string
  readonly updated_at: Date
  readonly version: number
  readonly edition: number
  readonly subject: string
  readonly used_at: Date | null
  readonly folder_id: string | null
}

/** Which edition a version belongs to: as many have gone out before it, and one. */
const edition = sql`(1 + (SELECT count(*) FROM template_version o WHERE o.template_id = v.template_id AND o.version < v.version AND o.used_at IS NOT NULL))::int AS edition`
const columns = sql`t.id, t.name, t.version_id, t.updated_at, t.folder_id, v.version, ${edition}, v.draft->>'subject' AS subject, v.used_at`

/** Templates not put away, last changed first. */
export async function listTemplates(
  db: Db,
  ask: {
    after: { at: Date; id: string } | null
    limit: number
    search: string | null
    /** undefined: all; null: those in no folder */
    folder: string | null | undefined
    /** Folders whose content the asker must not see. */
    hidden: readonly string[]
  },
): Promise<TemplateRow[]> {
  const { after, limit, search, folder, hidden } = ask
  const like = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const found = await sql<TemplateRow>`
    SELECT ${columns} FROM template t JOIN template_version v ON v.id = t.version_id
    WHERE t.archived_at IS NULL AND (${like}::text IS NULL OR t.name ILIKE ${like} OR v.draft->>'subject' ILIKE ${like})
      AND (${folder === undefined} OR t.folder_id IS NOT DISTINCT FROM ${folder ?? null}::uuid)
      AND (t.folder_id IS NULL OR t.folder_id <> ALL(${[...hidden]}::uuid[]))
      AND (${after === null} OR (t.updated_at, t.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY t.updated_at DESC, t.id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

export interface TemplateFull extends TemplateRow {
  readonly draft: Draft
  readonly warnings: string[]
  readonly archived_at: Date | null
}

export async function findTemplate(db: Db, id: string): Promise<TemplateFull | undefined> {
  const found = await sql<TemplateFull>`
    SELECT ${columns}, t.archived_at, v.draft, v.warnings FROM template t JOIN template_version v ON v.id = t.version_id WHERE t.id = ${id}`.execute(
    db,
  )
  return found.rows[0]
}

/** Locks the template row against a second saver. */
export async function lockTemplate(db: Db, id: string): Promise<void> {
  await sql`SELECT 1 FROM template WHERE id = ${id} FOR UPDATE`.execute(db)
}

export interface NewVersion {
  readonly id: string
  readonly templateId: string
  readonly version: number
  readonly draft: Draft
  readonly compiled: Compiled
}

export async function insertTemplate(
  db: Db,
  row: { id: string; name: string; versionId: string; folderId: string | null },
  now: Date,
): Promise<void> {
  await sql`INSERT INTO template (id, name, version_id, folder_id, created_at, updated_at)
    VALUES (${row.id}, ${row.name}, ${row.versionId}, ${row.folderId}, ${now}, ${now})`.execute(db)
}

/** Writes a version. It is never changed again. */
export async function putVersion(db: Db, row: NewVersion, now: Date): Promise<void> {
  const { compiled } = row
  await sql`INSERT INTO template_version (id, template_id, version, draft, subject, html, body_text, links, segments, warnings, created_at)
    VALUES (${row.id}, ${row.templateId}, ${row.version}, ${JSON.stringify(row.draft)}::jsonb, ${compiled.subject}, ${compiled.html}, ${compiled.text},
      ${[...compiled.links]}::text[], ${[...compiled.segments]}::uuid[], ${[...compiled.warnings]}::text[], ${now})`.execute(db)
}

export async function updateTemplate(db: Db, row: { id: string; name: string; versionId: string }, now: Date): Promise<void> {
  await sql`UPDATE template SET name = ${row.name}, version_id = ${row.versionId}, updated_at = ${now} WHERE id = ${row.id}`.execute(db)
}

export async function archiveTemplate(db: Db, id: string, now: Date): Promise<void> {
  await sql`UPDATE template SET archived_at = ${now} WHERE id = ${id}`.execute(db)
}

export interface VersionRow {
  readonly id: string
  readonly version: number
  readonly edition: number
  readonly subject: string
  readonly created_at: Date
  readonly used_at: Date | null
}

export async function listVersions(db: Db, templateId: string): Promise<VersionRow[]> {
  const found = await sql<VersionRow>`
    SELECT v.id, v.version, ${edition}, v.draft->>'subject' AS subject, v.created_at, v.used_at FROM template_version v
    WHERE v.template_id = ${templateId} ORDER BY v.version DESC`.execute(db)
  return found.rows
}

/** A mail of these versions is queued: from now on they never change. */
export async function markUsed(db: Db, versionIds: readonly string[], now: Date): Promise<void> {
  await sql`/* mark_versions_used */ UPDATE template_version SET used_at = ${now} WHERE id = ANY(${[...versionIds].sort()}::uuid[]) AND used_at IS NULL`.execute(
    db,
  )
}

export interface VersionSource {
  readonly id: string
  readonly template_id: string
  readonly template_name: string
  readonly subject: string
  readonly html: string
  readonly body_text: string
  readonly links: string[]
  readonly segments: string[]
  /** Who it says it is from, where a newsletter tries that; null: as everywhere. */
  readonly sender_name: string | null
  /** null: as the mail settings say */
  readonly charset: MailCharset | null
}

export async function loadVersions(db: Db, ids: readonly string[]): Promise<VersionSource[]> {
  const found = await sql<VersionSource>`/* load_versions */
    SELECT v.id, v.template_id, t.name AS template_name, v.subject, v.html, v.body_text, v.links, v.segments, v.sender_name, v.draft->>'charset' AS charset
    FROM template_version v JOIN template t ON t.id = v.template_id WHERE v.id = ANY(${ids}::uuid[])`.execute(db)
  return found.rows
}

/** Version id → its template. */
export async function templateOfVersions(db: Db, ids: readonly string[]): Promise<Map<string, { id: string; name: string }>> {
  const found = await sql<{
    version_id: string
    id: string
    name: string
  }>`/* template_of_versions */ SELECT v.id AS version_id, t.id, t.name FROM template_version v JOIN template t ON t.id = v.template_id
    WHERE v.id = ANY(${[...new Set(ids)]}::uuid[])`.execute(db)
  return new Map(found.rows.map(({ version_id, id, name }) => [version_id, { id, name }]))
}

/** Template id → its current version. Templates put away still have one: scenarios that use them go on. */
export async function currentVersionOf(db: Db, templateIds: readonly string[]): Promise<Map<string, string>> {
  const found = await sql<{
    id: string
    version_id: string
  }>`/* current_version_of */ SELECT id, version_id FROM template WHERE id = ANY(${templateIds}::uuid[])`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.version_id]))
}
