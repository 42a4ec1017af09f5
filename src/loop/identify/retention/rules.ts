// How long things are kept: each rule counts and deletes a page at a time. Rooms above add theirs by the port.
import type { Ctx } from '#kernel/ctx.ts'
import { forget } from '#kernel/journal.ts'
import { deleteProofs } from '../erase/queries.ts'
import { deleteSeen } from '../watch/queries.ts'
import * as queries from './queries.ts'

export interface RetentionRule {
  readonly key: string
  readonly unit: 'days' | 'months'
  /** In units; 0 keeps for ever. */
  readonly fallback: number
  /** No shorter than this, when it is not for ever. */
  readonly least: number
  /** Where the value is kept; `retention.<key>` when absent. */
  readonly setting?: string
  /** Only shows what could go: a human decides. */
  readonly proposes?: true
  /** What is older than an instant: rows and about how many bytes. Reads only. */
  readonly count: (ctx: Ctx, before: Date) => Promise<{ n: number; bytes: number }>
  /** Deletes up to `most` rows of a bucket (rules that know none do it all in bucket 0). @returns how many */
  readonly remove?: (ctx: Ctx, before: Date, bucket: number, most: number) => Promise<number>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Retention rules of other rooms. */
    readonly retention?: readonly RetentionRule[]
  }
}

const once = (bucket: number, run: () => Promise<number>): Promise<number> => (bucket === 0 ? run() : Promise.resolve(0))

/** The rules of people and what is recorded about them. Visitors go by a job of their own, which takes all their rows along. */
export const rules: readonly RetentionRule[] = [
  {
    key: 'visitors',
    unit: 'days',
    fallback: 400,
    least: 1,
    setting: 'identify.visitorDays',
    count: (ctx, before) => queries.countVisitors(ctx.db, before),
  },
  {
    key: 'pages',
    unit: 'months',
    fallback: 0,
    least: 3,
    count: (ctx, before) => queries.countPages(ctx.db, before),
    remove: (ctx, before, bucket, most) => forget(ctx, { bucket, before, names: queries.PAGE_EVENTS, most }),
  },
  {
    key: 'access',
    unit: 'days',
    fallback: 730,
    least: 90,
    count: (ctx, before) => queries.countAccess(ctx.db, before),
    remove: (ctx, before, bucket, most) => once(bucket, () => deleteSeen(ctx.db, before, most)),
  },
  {
    key: 'adoptions',
    unit: 'days',
    fallback: 120,
    least: 91,
    count: (ctx, before) => queries.countAdoptions(ctx.db, before),
    remove: (ctx, before, bucket, most) => once(bucket, () => queries.emptyAdoptions(ctx.db, before, most)),
  },
  {
    key: 'proofs',
    unit: 'months',
    fallback: 36,
    least: 36,
    count: (ctx) => queries.countProofs(ctx.db, ctx.now),
    remove: (ctx, _before, bucket, most) => once(bucket, () => deleteProofs(ctx.db, ctx.now, most)),
  },
  {
    key: 'idleLeads',
    unit: 'months',
    fallback: 60,
    least: 6,
    proposes: true,
    count: (ctx, before) => queries.countIdle(ctx.db, before),
  },
]
