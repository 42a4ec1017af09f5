// What a mail shows of its sender: kept once for each time it changed, so that every mail ever sent can prove it.
import { hashedId } from '#kernel/chance.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { postalAddress } from './context.ts'
import { putDisplay } from './queries.ts'
import type { Outfit } from './settings.ts'

/** The id of the display in use now; its row is made when it is new. */
export async function displayOf(ctx: Ctx, { frame, fromEmail, replyTo }: Outfit): Promise<string> {
  const { company } = frame
  const shown = {
    legalName: company.legalName,
    senderName: frame.senderName,
    from: fromEmail,
    replyTo,
    address: postalAddress(company),
    contact: [company.contactEmail, company.phone].filter(Boolean).join(' / '),
    language: frame.language,
    stop: `${frame.publicUrl.replace(/\/$/, '')}/u/…`,
  }
  const id = hashedId('display', JSON.stringify(shown))
  await putDisplay(ctx.db, id, shown, ctx.now)
  return id
}
