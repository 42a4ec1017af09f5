// The event log and its queue. If it is not in the journal, it did not happen.
import { type RawBuilder, sql } from 'kysely'
import { hashedId } from './chance.ts'
import type { Ctx } from './ctx.ts'
import { column, instantColumn, textArray } from './db/arrays.ts'
import { booleanBytes, instantBytes, jsonBytes, smallintBytes, textBytes, uuidBytes } from './db/binary.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from './db/buckets.ts'
import { atInstant } from './db/tx.ts'
import type { Json, JsonObject } from './json.ts'

/** An event to be written. */
export interface NewEvent {
  readonly subject: Subject
  /** A hash: `eventId` for events from outside, `derivedId` for our own. */
  readonly id: string
  readonly name: string
  readonly occurredAt: Date
  readonly receivedAt?: Date
  /** Device or channel it came by; routes later events when an adoption is undone. */
  readonly via?: string
  /** Counts in timeline, scores and segments, but starts nothing. */
  readonly historic?: boolean
  readonly causeId?: string
  readonly hop?: number
  readonly pageGroup?: string
  readonly props: JsonObject
  /** Journal only: nobody reacts to it. */
  readonly silent?: boolean
  /** Wakes nobody: whoever reacts to it does so within a second, many at once. For what comes in thousands and keeps nobody waiting. */
  readonly unhurried?: boolean
}

/** Tells which of some events any stage of the loop would do something with; what it answers is asked of these events alone. */
export type Hears = (ctx: Ctx, events: readonly NewEvent[]) => Promise<(event: NewEvent) => boolean>

declare module './ctx.ts' {
  interface Ports {
    /** Filled with the loop's stages; absent, every event is told. */
    readonly hears?: Hears
  }
}

/** What the reactor reads of an event. */
export interface News {
  readonly bucket: number
  readonly seq: number
  readonly personId: string
  readonly eventId: string
  readonly name: string
  readonly occurredAt: Date
  readonly receivedAt: Date
  readonly historic: boolean
  readonly hop: number
  readonly pageGroup: string | null
  readonly props: JsonObject
}

/** The id of an event from outside: the same source and message always give the same id. */
export function eventId(source: string, messageId: string): string {
  return hashedId('event', source, messageId)
}

/** The id of an event of our own: running the same reaction again gives the same id, so it is written once. */
export function derivedId(causeId: string, room: string, kind: string, ordinal = 0): string {
  return hashedId('derived', causeId, room, kind, String(ordinal))
}

/** More hops than this and the rules feed each other: the reactor parks the person. */
export const MOST_HOPS = 20

/**
 * Appends events and queues them for the reactor. An event that is there already has no second effect.
 * @returns the ids that were new
 */
export async function append(ctx: Ctx, events: readonly NewEvent[]): Promise<Set<string>> {
  const given = withoutRepeats(events)
  const { n, ids } = await insert(ctx, given)
  return new Set(n === given.length ? given.map((event) => event.id) : ids)
}

/**
 * The same for events from outside, where two people may have events of one id.
 * @returns null when all were new and none was there twice; otherwise which were new, as `keyOf` says it
 */
export async function appendApart(ctx: Ctx, events: readonly NewEvent[]): Promise<Set<string> | null> {
  const given = withoutRepeats(events)
  const { n, ids, people } = await insert(ctx, given)
  if (n === given.length) return n === events.length ? null : new Set(given.map(keyOf))
  return new Set(ids?.map((id, i) => keyOf({ id, subject: { id: people?.[i] ?? '' } })))
}

/** What makes an event the one it is. */
export const keyOf = ({ subject, id }: { readonly subject: Pick<Subject, 'id'>; readonly id: string }): string => `${subject.id}/${id}`

interface Inserted {
  readonly n: number
  /** Which were new, where some were there already. */
  readonly ids: readonly string[] | null
  readonly people: readonly string[] | null
}

/**
 * In one set-based statement that also wakes the workers when there is something urgent. What is fresh is asked by a hashed list (`IS TRUE`
 * keeps it one): where claimers write, a join would compare each with each. Its ids come back only where some were there already.
 */
