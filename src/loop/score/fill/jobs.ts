// A new rule set is computed beside the old one while reactions evaluate both.
import { z } from 'zod'
import { companyProfile } from '#access/company/service.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { defineJob } from '#kernel/jobs.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { attributeRules } from '../decide.ts'
import { loadScores, type ScoreRow } from '../ledger/queries.ts'
import { bookAttributes, factsForScores, pairKey, remake } from '../ledger/service.ts'
import { deleteOtherVersions, listBothVersions } from '../queries.ts'
import { changesOf, sumUp } from '../sums/service.ts'
import { setFilled } from '../versions/life.queries.ts'
import { findVersion, SCORES, setLive } from '../versions/queries.ts'
import { holdVersions, type OpenVersion } from '../versions/service.ts'
import { publishVersion } from './publish.ts'
import { walkPeople } from './walk.ts'

/** Scores everybody by a version, makes it live and tells whose score changed. Safe to repeat: it goes on where it stopped. */
export const fillScore = defineJob({
  name: 'score.fill',
  schema: z.object({ model: z.string(), version: z.number().int() }),
  expireSeconds: 7_200,
  run: (house, { model, version }) =>
    publishVersion(house, {
      kind: SCORES,
      key: { owner: model, version },
      find: (ctx) => findVersion(ctx.db, model, version),
      fill: (row) => fill(house, model, version, row.filled_buckets),
      flip: async (ctx) => {
        await setLive(ctx.db, { model, version })
        await announce(ctx, 'scores', { model })
      },
      tell: async (ctx, row, after: Subject | null): Promise<Subject | null> =>
        row.state === 'live' && row.live_at
          ? tellPage(ctx, { model, version, at: row.live_at, byEdit: !row.starts_scenarios }, after)
          : null,
      sweep: async (ctx, from, below) => {
        if (version > 1) await deleteOtherVersions(ctx.db, model, from, below)
      },
    }),
})

export const jobs = [fillScore]

function fill(house: House, model: string, version: number, from: number): Promise<boolean> {
  let shown = from
  return walkPeople(house, from, async (ctx, people, bucket) => {
    const of = (await holdVersions(ctx)).find((one) => one.model === model && one.version === version)
    if (!of || of.isLive) return null
    const due = await fillPage(ctx, of, people)
    if (bucket > shown) {
      await setFilled(ctx.db, SCORES, { owner: model, version, buckets: bucket })
      await announce(ctx, 'scores', { model })
      shown = bucket
    }
    return due
  })
}

/** Makes a page of people's ledger and sums from the journal and their facts: what a full recompute means. */
export async function fillPage(ctx: Ctx, of: OpenVersion, people: readonly Subject[]): Promise<Map<string, Date>> {
  await remake(ctx, of, people)
  const pairs = people.map((subject) => ({ subject, of }))
  const zone = (await companyProfile(ctx)).timeZone
  const none = new Map(pairs.map((pair) => [pairKey(pair.subject.id, of), { dueAt: null, changed: false }]))
  const attributes = attributeRules(of.rules).length ? await bookAttributes(ctx, pairs, await factsForScores(ctx), zone) : none
  const summed = await sumUp(ctx, pairs, await continued(ctx, of, people), attributes, true)
  return new Map(summed.flatMap(({ after }) => (after.nextChangeAt ? [[after.subject.id, after.nextChangeAt] as const] : [])))
}

/** Rows to go on from: the version's own, else the one in force, so that "hot since" does not begin anew with an edit. */
async function continued(ctx: Ctx, of: OpenVersion, people: readonly Subject[]): Promise<Map<string, ScoreRow>> {
  const live = (await holdVersions(ctx)).find((one) => one.model === of.model && one.isLive)
  const rows = (await loadScores(ctx.db, people)).filter((row) => row.model === of.model)
  const own = rows.filter((row) => row.version === of.version)
  const inForce = rows.filter((row) => row.version === live?.version)
  return new Map([...inForce, ...own].map((row) => [pairKey(row.subject.id, of), row]))
}

const PAGE = 1000
const BEGINNING: Subject = { bucket: -1, id: '00000000-0000-0000-0000-000000000000' }

/** @returns the last one told; null at the end */
async function tellPage(
  ctx: Ctx,
  told: { model: string; version: number; at: Date; byEdit: boolean },
  after: Subject | null,
): Promise<Subject | null> {
  const of = (await holdVersions(ctx)).find((one) => one.model === told.model && one.version === told.version)
  const both = of ? await listBothVersions(ctx.db, told.model, told.version, after ?? BEGINNING, PAGE) : []
  const telling = { hop: 0, historic: false, at: told.at, isCaused: false, byEdit: told.byEdit }
  await append(
    ctx,
    both.flatMap(({ before, after }) =>
      of
        ? changesOf(
            { of, before, after },
            { ...telling, causeId: derivedId(after.subject.id, 'score', `edit:${told.model}`, told.version) },
          )
        : [],
    ),
  )
  return both.length < PAGE ? null : (both.at(-1)?.after.subject ?? null)
}
