// The trash: a lead put there is nobody's lead any more (in no list, segment or mailing), keeps all that is known of it, and comes back
// whole. Lists, rules and mails ask for leads that are identified, so that is what the trash takes away for the time being.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { erasePeople } from '../erase/service.ts'
import { lockPeople, updatePeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import * as queries from './queries.ts'

/** Days in the trash before a lead is erased for good. */
export const TRASH_DAYS = 30
const DAY = 86_400_000

const subjectOf = (row: Subject): Subject => ({ bucket: row.bucket, id: row.id })
export const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)

/** Puts leads into the trash. Visitors and those who lie there already are passed over. @returns the ids of those put there */
export async function trash(ctx: Ctx, subjects: readonly Subject[], cause: { actId: string | null; by?: string }): Promise<Set<string>> {
  const rows = [...(await lockPeople(ctx.db, distinctSubjects(subjects))).values()]
  const leads = rows.flatMap((row) => (row.identified_at ? [{ row, since: row.identified_at }] : []))
  const by = cause.by ?? byWhom(ctx)
  const until = new Date(ctx.now.getTime() + TRASH_DAYS * DAY)
  await queries.insertTrash(
    ctx.db,
    leads.map(({ row, since }) => ({
      bucket: row.bucket,
      person_id: row.id,
      act_id: cause.actId,
      at: ctx.now,
      until,
      by,
      identified_at: since,
      keep: row.keep,
    })),
  )
  await updatePeople(
    ctx.db,
    leads.map(({ row }) => ({ ...row, identified_at: null, keep: true })),
  )
  await tell(
    ctx,
    'lead.trashed',
    leads.map(({ row }) => subjectOf(row)),
    cause.actId,
    by,
  )
  return new Set(leads.map(({ row }) => row.id))
}

/** Takes people out of the trash, as they were. Who came back by themselves meanwhile stays as they are now. @returns the ids of those who came back */
export async function restore(ctx: Ctx, subjects: readonly Subject[], cause: { actId: string | null; by?: string }): Promise<Set<string>> {
  const rows = await lockPeople(ctx.db, distinctSubjects(subjects))
  const back = await takeOut(ctx, [...rows.values()])
  await updatePeople(ctx.db, back)
  await tell(ctx, 'lead.restored', back.map(subjectOf), cause.actId, cause.by ?? byWhom(ctx))
  return new Set(back.map((row) => row.id))
}

/** The rows, locked by the caller, of those who lie in the trash, as they are once they are out of it; for the caller to write and tell. */
export async function takeOut(ctx: Ctx, rows: readonly PersonRow[]): Promise<PersonRow[]> {
  const noted = await queries.takeTrash(ctx.db, rows.map(subjectOf))
  return rows.flatMap((row) => {
    const note = noted.get(row.id)
    return note && row.identified_at === null ? [{ ...row, identified_at: note.identified_at, keep: note.keep }] : []
  })
}

/** Tells of people who were put into the trash or came out of it. */
export function tell(ctx: Ctx, name: 'lead.trashed' | 'lead.restored', subjects: readonly Subject[], actId: string | null, by: string) {
  const cause = actId ?? ctx.id()
  return append(
    ctx,
    subjects.map((subject) => ({
      subject,
      id: derivedId(cause, 'identify', `${name} ${subject.id}`, 0),
      name,
      occurredAt: ctx.now,
      causeId: cause,
      props: { by },
    })),
  )
}

/**
 * Erases one page of those who lie in the trash; who came back by themselves only leaves it, whoever is being merged stays for the next time.
 * @returns how many are gone from the trash; 0 when there is nothing left to do
 */
export async function eraseDue(ctx: Ctx, which: queries.Due, most: number): Promise<number> {
  const subjects = (await queries.listDue(ctx.db, which, most)).map((row) => ({ bucket: row.bucket, id: row.person_id }))
  const gone = await erasePeople(ctx, subjects, (row) => row.identified_at === null)
  const isGone = new Set(gone.map((one) => one.id))
  const others = subjects.filter((one) => !isGone.has(one.id))
  const rows = await lockPeople(ctx.db, others)
  const back = others.filter((one) => rows.get(one.id)?.identified_at !== null)
  await queries.takeTrash(ctx.db, back)
  return gone.length + back.length
}
