import { isActiveUser } from '#access/users/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import type { News } from '#kernel/journal.ts'
import { loadPeople, resolveSubject } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'

/** The people of these news who are leads, by id: sales hears of nobody without a name. */
export async function leadsOf(ctx: Ctx, news: readonly Pick<News, 'personId'>[]): Promise<Map<string, PersonRow>> {
  const people = await loadPeople(ctx, distinctSubjects(news.map((one) => subjectOf(one.personId))))
  return new Map([...people].filter(([, row]) => row.identified_at !== null))
}

/** What a person is called: surname first, else the address; empty for a visitor. */
export function personName(row: Pick<PersonRow, 'family_name' | 'given_name' | 'mail_typed' | 'mail'>): string {
  return [row.family_name, row.given_name].filter(Boolean).join(' ') || row.mail_typed || row.mail || ''
}

/** A lead by id or old id. @throws Refusal missing when nobody, or only a visitor, is behind it */
export async function leadOf(ctx: Ctx, id: string): Promise<PersonRow> {
  const subject = await resolveSubject(ctx, id)
  const row = subject && (await loadPeople(ctx, [subject])).get(subject.id)
  if (!row || row.identified_at === null) refuse('missing', 'lead.missing', { message: 'There is no such lead.', field: 'personId' })
  return row
}

/** @throws Refusal unprocessable when the one to own a deal or hand-off is no active colleague; none is fine */
export async function checkOwner(ctx: Ctx, ownerId: string | null | undefined): Promise<void> {
  if (ownerId && !(await isActiveUser(ctx, ownerId)))
    refuse('unprocessable', 'owner.unknown', { message: 'There is no such colleague.', field: 'ownerId' })
}
