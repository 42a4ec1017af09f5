// The button behind the link of a confirmation mail.
import type { Ctx } from '#kernel/ctx.ts'
import { type Confirmed, confirmOptin } from '#loop/identify/consent/optin.ts'
import { findDelivery } from './queries.ts'
import { deliveryOf } from './service.ts'

const found = (ctx: Ctx, token: string) => deliveryOf(ctx, token, (subject, ref) => findDelivery(ctx.db, subject, ref.deliveryId))
const optinOf = (what: string): string | null => /^optin:([0-9a-f-]{36})$/.exec(what)?.[1] ?? null

/** Whether a token belongs to a confirmation mail. */
export async function isAsked(ctx: Ctx, token: string): Promise<boolean> {
  const delivery = await found(ctx, token)
  return delivery !== null && optinOf(delivery.what) !== null
}

/** Confirms. @returns null when the token is none of ours */
export async function confirm(ctx: Ctx, token: string, ip: string): Promise<Confirmed | null> {
  const delivery = await found(ctx, token)
  const id = delivery && optinOf(delivery.what)
  if (!delivery || !id || delivery.address === null) return null
  return confirmOptin(ctx, { subject: { bucket: delivery.bucket, id: delivery.person_id }, id, address: delivery.address, ip })
}
