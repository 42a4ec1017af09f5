import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { personaOf } from '#loop/segment/personas/queries.ts'
import { CONVERSION_DAYS, CONVERSIONS } from '../../conversion.ts'
import { ofNewsletters } from '../../outbox/queries.ts'
import { NO_SOURCE } from '../../tables.ts'
import type { Figures, ReportPeople } from './contract.ts'

/** Which mails are meant: those of some versions, or all of one newsletter. */
export interface Mails {
  readonly template: string
  readonly versions: readonly string[]
  readonly newsletter?: string | undefined
}

/**
 * The deliveries of some versions: of the newsletters that used them (by their own index), and single mails (by theirs). A newsletter that
 * tries two ways is one of both: the words of its B may be those of another template.
 */
const mailsOf = ({ template, versions, newsletter }: Mails) =>
  newsletter
    ? sql`(SELECT d.* FROM delivery d WHERE d.source = ${newsletter}::uuid)`
    : sql`(
  SELECT d.* FROM delivery d WHERE d.source = ${NO_SOURCE}::uuid AND d.version_id = ANY(${[...versions]}::uuid[])
  UNION ALL
  SELECT d.* FROM newsletter n JOIN delivery d ON d.source = n.id AND ${ofNewsletters}
  WHERE (n.template_id = ${template}::uuid OR n.test_version = ANY(${[...versions]}::uuid[])) AND d.version_id = ANY(${[...versions]}::uuid[]))`

const converted = sql`d.clicked_at IS NOT NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.bucket = d.bucket AND j.person_id = d.person_id
  AND j.name = ANY(${[...CONVERSIONS]}::text[]) AND j.occurred_at >= d.clicked_at
  AND j.occurred_at < d.clicked_at + ${CONVERSION_DAYS}::int * interval '24 hours')`

/** Each number as a condition: the count and the list behind it are read by the same words. */
const CONDITIONS: Readonly<Record<ReportPeople, ReturnType<typeof sql>>> = {
  sent: sql`d.sent_at IS NOT NULL`,
  undelivered: sql`(d.status = 'refused' OR d.bounced_at IS NOT NULL)`,
  opened: sql`d.opened_at IS NOT NULL`,
  clicked: sql`d.clicked_at IS NOT NULL`,
  converted,
  stopped: sql`d.stopped_at IS NOT NULL`,
  complained: sql`d.complained_at IS NOT NULL`,
  rawOpened: sql`coalesce(d.opened_at, d.opened_machine_at, d.opened_unknown_at) IS NOT NULL`,
  rawClicked: sql`coalesce(d.clicked_at, d.clicked_machine_at, d.clicked_unknown_at) IS NOT NULL`,
  waiting: sql`d.status IN ('queued', 'claimed', 'transmitting', 'deferred')`,
}

export interface TrialVersion {
  readonly id: string
  /** The version it was tried beside. */
  readonly beside: string
  readonly differs: 'subject' | 'sender' | 'time'
  readonly subject: string
  readonly created_at: Date
}

/** The B of each test a template's newsletters made: a copy of its words that differs in one thing and stands in no list, so its mails are the template's. */
export async function listTrialVersions(db: Db, templateId: string): Promise<TrialVersion[]> {
  const found = await sql<TrialVersion>`
    SELECT v.id, n.version_id AS beside, n.test->>'on' AS differs, v.draft->>'subject' AS subject, v.created_at
    FROM newsletter n JOIN template_version v ON v.id = n.test_version
    WHERE n.template_id = ${templateId} AND n.version_id IS NOT NULL AND n.test->>'on' <> 'body' ORDER BY v.created_at DESC, v.id`.execute(
    db,
  )
  return found.rows
}

export interface VersionFigures extends Figures {
  readonly version_id: string
  readonly first_at: Date | null
  readonly last_at: Date | null
}

const n = (of: ReportPeople) => sql`(count(*) FILTER (WHERE ${CONDITIONS[of]}))::int`
const counted = sql`${n('sent')} AS sent, (count(*) FILTER (WHERE d.sent_at IS NOT NULL OR d.status = 'refused'))::int AS tried,
  ${n('undelivered')} AS undelivered, ${n('opened')} AS opened, ${n('clicked')} AS clicked, ${n('converted')} AS converted, ${n('stopped')} AS stopped,
  ${n('complained')} AS complained, ${n('rawOpened')} AS "rawOpened", ${n('rawClicked')} AS "rawClicked", ${n('waiting')} AS waiting`

/** The figures of each of these versions that has any. */
export async function countVersions(db: Db, mails: Mails): Promise<VersionFigures[]> {
  const found = await sql<VersionFigures>`
    SELECT d.version_id, min(d.sent_at) AS first_at, max(d.sent_at) AS last_at, ${counted} FROM ${mailsOf(mails)} d GROUP BY d.version_id`.execute(
    db,
  )
  return found.rows
}

/** The persona that a mail's reader is like now. */
const personaOfReader = sql`(SELECT ${personaOf('p')} FROM person p WHERE p.bucket = d.bucket AND p.id = d.person_id)`

/** The figures by persona; null for readers who are like none. */
export async function countPersonas(db: Db, mails: Mails): Promise<(Figures & { readonly persona_id: string | null })[]> {
  const found = await sql<Figures & { persona_id: string | null }>`
    SELECT ${personaOfReader} AS persona_id, ${counted} FROM ${mailsOf(mails)} d GROUP BY 1`.execute(db)
  return found.rows
}

export interface ReportPerson {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly version_id: string
  readonly name: string
  readonly company_name: string | null
  readonly status: string
  readonly reason: string | null
  readonly sent_at: Date | null
  readonly opened_at: Date | null
  readonly clicked_at: Date | null
}

/** One mail each: whoever got two editions stands there twice. */
export async function listReportPeople(
  db: Db,
  ask: Mails & {
    of: ReportPeople
    persona: string | null | undefined
    after: { bucket: number; personId: string; id: string } | null
    limit: number
  },
): Promise<ReportPerson[]> {
  const { after, persona } = ask
  const ofPersona = persona === undefined ? sql`true` : sql`${personaOfReader} IS NOT DISTINCT FROM ${persona}`
  const found = await sql<ReportPerson>`
    SELECT d.bucket, d.person_id, d.id, d.version_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, d.status, coalesce(d.bounce_reason, d.reason) AS reason, d.sent_at, d.opened_at, d.clicked_at
    FROM ${mailsOf(ask)} d LEFT JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
    WHERE ${CONDITIONS[ask.of]} AND ${ofPersona} AND (d.bucket, d.person_id, d.id) > (${after?.bucket ?? -1}::smallint, ${after?.personId ?? NO_SOURCE}::uuid, ${after?.id ?? NO_SOURCE}::uuid)
    ORDER BY d.bucket, d.person_id, d.id LIMIT ${ask.limit}`.execute(db)
  return found.rows
}
