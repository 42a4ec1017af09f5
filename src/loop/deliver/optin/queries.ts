import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Keeps a mail of the product's own; put away from the start, so that nobody edits it by accident. */
export async function putSystemTemplate(
  db: Db,
  mail: { templateId: string; versionId: string; name: string; subject: string; html: string; text: string },
  now: Date,
): Promise<void> {
  await sql`INSERT INTO template (id, name, version_id, created_at, updated_at, archived_at) VALUES (${mail.templateId}, ${mail.name}, ${mail.versionId}, ${now}, ${now}, ${now})
    ON CONFLICT (id) DO UPDATE SET version_id = excluded.version_id WHERE template.version_id <> excluded.version_id`.execute(db)
  await sql`INSERT INTO template_version (id, template_id, version, draft, subject, html, body_text, links, segments, warnings, created_at)
    SELECT ${mail.versionId}::uuid, ${mail.templateId}::uuid, coalesce(max(version), 0) + 1, jsonb_build_object('subject', ${mail.subject}::text, 'preheader', '', 'blocks', '[]'::jsonb), ${mail.subject}, ${mail.html}, ${mail.text}, '{}', '{}', '{}', ${now}::timestamptz
    FROM template_version WHERE template_id = ${mail.templateId}::uuid ON CONFLICT DO NOTHING`.execute(db)
}