async function insert(ctx: Ctx, given: readonly NewEvent[]): Promise<Inserted> {
  if (!given.length) return { n: 0, ids: null, people: null }
  const isUrgent = given.some((event) => !event.unhurried && !event.silent)
  const inserted = await sql<Inserted>`/* append_journal */
    WITH given AS (
      SELECT * FROM unnest(${smallintBytes(given, (e) => e.subject.bucket)}::smallint[], ${uuidBytes(given, (e) => e.subject.id)}::uuid[], ${uuidBytes(given, (e) => e.id)}::uuid[],
        ${textBytes(given, (e) => e.name)}::text[], ${instantBytes(given, (e) => e.occurredAt)}::timestamptz[], ${instantBytes(given, (e) => e.receivedAt ?? ctx.now)}::timestamptz[],
        ${textBytes(given, (e) => e.via)}::text[], ${booleanBytes(given, (e) => e.historic ?? false)}::boolean[], ${uuidBytes(given, (e) => e.causeId)}::uuid[],
        ${smallintBytes(given, (e) => e.hop ?? 0)}::smallint[], ${textBytes(given, (e) => e.pageGroup)}::text[], ${jsonBytes(given, (e) => JSON.stringify(e.props))}::jsonb[],
        ${booleanBytes(given, (e) => e.silent ?? false)}::boolean[])
        WITH ORDINALITY AS g(bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props, silent, ord)
    ), fresh AS (
      INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props)
      SELECT bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props FROM given ORDER BY bucket, person_id, id
      ON CONFLICT DO NOTHING RETURNING bucket, person_id, id
    ), told AS (
      INSERT INTO news (bucket, person_id, event_id, name, occurred_at, received_at, historic, hop, page_group, props)
      SELECT g.bucket, g.person_id, g.id, g.name, g.occurred_at, g.received_at, g.historic, g.hop, g.page_group, g.props
      FROM given g WHERE NOT g.silent AND ((g.bucket, g.person_id, g.id) IN (SELECT f.bucket, f.person_id, f.id FROM fresh f)) IS TRUE ORDER BY g.ord
    )
    SELECT count(*) AS n, CASE WHEN count(*) < ${given.length}::int THEN array_agg(id) END AS ids, CASE WHEN count(*) < ${given.length}::int THEN array_agg(person_id) END AS people,
      CASE WHEN ${isUrgent}::boolean AND count(*) > 0 THEN pg_notify('hagukumi_news', '') END FROM fresh`.execute(ctx.db)
  return inserted.rows[0] ?? { n: 0, ids: null, people: null }
}

/** The first of each (subject, id), in the order given: the order of `seq` is the order of the events. */
export function withoutRepeats(events: readonly NewEvent[]): readonly NewEvent[] {
  if (new Set(events.map(({ id }) => id)).size === events.length) return events
  const seen = new Set<string>()
  return events.filter((event) => {
    const key = keyOf(event)
    return !seen.has(key) && seen.add(key)
  })
}

/** Makes the pulse rows of new subjects; existing ones are left alone, so ingest never waits for a reaction. */
export async function makePulses(ctx: Ctx, subjects: readonly Subject[], dueAt: Date | null = null): Promise<void> {
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  await sql`/* make_pulses */ INSERT INTO pulse (bucket, person_id, due_at)
    SELECT b, i, ${dueAt}::timestamptz FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) p(b, i) ON CONFLICT DO NOTHING`.execute(ctx.db)
}

/**
 * Claims subjects that have news or are due, among the leased buckets: their pulse rows are locked (SKIP LOCKED, key order) until commit.
 * Reactor only; shape and reasons: reactor.md B. The buckets are asked so that no index answers them: planned while the queue was empty, the
 * claim would otherwise read, join and sort the whole backlog of its buckets for each pass.
 * @param due until when; null for those with news alone
 */
