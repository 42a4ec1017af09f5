// The sender's own brake: a newsletter whose list proves bad is paused, and whoever looks at it is told why.
import type { Ctx } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import { mustHold } from './pace.ts'
import { holdNewsletters, tallyOf } from './stops.queries.ts'

/** Looks at these newsletters, or at all that are being sent, and holds the bad ones. @returns the ids held */
export async function holdBad(ctx: Ctx, sources: readonly string[] | null): Promise<string[]> {
  const found = (await tallyOf(ctx.db, sources)).flatMap((row) => {
    const why = mustHold(row)
    return why ? [{ id: row.source, why }] : []
  })
  if (!found.length) return []
  const held = await holdNewsletters(ctx.db, found, ctx.now)
  for (const id of held) {
    ctx.log.warn({ newsletter: id, why: found.find((one) => one.id === id)?.why }, 'a newsletter was held: its list is bad')
    await announce(ctx, 'newsletter', { id })
  }
  return held
}
