// Looks the past of many people up at once: only what the drafts ask.
import { companyProfile } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import { loadReachable } from '#loop/deliver/outbox/queries.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import type { Fact } from '#loop/identify/facts.ts'
import type { Value } from '#loop/score/condition/decide.ts'
import { factOf } from '#loop/segment/compile/decide.ts'
import type { Reads } from '#loop/segment/live/decide.ts'
import { askedIn } from '#loop/segment/rules/contract.ts'
import { HABIT } from '../../run/hours.ts'
import { type Change, type Course, matchesRead, type Past, type Reaction, streamsOf } from './decide.ts'
import * as rows from './queries.ts'

/** What is to be looked up. */
export interface Wish {
  readonly reads: Reads
  readonly facts: ReadonlyMap<string, Fact>
  /** The first instant of the window, ms. */
  readonly from: number
  /** How people answered mails of these templates matters; none where no step asks. */
  readonly templates: ReadonlySet<string>
  /** When people were seen matters, and when they read. */
  readonly asksSeen: boolean
  readonly asksHours: boolean
}

/** Caps look a week back. */
const BEFORE = 8 * DAY
const NONE: ReadonlyMap<string, { readonly at: number }[]> = new Map()

/** The past of each of these people, by id. A handful of statements, however many they are. */
export async function loadPasts(ctx: Ctx, wish: Wish, subjects: readonly Subject[]): Promise<Map<string, Past>> {
  const { db } = ctx
  const standings = new Map((await rows.loadStandings(db, subjects)).map((row) => [row.id, row]))
  const reach = await loadReachable(db, subjects, ctx.now, (mail) => addressHash(ctx.house, mail))
  const lying = grouped(await rows.loadLying(db, subjects, matchesRead(wish.reads), wish.from))
  const stays = grouped(await rows.loadStays(db, subjects, wish.reads.segments, wish.from))
  const words = grouped(await rows.loadWords(db, subjects))
  const sent = grouped(await rows.loadSent(db, subjects, wish.from - BEFORE))
  const answers = wish.templates.size
    ? grouped(await rows.loadAnswers(db, subjects, wish.from - BEFORE))
    : new Map<string, rows.AnswerRow[]>()
  const seen = wish.asksSeen ? grouped(await rows.loadSeen(db, subjects)) : NONE
  const reads = wish.asksHours ? grouped(await rows.loadReads(db, subjects, wish.from - HABIT)) : NONE
  const courses = await loadCourses(ctx, wish, subjects)
  return new Map(
    subjects.map(({ id, bucket }): [string, Past] => {
      const events = (lying.get(id) ?? []).map((row) => ({ ...row, pageGroup: row.page_group }))
      return [
        id,
        {
          id,
          bucket,
          companyId: standings.get(id)?.company ?? null,
          identifiedAt: standings.get(id)?.identified ?? null,
          values: courses.get(id) ?? new Map(),
          streams: streamsOf(wish.reads, events),
          stays: staysOf(stays.get(id) ?? []),
          reach: reach.get(id),
          words: words.get(id) ?? [],
          sends: (sent.get(id) ?? []).map(({ at, marketing, from, what }) => ({ at, isMarketing: marketing, from, what })),
          seen: (seen.get(id) ?? []).map((row) => row.at),
          createdAt: standings.get(id)?.created ?? 0,
          reads: (reads.get(id) ?? []).map((row) => row.at),
          reactions: reactionsOf(wish.templates, sent.get(id) ?? [], answers.get(id) ?? []),
        },
      ]
    }),
  )
}

function grouped<R extends { readonly person_id: string }>(found: readonly R[]): Map<string, R[]> {
  return Map.groupBy(found, (row) => row.person_id)
}

function staysOf(found: readonly rows.StayRow[]): Map<string, { from: number; to: number }[]> {
  const bySegment = new Map<string, { from: number; to: number }[]>()
  for (const row of found)
    bySegment.set(row.segment_id, [...(bySegment.get(row.segment_id) ?? []), { from: row.from, to: row.to ?? Number.POSITIVE_INFINITY }])
  return bySegment
}

function reactionsOf(templates: ReadonlySet<string>, sent: readonly rows.SentRow[], answers: readonly rows.AnswerRow[]): Reaction[] {
  return sent
    .filter((row) => templates.has(row.template))
    .map((row) => ({
      what: row.what,
      template: row.template,
      sentAt: row.at,
      events: answers.filter((one) => one.delivery === row.delivery).map(({ at, name, url }) => ({ at, name, url: url ?? '' })),
    }))
}

/** Today's values as facts give them, and when the journal says that they changed. */
async function loadCourses(ctx: Ctx, wish: Wish, subjects: readonly Subject[]): Promise<Map<string, Map<string, Course>>> {
  const at = { now: ctx.now.getTime(), zone: (await companyProfile(ctx)).timeZone }
  const asked = wish.reads.facts.flatMap((name) => factOf(wish.facts, name, at) ?? [])
  const courses = new Map<string, Map<string, Course>>(subjects.map(({ id }) => [id, new Map()]))
  if (!asked.length) return courses
  const names = [...new Set(asked.flatMap((fact) => fact.after))]
  const changes = grouped(await rows.loadChanges(ctx.db, subjects, names, wish.from))
  for (const fact of asked) {
    const today = await fact.load(ctx, subjects)
    for (const { id } of subjects)
      courses.get(id)?.set(fact.name, {
        today: dayOf(fact, today.get(id) ?? null),
        changes: (changes.get(id) ?? []).flatMap((row) => changeOf(fact, row) ?? []),
        isTold: fact.after.length > 0 && fact.nextChange === undefined,
      })
  }
  return courses
}

/** Days are texts to rules. */
const dayOf = (fact: Fact, value: Value): Value =>
  fact.type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value

/** What a journal event says of a fact: nothing, that it changed, or what it was before. */
function changeOf(fact: Fact, { name, at, props }: rows.ChangeRow): Change | null {
  // What was on a day that is over stays so.
  if (!fact.after.includes(name) || askedIn(fact.name).on) return null
  if (name === 'field.changed') {
    const fields = props['fields']
    return Array.isArray(fields) && !fields.includes(fact.name) ? null : { at }
  }
  if (name === 'owner.assigned') return fact.name === 'owner' ? told(at, props, 'before') : { at }
  if (name === 'stage.changed') return fact.name === 'sales.stage' ? told(at, props, 'from') : { at }
  if (fact.name.startsWith('score.')) return scoreChange(fact, name, at, props)
  return { at }
}

function told(at: number, props: JsonObject, key: string): Change {
  const before = props[key]
  return typeof before === 'string' || before === null ? { at, before } : { at }
}

function scoreChange(fact: Fact, name: string, at: number, props: JsonObject): Change | null {
  const [, model, column = ''] = fact.name.split('.')
  if (props['name'] !== model) return null
  if (name !== 'score.changed') return column === 'heat' || column === 'rank' ? told(at, props, 'from') : { at }
  const was = props['was']
  const before = typeof was === 'object' && was !== null ? (was as JsonObject)[column] : undefined
  return typeof before === 'number' ? { at, before } : { at }
}
