// Asking for a yes and giving it.
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { findTemplate } from '../template/queries.ts'
import { isSame, whoOf } from './approval.ts'
import type { Newsletter } from './contract.ts'
import { setApproval } from './queries.ts'
import { changed, locked } from './service.ts'

export async function askApproval(ctx: Ctx, { id }: { id: string }): Promise<Newsletter> {
  const row = await locked(ctx, id)
  if (row.status !== 'draft') refuse('conflict', 'newsletter.begun', { message: 'This newsletter is already on its way.' })
  await setApproval(ctx.db, id, { askedBy: whoOf(ctx), approvedBy: null, version: null }, ctx.now)
  return changed(ctx, id)
}

/** Says yes to the template's version of now, or sends it back to whoever asked. */
export async function approve(ctx: Ctx, { id, yes }: { id: string; yes: boolean }): Promise<Newsletter> {
  const row = await locked(ctx, id)
  if (row.status !== 'draft' || row.asked_by === null)
    refuse('conflict', 'newsletter.notAsked', { message: 'Nobody has asked for a yes to this newsletter.' })
  const me = whoOf(ctx)
  if (yes && isSame(row.asked_by ?? '', me))
    refuse('forbidden', 'newsletter.own', { message: 'Somebody else must say yes to what one has made oneself.' })
  const version = (await findTemplate(ctx.db, row.template_id))?.version_id ?? null
  await setApproval(
    ctx.db,
    id,
    yes ? { askedBy: row.asked_by, approvedBy: me, version } : { askedBy: null, approvedBy: null, version: null },
    ctx.now,
  )
  return changed(ctx, id)
}
