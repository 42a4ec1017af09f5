// A planned visit as the messages that the tag would have sent.
import { drawFor } from '#kernel/chance.ts'
import type { VirtualClock } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import type { Incoming } from '#loop/capture/track/incoming.ts'
import { type Plan, type PlannedVisit, pageDelay } from './plan.ts'
import { sitePages } from './site/pages.ts'
import type { DemoState } from './state.ts'

export const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

export interface MonthOptions {
  readonly house: House
  readonly clock: VirtualClock
  readonly plan: Plan
  readonly state: DemoState
  readonly from: Date
  readonly until: Date
  /** Told after each simulated day: 0 to 1. */
  readonly progress: (share: number) => void
}

const TITLES = new Map(sitePages('').map((page) => [page.path, page.title]))

export const deviceOf = (person: number): string => `demo-device-${String(person).padStart(5, '0')}`

/** The messages the tag would have sent. */
export function messagesOf(house: House, visit: PlannedVisit): Incoming[] {
  const key = `${visit.person}-${visit.at.getTime()}`
  const now = house.clock.now().getTime()
  const at = (ms: number) => new Date(Math.min(visit.at.getTime() + ms, now))
  const query = visit.utm ? `?${new URLSearchParams(visit.utm)}` : ''
  return visit.paths.flatMap((path, i) => {
    const url = `${house.publicUrl}${path}${i === 0 ? query : ''}`
    const base = {
      kind: 'event',
      device: deviceOf(visit.person),
      userId: null,
      previousId: null,
      groupId: null,
      traits: {},
      url,
      visit: null,
      consent: 'implied',
      sentAt: null,
      userAgent: BROWSER,
    } as const
    const seconds = 8 + Math.floor(drawFor(`${key}/${i}`) * 140)
    return [
      {
        ...base,
        name: 'page.viewed',
        messageId: `${key}-${i}-v`,
        seen: true,
        props: { title: TITLES.get(path) ?? path, ...(i === 0 && visit.referrer ? { referrer: visit.referrer } : {}) },
        at: at(pageDelay(i)),
      },
      {
        ...base,
        name: 'page.left',
        messageId: `${key}-${i}-l`,
        seen: true,
        props: { engaged: seconds, scroll: 20 + Math.floor(drawFor(`${key}/${i}/s`) * 80) },
        at: at(pageDelay(i) + seconds * 1_000),
      },
    ]
  })
}
