// The pass a click in a mail brings to the site (`?hgk=…`): it ties a device nobody is known on to the person the mail went to.
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { identify, loadPeople, resolveSubjects } from '#loop/identify/service.ts'
import type { Incoming } from './incoming.ts'
import type { Passed } from './passed.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** The person a pass names, null when it is none of ours or too old; whoever makes the passes (mail) reads them. */
    readonly wayOf?: (house: Pick<House, 'secret'>, token: string, now: Date) => string | null
  }
}

const WAY = /([?&])hgk=([A-Za-z0-9_-]{1,200})(&?)/

/** The pass in an address, and the message without it: it must not be kept, shared or matched. */
export function takeWay(message: Incoming): { message: Incoming; way: string | null } {
  const referrer = message.props['referrer']
  const inReferrer = typeof referrer === 'string' && referrer.includes('hgk=')
  if (!message.url?.includes('hgk=') && !inReferrer) return { message, way: null }
  const way = WAY.exec(message.url ?? '')?.[2] ?? null
  const props = inReferrer ? { ...message.props, referrer: withoutWay(referrer) } : message.props
  return { message: { ...message, props, url: message.url && withoutWay(message.url) }, way }
}

const withoutWay = (url: string) => url.replace(WAY, (_all, before: string, _token, after: string) => (after ? before : ''))

/**
 * Names devices that came with a pass. A device somebody is known on keeps its person: mails are forwarded. The subjects in `devices` are
 * replaced by the lead's, so that this very page is already theirs.
 */
export async function nameByWays(ctx: Ctx, passed: readonly Passed[], devices: Map<string, Subject>): Promise<void> {
  const wayOf = ctx.house.ports.wayOf
  const came = wayOf ? passed.filter((each) => each.way && each.message.device && devices.has(each.message.device)) : []
  if (!wayOf || !came.length) return
  const named = new Map<string, { each: Passed; personId: string }>()
  for (const each of came) {
    const personId = wayOf(ctx.house, each.way as string, ctx.now)
    const device = each.message.device as string
    if (personId && !named.has(device)) named.set(device, { each, personId })
  }
  if (!named.size) return
  const leads = await resolveSubjects(ctx, [...new Set([...named.values()].map((one) => one.personId))])
  const holders = [...named.keys()].map((device) => devices.get(device) as Subject)
  const people = await loadPeople(ctx, [...leads.values(), ...holders])
  const acts = [...named].flatMap(([device, { each, personId }]) => {
    const mail = people.get(leads.get(personId)?.id ?? '')?.mail
    const isNamed = people.get(devices.get(device)?.id ?? '')?.identified_at != null
    return mail && !isNamed
      ? [{ device, mail, at: each.moment.at, historic: each.moment.historic, causeId: each.id, route: 'api' as const, weak: true }]
      : []
  })
  const outcomes = acts.length ? await identify(ctx, acts) : []
  outcomes.forEach((outcome, index) => {
    devices.set(acts[index]?.device as string, outcome.subject)
  })
}
