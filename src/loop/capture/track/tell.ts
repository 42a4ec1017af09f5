// What open screens and the snippet page hear of a batch: that sites are alive, and that there is something new.
import { SECOND } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import type { Passed } from './passed.ts'
import { touchSites } from './queries.ts'

const told = new WeakMap<House, { live: number; sites: Map<string, number> }>()
const SEEN_EVERY = 5 * SECOND

/** Notes that sites are alive and tells open screens, at most once a second: they look again a moment later. */
export async function tell(ctx: Ctx, passed: readonly Passed[]): Promise<void> {
  const now = ctx.now.getTime()
  const state = told.get(ctx.house) ?? { live: 0, sites: new Map<string, number>() }
  told.set(ctx.house, state)
  const live = passed.filter((each) => !each.replay)
  const due = new Map<string, { id: string; url: string | null }>()
  for (const each of live) {
    if (Math.abs(now - (state.sites.get(each.site.id) ?? 0)) < SEEN_EVERY) continue
    due.set(each.site.id, { id: each.site.id, url: each.message.url ?? due.get(each.site.id)?.url ?? null })
  }
  if (due.size) {
    await touchSites(
      ctx.db,
      [...due.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      ctx.now,
    )
    await announce(ctx, 'track.seen', { sites: [...due.keys()] })
  }
  const announces = live.length > 0 && Math.abs(now - state.live) >= SECOND
  if (announces) await announce(ctx, 'track.live')
  ctx.afterCommit(() => {
    for (const id of due.keys()) state.sites.set(id, now)
    if (announces) state.live = now
  })
}
