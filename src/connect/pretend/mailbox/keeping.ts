import type { RetentionRule } from '#loop/identify/retention/rules.ts'
import { countOld, deleteOld } from './queries.ts'

/** How long the built-in mailbox keeps what it took. */
export const mailboxKeeping: RetentionRule = {
  key: 'mailbox',
  unit: 'days',
  fallback: 0,
  least: 1,
  count: (ctx, before) => countOld(ctx.db, before),
  remove: (ctx, before, bucket, most) => (bucket === 0 ? deleteOld(ctx.db, before, most) : Promise.resolve(0)),
}
