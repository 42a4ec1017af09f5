// Owners hear of what is missing, late or overdue: once for each day of the rhythm (else the issue's own), one mail for all of an owner's, within working hours.
import { nextBusinessTime } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import type { LineAlert } from './contract.ts'
import { keepNotices, listTold, type Told } from './queries.ts'
import { alertsIn, loadLines, todayOf } from './service.ts'

/** A notice to whoever looks after a line; paths lead to pages of the product. */
export interface LineMail {
  readonly to: string
  readonly name: string
  readonly language: 'ja' | 'en'
  readonly items: readonly {
    readonly kind: LineAlert['kind']
    readonly line: string
    readonly day: string
    readonly theme: string
    readonly path: string
  }[]
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Queues a mail about lines of newsletters in this transaction; absent where nothing can send. */
    readonly lineMailer?: (ctx: Ctx, mail: LineMail) => Promise<void>
  }
}

/** Looks at every line now and tells what was not told before. @returns how many notices are new */
export async function watchLines(ctx: Ctx): Promise<number> {
  const at = await todayOf(ctx)
  // Nobody is told at night: what is due then is told when the day begins.
  if (nextBusinessTime(at.calendar, at.week, ctx.now) > ctx.now) return 0
  const loaded = await loadLines(ctx, at)
  const found = loaded.flatMap((one) => alertsIn(one, at).map((alert) => ({ ...alert, ownerId: ownerOf(one, alert.issueId) })))
  const fresh = await keepNotices(ctx.db, found, ctx.now)
  if (!fresh.length) return 0
  await announce(ctx, 'newsletterLine', {})
  const send = ctx.house.ports.lineMailer
  if (!send) return fresh.length
  const colleagues = await listTold(ctx.db)
  const byReader = new Map<string, typeof fresh>()
  for (const one of fresh) for (const { id } of readersOf(one.ownerId, colleagues)) byReader.set(id, [...(byReader.get(id) ?? []), one])
  for (const [id, theirs] of byReader) {
    const { email, name, language } = colleagues.find((one) => one.id === id) as Told
    const items = theirs.map((one) => ({
      kind: one.kind,
      line: one.lineName,
      day: one.day,
      theme: one.theme,
      path: `/newsletter-lines?line=${one.lineId}`,
    }))
    await send(ctx, { to: email, name, language, items })
  }
  return fresh.length
}

/** Whoever writes the issue, else whoever looks after the line. */
const ownerOf = (
  {
    row,
    issues,
  }: {
    readonly row: { readonly owner_id: string | null }
    readonly issues: readonly { readonly id: string; readonly owner_id: string | null }[]
  },
  issueId: string | null,
): string | null => issues.find(({ id }) => id === issueId)?.owner_id ?? row.owner_id

/** The owner; where there is none, or they have left, the owners of the house. */
function readersOf(ownerId: string | null, colleagues: readonly Told[]): readonly Told[] {
  const own = colleagues.filter(({ id }) => id === ownerId)
  return own.length ? own : colleagues.filter(({ role }) => role === 'owner')
}
