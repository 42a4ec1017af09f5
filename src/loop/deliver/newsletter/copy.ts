import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Newsletter } from './contract.ts'
import { findNewsletter } from './queries.ts'
import { create } from './service.ts'

/** A draft of the same people and words. */
export async function copy(ctx: Ctx, { id }: { id: string }): Promise<Newsletter> {
  const row = await findNewsletter(ctx.db, id)
  if (!row) return refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
  return create(ctx, {
    name: `${row.name.slice(0, 115)} (2)`,
    templateId: row.template_id,
    include: row.include,
    exclude: row.exclude,
    topicId: row.topic_id,
    onWeb: row.on_web,
    test: row.test,
    sender: row.sender,
  })
}
