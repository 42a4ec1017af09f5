import { z } from 'zod'
import { companyProfile } from '#access/company/service.ts'
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx, House, JobKind } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { announce } from '#kernel/live.ts'
import { type Mail, queue } from '../outbox/service.ts'
import { wakeSender } from '../sender/wake.ts'
import { readRules } from './approval.ts'
import { pageAudience } from './audience.queries.ts'
import { instantOf, zoneOr } from './decide.ts'
import { cancelPage, findNewsletter, loadZones, type NewsletterRow, saveProgress } from './queries.ts'
import { halfOf } from './trial/decide.ts'
import { giveVersion, pageWaiting } from './trial/queries.ts'

const SYSTEM = { kind: 'system', name: 'newsletter' } as const
const PAGE = 1_000
const one = z.object({ id: z.guid() })

/** One page in one transaction: its rows and how far it came. A re-run goes on there, and a row that is there already stays. */
function expandPage(house: House, id: string): Promise<boolean> {
  // Like a claim, a page is lookups by key: a planner that reads whole tables for it would read them again for every thousand people.
  return withTx(
    house,
    SYSTEM,
    async (ctx) => {
      const row = await findNewsletter(ctx.db, id, true)
      if (!row?.version_id || row.expanded_at || (row.status !== 'sending' && row.status !== 'paused')) return false
      const versionId = row.version_id
      const after: Subject | null = row.expand_person === null ? null : { bucket: row.expand_bucket ?? 0, id: row.expand_person }
      const people = await pageAudience(ctx.db, { include: row.include, exclude: row.exclude, after, limit: PAGE, size: row.audience })
      const when = await timesOf(ctx, row, people)
      await queue(
        ctx,
        people.map((subject, i) => ({
          subject,
          what: `newsletter:${id}`,
          templateVersion: versionId,
          purpose: 'marketing',
          newsletterId: id,
          topicId: row.topic_id,
          ...when[i],
        })),
      )
      const last = people.at(-1)
      if (last) await saveProgress(ctx.db, id, { bucket: last.bucket, id: last.id }, ctx.now)
      if (people.length < PAGE) await saveProgress(ctx.db, id, null, ctx.now)
      await announce(ctx, 'newsletter', { id })
      return people.length === PAGE
    },
    { claim: true },
  )
}

/** What is of a person's own: the half of a test they fall into, or their own hour. */
type Own = Partial<Pick<Mail, 'templateVersion' | 'notBefore'>>

/** Those who wait for a test's winner get A if nobody can decide it. */
const UNDECIDED_MS = 60 * MINUTE

async function timesOf(ctx: Ctx, row: NewsletterRow, people: readonly Subject[]): Promise<Own[]> {
  const { local_at, test, test_version, test_until } = row
  if (local_at !== null) {
    const { zoneField } = await readRules(ctx)
    const house = (await companyProfile(ctx)).timeZone
    const zones = zoneField ? await loadZones(ctx.db, people, zoneField) : new Map<string, string>()
    return people.map(({ id }) => ({ notBefore: instantOf(local_at, zoneOr(zones.get(id), house)) }))
  }
  if (!test || !test_version || !test_until) return people.map(() => ({}))
  return people.map(({ id }) => {
    const half = halfOf(ctx.draw(drawKey(row.id, id)), test.share)
    if (half === 'rest') return { notBefore: new Date(test_until.getTime() + UNDECIDED_MS) }
    if (half === 'a') return {}
    return { templateVersion: test_version, ...(test.on === 'time' && test.sendAt ? { notBefore: new Date(test.sendAt) } : {}) }
  })
}

const drawKey = (newsletter: string, person: string): string => `newsletter:${newsletter}:${person}`

const release = z.object({ id: z.guid(), version: z.guid(), notBefore: z.iso.datetime() })

/** Gives those who waited for a test what won, in pages. */
export const releaseJob = defineJob({
  name: 'newsletter.release',
  schema: release,
  run: async (house, { id, version, notBefore }) => {
    let after: Subject | null = null
    for (;;) {
      const last: Subject | null = await withTx(house, SYSTEM, async (ctx) => {
        const row = await findNewsletter(ctx.db, id)
        const page = await pageWaiting(ctx.db, id, after, PAGE)
        const share = row?.test?.share ?? 100
        const rest = page.filter(({ person_id }) => halfOf(ctx.draw(drawKey(id, person_id)), share) === 'rest')
        if (rest.length) await giveVersion(ctx.db, rest, version, new Date(notBefore))
        ctx.afterCommit(wakeSender)
        const end = page.at(-1)
        return page.length === PAGE && end ? { bucket: end.bucket, id: end.person_id } : null
      })
      if (!last) break
      after = last
    }
    await withTx(house, SYSTEM, (ctx) => announce(ctx, 'newsletter', { id }))
  },
})

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

export const jobs: readonly JobKind[] = [expandJob, cancelJob, releaseJob]
