// Owners hear of their new leads: a signal each, and one mail for all of a batch.
import type { Ctx } from '#kernel/ctx.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { personName } from '../people.ts'
import { raise } from '../signals/service.ts'
import type { Colleague, Given } from './queries.ts'

/** A notice to a colleague; `path` leads to the page of the product it speaks of. */
export interface OwnerMail {
  readonly to: string
  readonly name: string
  readonly language: 'ja' | 'en'
  readonly kind: 'assigned' | 'returned'
  readonly leads: readonly { readonly name: string; readonly company: string | null; readonly path: string }[]
  readonly n: number
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Queues a mail to a colleague in this transaction; absent where nothing can send. */
    readonly ownerMailer?: (ctx: Ctx, mail: OwnerMail) => Promise<void>
  }
}

const MOST_NAMED = 20

/** Signals in the feed (and as a toast) of each owner, and a mail when wanted. */
export async function tellOwners(
  ctx: Ctx,
  given: readonly (Given & { readonly causeId: string; readonly hop: number; readonly detail: Readonly<Record<string, string>> })[],
  people: ReadonlyMap<string, PersonRow>,
  colleagues: readonly Colleague[],
  mail: boolean,
): Promise<void> {
  const gained = given.filter((one) => one.after !== null)
  await raise(
    ctx,
    gained.map((one) => ({
      subject: one.subject,
      kind: 'assigned' as const,
      channel: 'sales' as const,
      at: ctx.now,
      causeId: one.causeId,
      hop: one.hop,
      ownerId: one.after,
      detail: { ...one.detail },
    })),
  )
  if (mail)
    await mailOwners(
      ctx,
      'assigned',
      Map.groupBy(gained, (one) => one.after ?? ''),
      people,
      colleagues,
    )
}

/** One mail per owner about all of their leads; the asking user needs none about what they did themselves. */
export async function mailOwners(
  ctx: Ctx,
  kind: OwnerMail['kind'],
  byOwner: ReadonlyMap<string, readonly Pick<Given, 'subject'>[]>,
  people: ReadonlyMap<string, PersonRow>,
  colleagues: readonly Colleague[],
): Promise<void> {
  const send = ctx.house.ports.ownerMailer
  if (!send) return
  for (const [owner, theirs] of byOwner) {
    const colleague = colleagues.find((one) => one.id === owner)
    if (!colleague || (ctx.actor.kind === 'user' && ctx.actor.id === owner)) continue
    const leads = theirs.slice(0, MOST_NAMED).flatMap(({ subject }) => {
      const row = people.get(subject.id)
      return row ? [{ name: personName(row), company: row.company_name, path: `/leads/${subject.id}` }] : []
    })
    await send(ctx, { to: colleague.email, name: colleague.name, language: colleague.language, kind, leads, n: theirs.length })
  }
}
