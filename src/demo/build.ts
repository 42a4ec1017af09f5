// Builds the demo company once: set-up, then a month of life on a virtual clock, seconds of real time.
import { DAY, virtualClock } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { writeSetting } from '#kernel/settings.ts'
import { setUpCompany } from './company.ts'
import { liveMonth } from './month.ts'
import { planNewsletter } from './newsletter.ts'
import { planMonth } from './plan.ts'
import { DEMO_SETTING, type DemoState, readDemo } from './state.ts'

const DAYS = 30
const VISITORS = 2_000
const LEADS = 150

export interface DemoSize {
  readonly days: number
  readonly visitors: number
  readonly leads: number
}

/**
 * Makes the demo company unless it is there already. The month ends now, so the screens look lived in.
 * @param say told each simulated day, as words for the terminal
 * @throws Error when a demo was begun and cut off: its database has to be removed first
 */
export async function buildDemo(
  house: House,
  now: Date,
  say: (line: string) => void,
  size: DemoSize = { days: DAYS, visitors: VISITORS, leads: LEADS },
): Promise<DemoState> {
  const before = await readDemo(house)
  if (before?.builtAt) return before
  if (before) throw new Error('The demo was cut off while it was made. Remove it with "npm run cli -- demo remove" and start again.')
  const from = new Date(now.getTime() - size.days * DAY)
  const clock = virtualClock(from)
  const past: House = { ...house, clock }
  const state = await setUpCompany(past)
  const plan = planMonth({ seed: 'hagukumi', until: now, ...size })
  await liveMonth({
    house: past,
    clock,
    plan,
    state,
    from,
    until: now,
    progress: (share) => say(`Living the demo month… ${Math.round(share * 100)} %`),
  })
  clock.set(now)
  await planNewsletter(past, state.owner)
  const built = { ...state, builtAt: now.toISOString() }
  await withTx(past, { kind: 'system', name: 'demo' }, (ctx) => writeSetting(ctx, DEMO_SETTING, built))
  return built
}