export async function claim(ctx: Ctx, buckets: readonly number[], most: number, due: Date | null = ctx.now): Promise<Subject[]> {
  const result = await sql<{ bucket: number; person_id: string }>`/* claim_subjects */
    WITH cand AS (
      SELECT DISTINCT bucket, person_id FROM (SELECT n.bucket, n.person_id FROM news n JOIN pulse q USING (bucket, person_id)
        WHERE (n.bucket = ANY(${buckets}::smallint[])) IS TRUE AND q.parked_reason IS NULL ORDER BY n.seq LIMIT ${most}) n
      UNION SELECT bucket, person_id FROM (SELECT bucket, person_id FROM pulse
        WHERE due_at <= ${due}::timestamptz AND bucket = ANY(${buckets}::smallint[]) AND parked_reason IS NULL ORDER BY due_at LIMIT ${most}) d)
    SELECT p.bucket, p.person_id FROM (SELECT * FROM cand LIMIT ${most}) x JOIN pulse p USING (bucket, person_id)
    WHERE p.parked_reason IS NULL ORDER BY 1, 2 FOR UPDATE OF p SKIP LOCKED`.execute(ctx.db)
  return result.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** Locks the pulses of given subjects in key order and waits for them: for adoptions, rule flips and whoever must exclude the reactor. */
export async function lockPulses(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  await sql`/* lock_pulses */ SELECT 1 FROM pulse p JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ON p.bucket = x.b AND p.person_id = x.i
    ORDER BY p.bucket, p.person_id FOR UPDATE OF p`.execute(ctx.db)
}

/**
 * Locks the pulses of those of these subjects whom nobody is at work on and who are not parked, in the order given, and waits for nobody:
 * whoever is not among the answers goes by the queue. Only the key can lead to a pulse.
 */
export function holdIdle(subjects: readonly Subject[]): RawBuilder<{ person_id: string }> {
  const { buckets, ids } = columnsOf(subjects)
  return sql<{ person_id: string }>`/* hold_idle */ SELECT p.person_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    CROSS JOIN LATERAL (SELECT person_id FROM pulse WHERE bucket = x.b AND person_id = x.i AND parked_reason IS NULL FOR UPDATE SKIP LOCKED) p`
}

/**
 * Takes the news of locked subjects by deleting it, then reads the clock: time read before the lock lies before events that
 * committed while it was waited for (reactor.md C7).
 * @returns the news in the order of `seq` per subject, and the context at the instant of the pass
 */
export async function takeNews(ctx: Ctx, subjects: readonly Subject[]): Promise<{ ctx: Ctx; news: Map<string, News[]> }> {
  const { buckets, ids } = columnsOf(subjects)
  const taken = await sql<Taken>`/* take_news */ WITH t AS (DELETE FROM news n USING unnest(${buckets}::smallint[], ${ids}::uuid[]) p(b, i)
      WHERE n.bucket = p.b AND n.person_id = p.i RETURNING n.*)
    SELECT clock_timestamp() AS clock, t.* FROM (SELECT 1) one LEFT JOIN t ON true ORDER BY t.seq`.execute(ctx.db)
  const news = new Map<string, News[]>()
  for (const row of taken.rows) {
    if (row.person_id === null) continue // nobody had news: only the clock was read
    const list = news.get(row.person_id) ?? []
    list.push(newsOf(row))
    news.set(row.person_id, list)
  }
  const read = taken.rows[0]?.clock ?? ctx.now
  return { ctx: atInstant(ctx, ctx.house.clock.virtual ? ctx.house.clock.now() : read), news }
}

/** A row of news with the clock beside it; without news there is one row that tells the clock alone. */
type Taken = { clock: Date } & (NewsRow | { person_id: null })

interface NewsRow {
  bucket: number
  seq: number
  person_id: string
  event_id: string
  name: string
  occurred_at: Date
  received_at: Date
  historic: boolean
  hop: number
  page_group: string | null
  props: Json
}

function newsOf(row: NewsRow): News {
  return {
    bucket: row.bucket,
    seq: Number(row.seq),
    personId: row.person_id,
    eventId: row.event_id,
    name: row.name,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    historic: row.historic,
    hop: row.hop,
    pageGroup: row.page_group,
    props: row.props as JsonObject,
  }
}

/** Ends a pass, in one statement: writes the next instants (only where they differ) and the reaction rows. */
export async function settle(
  ctx: Ctx,
  done: readonly { subject: Subject; dueAt: Date | null; eventIds: readonly string[] }[],
): Promise<void> {
  const { buckets, ids } = keyBytes(done, (d) => d.subject)
  const lists = column(done, (d) => (d.eventIds.length ? `{${d.eventIds.join(',')}}` : null), textArray)
  const due = instantColumn(done, (d) => d.dueAt)
  await sql`/* settle_pulses */ WITH x AS (
      SELECT b, i, coalesce(due, ${due.one}::timestamptz) AS due, coalesce(list, ${lists.one}::text) AS list
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${due.list}::timestamptz[], ${lists.list}::text[]) x(b, i, due, list)
    ), told AS (
      INSERT INTO reaction (bucket, person_id, at, event_ids) SELECT b, i, ${ctx.now}, list::uuid[] FROM x WHERE list IS NOT NULL
      ON CONFLICT (bucket, person_id, at) DO UPDATE SET event_ids = reaction.event_ids || excluded.event_ids
    )
    UPDATE pulse p SET due_at = x.due FROM x WHERE p.bucket = x.b AND p.person_id = x.i AND p.due_at IS DISTINCT FROM x.due`.execute(ctx.db)
}

/** Parks a subject with the reason: nothing of theirs runs until it is released, and nobody else is held up. */
export async function park(ctx: Ctx, subject: Subject, reason: string): Promise<void> {
  await sql`/* park_subject */ UPDATE pulse SET parked_reason = ${reason.slice(0, 500)}, parked_at = ${ctx.now}, due_at = NULL
    WHERE bucket = ${subject.bucket} AND person_id = ${subject.id}`.execute(ctx.db)
}

/** Wakes subjects at an instant, or earlier if they are due earlier; also releases those that were parked when asked to. */
export async function wake(ctx: Ctx, subjects: readonly Subject[], at: Date, release = false): Promise<void> {
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  await sql`/* wake_subjects */ UPDATE pulse p SET due_at = least(p.due_at, ${at}), parked_reason = CASE WHEN ${release} THEN NULL ELSE p.parked_reason END
    FROM (SELECT q.bucket, q.person_id FROM pulse q JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ON q.bucket = x.b AND q.person_id = x.i
      ORDER BY 1, 2 FOR UPDATE OF q) l
    WHERE p.bucket = l.bucket AND p.person_id = l.person_id`.execute(ctx.db)
}

/** Which journal rows move: all, those that an earlier move brought from `origin`, or those that came `via` given devices since an instant. */
export type Moved = (
  | { readonly all: true }
  /** `also`: origins that `origin` had brought along itself; their rows go back with it and keep where they came from. */
  | { readonly origin: string; readonly also?: readonly string[]; readonly via: readonly string[]; readonly since: Date }
) & {
  /** No more than so many rows, and only their own news: a page of a long move, both subjects parked meanwhile. */
  readonly most?: number
}

/**
 * Moves journal and news rows from one subject's key to another's in ONE statement (two would be two snapshots, and an event could be
 * left behind: reactor.md C6). Each row keeps where it came from. Both pulses must be locked. Used by adoption, its undo and the signpost.
 * @returns the number of journal rows moved
 */
export async function moveJournal(ctx: Ctx, from: Subject, to: Subject, which: Moved): Promise<number> {
  const rows =
    'all' in which
      ? sql`true`
      : sql`(j.origin_person_id = ANY(${[which.origin, ...(which.also ?? [])]}::uuid[]) OR (j.via = ANY(${which.via}::text[]) AND j.received_at >= ${which.since}))`
  const filter = which.most
    ? sql`j.id IN (SELECT j.id FROM journal j WHERE j.bucket = ${from.bucket} AND j.person_id = ${from.id} AND ${rows} LIMIT ${which.most})`
    : rows
  const origin = 'all' in which ? sql`coalesce(d.origin_person_id, ${from.id})` : sql`NULLIF(d.origin_person_id, ${which.origin})`
  const result = await sql<{ n: number }>`
    WITH d AS (DELETE FROM journal j WHERE j.bucket = ${from.bucket} AND j.person_id = ${from.id} AND ${filter} RETURNING j.*),
    n AS (DELETE FROM news w WHERE w.bucket = ${from.bucket} AND w.person_id = ${from.id}
      AND (${'all' in which && !which.most} OR w.event_id IN (SELECT id FROM d)) RETURNING w.*),
    i AS (INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, via, historic, origin_person_id, cause_id, hop, page_group, props)
      SELECT ${to.bucket}::smallint, ${to.id}::uuid, d.id, d.name, d.occurred_at, d.received_at, d.via, d.historic, ${origin}, d.cause_id, d.hop, d.page_group, d.props FROM d
      ON CONFLICT DO NOTHING RETURNING 1),
    t AS (INSERT INTO news (bucket, person_id, event_id, name, occurred_at, received_at, historic, hop, page_group, props)
      SELECT ${to.bucket}::smallint, ${to.id}::uuid, event_id, name, occurred_at, received_at, historic, hop, page_group, props FROM n ORDER BY seq)
    SELECT count(*) AS n FROM i`.execute(ctx.db)
  return Number(result.rows[0]?.n ?? 0)
}

/** Deletes a page of a bucket's events of given names that happened before an instant: retention only. @returns how many went */
export async function forget(ctx: Ctx, old: { bucket: number; before: Date; names: readonly string[]; most: number }): Promise<number> {
  const done = await sql`/* forget_events */ DELETE FROM journal j USING (SELECT bucket, person_id, id FROM journal
      WHERE bucket = ${old.bucket} AND name = ANY(${[...old.names]}::text[]) AND occurred_at < ${old.before} LIMIT ${old.most} FOR UPDATE SKIP LOCKED) o
    WHERE j.bucket = o.bucket AND j.person_id = o.person_id AND j.id = o.id`.execute(ctx.db)
  return Number(done.numAffectedRows ?? 0)
}

/** Takes a property out of events that tell of somebody who is erased: for each of some subjects those of these names whose properties hold `where`. */
export async function blot(
  ctx: Ctx,
  told: readonly { readonly subject: Subject; readonly where: JsonObject }[],
  { names, prop }: { readonly names: readonly string[]; readonly prop: string },
): Promise<void> {
  if (!told.length) return
  const { buckets, ids } = columnsOf(told.map(({ subject }) => subject))
  await sql`UPDATE journal j SET props = j.props - ${prop}::text
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${told.map(({ where }) => JSON.stringify(where))}::text[]) x(b, i, held)
    WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = ANY(${[...names]}::text[]) AND j.props @> x.held::jsonb`.execute(ctx.db)
}
