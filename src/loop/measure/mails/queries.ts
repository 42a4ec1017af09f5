// Everything is counted in the database over the rows of one newsletter; what is counted and who is listed share their conditions.
import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { NO_SOURCE } from '#loop/deliver/tables.ts'
import { type CountAs, type DomainRow, GOAL_DAYS, HOURS_SHOWN, type MailFigures, type MailNumber } from './contract.ts'

type Bool = RawBuilder<boolean>

/** Whose mails are meant: those of a newsletter, or of one step of a scenario. */
export type MailsOf = { readonly newsletter: string } | { readonly scenario: string; readonly step: string }

/** A step's mails are named by run and step, and whoever passed it twice in one run has one. */
const mailsOf = (of: MailsOf) =>
  'newsletter' in of
    ? sql`(SELECT * FROM delivery WHERE source = ${of.newsletter}::uuid)`
    : sql`(SELECT m.* FROM (SELECT DISTINCT bucket, person_id, run_id, step FROM run_step WHERE scenario_id = ${of.scenario}::uuid AND step = ${of.step}) h
      JOIN delivery m ON m.bucket = h.bucket AND m.person_id = h.person_id AND m.what = 'run:' || h.run_id || ':' || h.step)`

const bounced: Bool = sql`(d.status = 'refused' OR d.bounced_at IS NOT NULL)`
/** A refusal that does not say the address is dead is a soft one. */
const hard: Bool = sql`coalesce(d.bounce_hard, false)`
const delivered: Bool = sql`(d.standing = 'sent' AND d.bounced_at IS NULL)`

const CONDITIONS: Readonly<Record<Exclude<MailNumber, 'converted'>, Bool>> = {
  all: sql`true`,
  waiting: sql`d.standing = 'open'`,
  suppressed: sql`d.standing = 'suppressed'`,
  cancelled: sql`d.standing = 'cancelled'`,
  unknown: sql`d.standing = 'unknown'`,
  sent: sql`d.standing = 'sent'`,
  delivered,
  opened: sql`d.opened_at IS NOT NULL`,
  openedUnknown: sql`d.opened_unknown_at IS NOT NULL AND d.opened_at IS NULL`,
  openedMachine: sql`d.opened_machine_at IS NOT NULL AND d.opened_at IS NULL AND d.opened_unknown_at IS NULL`,
  notOpened: sql`${delivered} AND d.opened_at IS NULL`,
  clicked: sql`d.clicked_at IS NOT NULL`,
  clickedUnknown: sql`d.clicked_unknown_at IS NOT NULL AND d.clicked_at IS NULL`,
  clickedMachine: sql`d.clicked_machine_at IS NOT NULL AND d.clicked_at IS NULL AND d.clicked_unknown_at IS NULL`,
  notClicked: sql`${delivered} AND d.clicked_at IS NULL`,
  stopped: sql`d.stopped_at IS NOT NULL`,
  complained: sql`d.complained_at IS NOT NULL`,
  bounced,
  bouncedHard: sql`${bounced} AND ${hard}`,
  bouncedSoft: sql`${bounced} AND NOT ${hard}`,
}

/** The mail was followed to the goal: one of these events within seven days after the person's first own click (KPI-03). */
const converted = (goals: readonly string[]): Bool =>
  sql`(d.clicked_at IS NOT NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = ANY(${goals}::text[])
    AND j.occurred_at >= d.clicked_at AND j.occurred_at < d.clicked_at + ${GOAL_DAYS}::int * interval '24 hours'))`

/** When somebody first opened or clicked, by whose hits count: people's own, those in doubt too, or all that was fetched. */
const FIRST = {
  opened: {
    human: sql<Date>`d.opened_at`,
    doubt: sql<Date>`least(d.opened_at, d.opened_unknown_at)`,
    raw: sql<Date>`least(d.opened_at, d.opened_unknown_at, d.opened_machine_at)`,
  },
  clicked: {
    human: sql<Date>`d.clicked_at`,
    doubt: sql<Date>`least(d.clicked_at, d.clicked_unknown_at)`,
    raw: sql<Date>`least(d.clicked_at, d.clicked_unknown_at, d.clicked_machine_at)`,
  },
} as const

const hasHours = (of: MailNumber): of is keyof typeof FIRST => of in FIRST

function conditionOf(of: MailNumber, as: CountAs, goals: readonly string[] = []): Bool {
  if (of === 'converted') return converted(goals)
  return hasHours(of) ? sql`${FIRST[of][as]} IS NOT NULL` : CONDITIONS[of]
}

const tally = (name: string, condition: Bool) => sql`(count(*) FILTER (WHERE ${condition}))::int AS ${sql.id(name)}`

/** Those who got a version before an instant: while two were tried. */
export interface Sample {
  readonly version: string
  readonly before: Date | null
}

