import type { RawBuilder } from 'kysely'
import { companyProfile, workWeekFrom } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Hears, News } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import type { SettingRow } from '#kernel/settings.ts'
import { dealStages } from '#loop/sales/deals/service.ts'
import { type ClickBefore, deliveryOf, fromNews, isGoal, isMail, type SentAt, summed } from './decide.ts'
import { COUNTED, GOALS, MAIL, TAKEN_BACK } from './metrics.ts'
import { addCounts, countsAdded, readClicksBefore, readSentAt, takeBack, touchDaysOf } from './queries.ts'

/** Events after which a person's rows have moved. */
const MOVED: ReadonlySet<string> = new Set(['lead.adopted', 'lead.released'])

/** Whether an event changes what is counted, by its name alone. */
export const foldHears = ({ name }: Pick<News, 'name'>): boolean =>
  name in COUNTED || name in MAIL || name in TAKEN_BACK || MOVED.has(name) || name.startsWith('deal.')

/** Which goals count though their names alone do not: those behind a click. */
export const foldHearsGoals: Hears = async (ctx, events) => {
  const goals = events.filter((event) => GOALS.has(event.name) && !event.historic)
  const asked = goals.map(({ subject, id, occurredAt }) => ({ bucket: subject.bucket, personId: subject.id, eventId: id, occurredAt }))
  const counting = new Set((await readClicksBefore(ctx.db, asked)).map(({ eventId }) => eventId))
  return ({ id }) => counting.has(id)
}

/** The last stage of the loop: folds the news of the pass into daily facts. It never wakes anybody. */
export async function fold(ctx: Ctx, pass: Pass): Promise<void> {
  const news = pass.people.flatMap((person) => newsOf(pass, person.id).filter((one) => foldHears(one) || isGoal(one)))
  if (!news.length) return
  const { timeZone } = await companyProfile(ctx)
  const day = (at: Date): string => dayIn(timeZone, at)
  const { counts, takenBack } = fromNews(news, { day, meetings: await readMeetings(ctx, news), ...(await readMails(ctx, news)) })
  await takeBack(ctx.db, takenBack)
  await addCounts(ctx.db, counts)
  const moved = pass.people.filter((person) => newsOf(pass, person.id).some((one) => MOVED.has(one.name)))
  await touchDaysOf(ctx.db, moved)
  if (counts.length || takenBack.length || moved.length) await announce(ctx, 'measure')
}

/** What `fold` does with mails that left, as a statement to be sent with others; their people are held by their pulses. */
export function sentCounted(
  rows: readonly SettingRow[],
  mails: readonly { readonly subject: Subject; readonly at: Date }[],
): RawBuilder<unknown> {
  const { timeZone } = workWeekFrom(rows)
  // Many left at one instant: what day that was is asked once.
  const days = new Map([...new Set(mails.map(({ at }) => at.getTime()))].map((at) => [at, dayIn(timeZone, new Date(at))]))
  return countsAdded(
    summed(
      mails.map(({ subject: { bucket, id }, at }) => ({
        bucket,
        personId: id,
        day: days.get(at.getTime()) ?? '',
        metric: 'mail_delivered',
        key: '',
        n: 1,
      })),
    ),
  )
}

/** The stages that are meetings, asked for only when a deal moved. */
async function readMeetings(ctx: Ctx, news: readonly News[]): Promise<ReadonlySet<string>> {
  if (!news.some((one) => one.name.startsWith('deal.'))) return new Set()
  return new Set((await dealStages(ctx)).filter((stage) => stage.meeting).map((stage) => stage.key))
}

async function readMails(ctx: Ctx, news: readonly News[]): Promise<{ sentAt: SentAt; clickBefore: ClickBefore }> {
  const clicks = await readClicksBefore(ctx.db, news.filter(isGoal))
  const spoken = news.filter(isMail).map((one) => ({ bucket: one.bucket, personId: one.personId, delivery: deliveryOf(one) ?? '' }))
  const sentAt = await readSentAt(ctx.db, [...spoken, ...clicks])
  return { sentAt, clickBefore: new Map(clicks.map((click) => [click.eventId, click.delivery])) }
}
