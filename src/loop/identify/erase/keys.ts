// What names people by their address or the id of another system, and not by who they are to us.
import type { Ctx } from '#kernel/ctx.ts'
import { freeKeys } from './queries.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Deletes what the built-in mailbox holds for these addresses; a letter with a mail server of its own is beyond us. */
    readonly forgetMails?: (ctx: Ctx, addresses: readonly string[]) => Promise<void>
    /** Empties rows of files that name somebody by one of these addresses, or ids of other systems. */
    readonly forgetRows?: (ctx: Ctx, keys: readonly string[]) => Promise<void>
  }
}

/** Lets go of what names people by these keys. They must be gone: who has such a key now is somebody else, and what names them stays. */
export async function forgetKeys(ctx: Ctx, keys: readonly string[]): Promise<void> {
  const free = keys.length ? await freeKeys(ctx.db, keys) : []
  if (!free.length) return
  await ctx.house.ports.forgetMails?.(ctx, free)
  await ctx.house.ports.forgetRows?.(ctx, free)
}