const sentBefore = (before: Date | null): Bool => sql`d.sent_at IS NOT NULL AND (${before === null} OR d.sent_at < ${before}::timestamptz)`

/** All figures of some mails, by version of their template; of a sample only what left before it was decided. */
export async function countFigures(
  db: Db,
  of: MailsOf,
  goals: readonly string[],
  sample?: Pick<Sample, 'before'>,
): Promise<(MailFigures & { version_id: string })[]> {
  const numbers = Object.entries(CONDITIONS).map(([name, condition]) => tally(name, condition))
  const found = await sql<MailFigures & { version_id: string }>`
    SELECT d.version_id, ${sql.join(numbers)}, ${tally('tried', sql`d.status IN ('sent', 'refused')`)}, ${tally('converted', converted(goals))}
    FROM ${mailsOf(of)} d WHERE ${sample ? sentBefore(sample.before) : sql`true`} GROUP BY d.version_id`.execute(db)
  return found.rows
}

export async function listVersionNames(db: Db, ids: readonly string[]): Promise<{ id: string; version: number; subject: string }[]> {
  const found = await sql<{
    id: string
    version: number
    subject: string
  }>`SELECT id, version, draft->>'subject' AS subject FROM template_version WHERE id = ANY(${ids}::uuid[]) ORDER BY version, id`.execute(db)
  return found.rows
}

/** Why people got nothing: left out, or undelivered. Our own reason of a bounce where there is one, else what the server said. */
const reasonOf = sql<string>`CASE WHEN ${bounced} THEN coalesce(d.bounce_reason, d.reason, '') ELSE coalesce(d.reason, '') END`

/** Why people stopped: the last thing they ticked, else that it was a complaint, else nothing. */
const stoppedFor = sql<string>`coalesce((SELECT j.props->>'reason' FROM journal j WHERE j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = 'mail.unsubscribed'
  AND j.props->>'delivery' = d.id::text ORDER BY j.occurred_at DESC, j.id DESC LIMIT 1), CASE WHEN d.complained_at IS NULL THEN 'unsaid' ELSE 'complaint' END)`

const reasonFor = (of: MailNumber) => (of === 'stopped' ? stoppedFor : reasonOf)

export async function countReasons(
  db: Db,
  of: MailsOf,
  why: 'suppressed' | 'bounced' | 'stopped',
): Promise<{ reason: string; count: number }[]> {
  const found = await sql<{ reason: string; count: number }>`
    SELECT ${reasonFor(why)} AS reason, count(*)::int AS count FROM ${mailsOf(of)} d WHERE ${CONDITIONS[why]} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`.execute(
    db,
  )
  return found.rows
}

const domain = sql<string>`lower(split_part(coalesce(d.address, ''), '@', 2))`

export async function countDomains(db: Db, of: MailsOf, as: CountAs): Promise<DomainRow[]> {
  const parts = ['sent', 'delivered', 'opened', 'clicked', 'bouncedHard', 'bouncedSoft', 'complained', 'stopped'] as const
  const found = await sql<DomainRow>`
    SELECT ${domain} AS domain, ${sql.join(parts.map((part) => tally(part, conditionOf(part, as))))} FROM ${mailsOf(of)} d
    WHERE d.address IS NOT NULL AND d.standing IN ('sent', 'refused', 'unknown') GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 50`.execute(db)
  return found.rows
}

const hourOf = (of: keyof typeof FIRST, as: CountAs) =>
  sql<number>`least(${HOURS_SHOWN}::int, greatest(0, floor(extract(epoch FROM ${FIRST[of][as]} - coalesce(d.sent_at, d.marked_at)) / 3600)::int))`

/** People by the hours between the sending and what they did first. */
export async function countHours(db: Db, of: MailsOf, as: CountAs): Promise<{ hour: number; opened: number; clicked: number }[]> {
  const found = await sql<{ hour: number; opened: number; clicked: number }>`
    SELECT h.hour, (count(*) FILTER (WHERE h.kind = 'o'))::int AS opened, (count(*) FILTER (WHERE h.kind = 'c'))::int AS clicked
    FROM (SELECT 'o' AS kind, ${hourOf('opened', as)} AS hour FROM ${mailsOf(of)} d WHERE ${conditionOf('opened', as)}
      UNION ALL SELECT 'c', ${hourOf('clicked', as)} FROM ${mailsOf(of)} d WHERE ${conditionOf('clicked', as)}) h
    GROUP BY 1 ORDER BY 1`.execute(db)
  return found.rows
}

export interface LinkRow {
  readonly link: number
  readonly people: number
  readonly clicks: number
  readonly doubt: number
  readonly machine: number
}

