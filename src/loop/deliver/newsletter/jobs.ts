import { z } from 'zod'
import type { House, JobKind } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { announce } from '#kernel/live.ts'
import { queue } from '../outbox/service.ts'
import { cancelPage, findNewsletter, pageAudience, saveProgress } from './queries.ts'

const SYSTEM = { kind: 'system', name: 'newsletter' } as const
const PAGE = 1_000
const one = z.object({ id: z.guid() })

/** One page in one transaction: its rows and how far it came. A re-run goes on there, and a row that is there already stays. */
function expandPage(house: House, id: string): Promise<boolean> {
  return withTx(house, SYSTEM, async (ctx) => {
    const row = await findNewsletter(ctx.db, id, true)
    if (!row?.version_id || row.expanded_at || (row.status !== 'sending' && row.status !== 'paused')) return false
    const versionId = row.version_id
    const after: Subject | null = row.expand_person === null ? null : { bucket: row.expand_bucket ?? 0, id: row.expand_person }
    const people = await pageAudience(ctx.db, { include: row.include, exclude: row.exclude, after, limit: PAGE })
    await queue(
      ctx,
      people.map((subject) => ({
        subject,
        what: `newsletter:${id}`,
        templateVersion: versionId,
        purpose: 'marketing',
        newsletterId: id,
        topicId: row.topic_id,
      })),
    )
    const last = people.at(-1)
    if (last) await saveProgress(ctx.db, id, { bucket: last.bucket, id: last.id }, ctx.now)
    if (people.length < PAGE) await saveProgress(ctx.db, id, null, ctx.now)
    await announce(ctx, 'newsletter', { id })
    return people.length === PAGE
  })
}

/** Turns a newsletter's segments into one row per person, in pages. Mails leave while later pages are still made. */
export const expandJob = defineJob({
  name: 'newsletter.expand',
  schema: one,
  run: async (house, { id }) => {
    while (await expandPage(house, id));
  },
})

/** Takes back what waits of a newsletter called off. It is not claimed any more since the state changed; this counts the rows out. */
export const cancelJob = defineJob({
  name: 'newsletter.cancel',
  schema: one,
  run: async (house, { id }) => {
    while ((await withTx(house, SYSTEM, (ctx) => cancelPage(ctx.db, id, PAGE))) === PAGE);
    await withTx(house, SYSTEM, (ctx) => announce(ctx, 'newsletter', { id }))
  },
})

export const jobs: readonly JobKind[] = [expandJob, cancelJob]
