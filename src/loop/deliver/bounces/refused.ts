// Mails refused at the door: the answer of the server is classified like one that came back by mail.
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { derivedId } from '#kernel/journal.ts'
import { addressHash, stopMany } from '#loop/identify/consent/service.ts'
import { countsAgainst, type Finding, findingOf, isGivenUp } from './decide.ts'
import { replyIn, statusIn } from './marks.ts'
import { insertBounces, loadRefused, markBounced, softRuns } from './queries.ts'

/** What the answer of a server to our own connection means. `dead`: the sender has suppressed the address already. */
export function findingOfReply(address: string, reply: string, dead: boolean): Finding | null {
  const finding = findingOf({
    address,
    action: 'failed',
    status: statusIn(reply),
    reply: replyIn(reply),
    command: 'RCPT',
    said: reply,
    around: '',
  })
  return finding && { ...finding, hard: dead }
}

/** Keeps refusals in the list of bounces and gives up addresses that are refused softly for too long. */
export async function keepRefusals(
  ctx: Ctx,
  refused: readonly { readonly subject: Subject; readonly delivery: string; readonly at: Date }[],
): Promise<void> {
  if (!refused.length) return
  const rows = await loadRefused(ctx.db, refused)
  const bounces = rows
    .flatMap((row) => {
      const finding = row.address ? findingOfReply(row.address, row.reply ?? row.reason ?? '', row.dead) : null
      if (!finding || !row.address) return []
      const { reason, hard, status, reply, said } = finding
      return [
        {
          subject: { bucket: row.bucket, id: row.person_id },
          id: derivedId(row.id, 'deliver', 'bounce:smtp'),
          deliveryId: row.id,
          at: row.at,
          via: 'smtp',
          address: row.address,
          addressHash: addressHash(ctx.house, row.address),
          reason,
          hard,
          delayed: false,
          counts: countsAgainst(finding),
          status,
          reply,
          said,
        },
      ]
    })
    .sort((a, b) => bySubject(a.subject, b.subject))
  if (!bounces.length) return
  await insertBounces(ctx.db, bounces)
  await markBounced(ctx.db, bounces)
  const soft = bounces.filter((bounce) => bounce.counts)
  if (!soft.length) return
  const runs = await softRuns(ctx.db, soft)
  const stops = soft.flatMap(({ address, at, reason, subject }) => {
    const run = runs.get(subject.id)
    return run && isGivenUp(run) ? [{ address, reason: 'hard_bounce' as const, at, source: `soft:${reason}`, subject }] : []
  })
  if (stops.length) await stopMany(ctx, stops)
}