const hasClick: Bool = sql`(d.clicked_at IS NOT NULL OR d.clicked_unknown_at IS NOT NULL OR d.clicked_machine_at IS NOT NULL)`
/** The clicks of one mail, and whose each was: 1 a person's, 2 in doubt, 3 a machine's. */
const clicksOf = sql`j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = 'mail.clicked' AND j.props->>'delivery' = d.id::text`
const whose = sql<number>`CASE WHEN j.props->>'agent' = 'human' THEN 1 WHEN j.props->>'verdict' = 'unknown' OR j.props->>'agent' = 'unknown' THEN 2 ELSE 3 END`
const COUNTED: Readonly<Record<CountAs, number>> = { human: 1, doubt: 2, raw: 3 }

/** Clicks at each link of one version, by people and by times; those of whom there is nothing better than doubt or a machine stand beside. */
export async function countClicks(db: Db, of: MailsOf, version: string, as: CountAs): Promise<LinkRow[]> {
  const found = await sql<LinkRow>`
    WITH hits AS (SELECT (j.props->>'link')::int AS link, d.id, min(${whose}) AS best, count(*) FILTER (WHERE ${whose} <= ${COUNTED[as]}::int) AS times
      FROM ${mailsOf(of)} d JOIN journal j ON ${clicksOf} WHERE d.version_id = ${version} AND ${hasClick} GROUP BY 1, 2)
    SELECT link, (count(*) FILTER (WHERE best <= ${COUNTED[as]}::int))::int AS people, coalesce(sum(times), 0)::int AS clicks,
      (count(*) FILTER (WHERE best = 2))::int AS doubt, (count(*) FILTER (WHERE best = 3))::int AS machine FROM hits GROUP BY 1`.execute(db)
  return found.rows
}

/** Of one link a mail counts by the best click there was at that link, whatever happened at the others. */
function atLink(of: MailNumber, as: CountAs, link: number): Bool | null {
  const best = sql<number>`(SELECT min(${whose}) FROM journal j WHERE ${clicksOf} AND (j.props->>'link')::int = ${link})`
  if (of === 'clicked') return sql`${hasClick} AND ${best} <= ${COUNTED[as]}::int`
  if (of === 'clickedUnknown') return sql`${hasClick} AND ${best} = 2`
  if (of === 'clickedMachine') return sql`${hasClick} AND ${best} = 3`
  return null
}

export interface Narrowed {
  readonly mails: MailsOf
  readonly of: MailNumber
  readonly as: CountAs
  readonly goals: readonly string[]
  readonly reason: string | null
  readonly domain: string | null
  readonly hour: number | null
  readonly link: number | null
  readonly version: string | null
  readonly sample: Sample | null
}

function narrow(ask: Narrowed): RawBuilder<boolean> {
  const link = ask.link === null ? null : atLink(ask.of, ask.as, ask.link)
  const parts: Bool[] = [link ?? conditionOf(ask.of, ask.as, ask.goals)]
  if (ask.reason !== null) parts.push(sql`${reasonFor(ask.of)} = ${ask.reason}`)
  if (ask.domain !== null) parts.push(sql`${domain} = ${ask.domain}`)
  if (ask.hour !== null && hasHours(ask.of)) parts.push(sql`${hourOf(ask.of, ask.as)} = ${ask.hour}`)
  if (ask.version !== null) parts.push(sql`d.version_id = ${ask.version}::uuid`)
  if (ask.sample !== null) parts.push(sql`d.version_id = ${ask.sample.version}::uuid AND ${sentBefore(ask.sample.before)}`)
  return sql`${sql.join(
    parts.map((part) => sql`(${part})`),
    sql` AND `,
  )}`
}

export interface PersonOf {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly name: string
  readonly company_name: string | null
  readonly address: string | null
  readonly status: string
  readonly reason: string | null
  readonly sent_at: Date | null
  readonly opened_at: Date | null
  readonly clicked_at: Date | null
}

/** The people behind a number, in key order, by the very conditions that count them. */
export async function listPeople(
  db: Db,
  ask: Narrowed,
  after: (Subject & { readonly delivery: string }) | null,
  limit: number,
): Promise<PersonOf[]> {
  const found = await sql<PersonOf>`
    SELECT d.bucket, d.person_id, d.id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, coalesce(d.address, p.mail) AS address, d.status, ${reasonFor(ask.of)} AS reason, d.sent_at, d.opened_at, d.clicked_at
    FROM ${mailsOf(ask.mails)} d LEFT JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
    WHERE ${narrow(ask)} AND (d.bucket, d.person_id, d.id) > (${after?.bucket ?? -1}::smallint, ${after?.id ?? NO_SOURCE}::uuid, ${after?.delivery ?? NO_SOURCE}::uuid)
    ORDER BY d.bucket, d.person_id, d.id LIMIT ${limit}`.execute(db)
  return found.rows
}
