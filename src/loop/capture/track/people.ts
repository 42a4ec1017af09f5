// Messages that say who somebody is: identify, alias, group, and events that name a user of the sender's own.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { type IdentifyAct, identify } from '#loop/identify/service.ts'
import type { Sender } from './decide.ts'
import type { Incoming } from './incoming.ts'
import type { Passed } from './passed.ts'
import { customFieldKeys, findExternals, newMessages } from './queries.ts'
import { type Told, toldBy } from './traits.ts'

/** What calls amount to: the acts, in order, and the calls that have no effect with the reason. */
export interface Calls {
  readonly acts: readonly IdentifyAct[]
  /** Told about a visitor who stays one: performed when their devices are known, else each would be taken for a new person. */
  readonly traits: readonly IdentifyAct[]
  readonly without: ReadonlyMap<Passed, 'duplicate' | 'unnamed'>
}

/** The acts of a batch's identify, alias and group calls, each message once and for all. */
export async function actsOf(ctx: Ctx, passed: readonly Passed[]): Promise<Calls> {
  const calls = passed.filter((each) => each.message.kind !== 'event')
  if (!calls.length) return { acts: [], traits: [], without: new Map() }
  const fresh = await newMessages(
    ctx.db,
    calls.map((each) => each.id),
    ctx.now,
  )
  const custom = await customFieldKeys(ctx.db)
  const acts: IdentifyAct[] = []
  const without = new Map<Passed, 'duplicate' | 'unnamed'>()
  for (const each of calls) {
    const act = fresh.delete(each.id) ? actOf(each, custom) : null
    if (act) acts.push(act)
    else without.set(each, actOf(each, custom) ? 'duplicate' : 'unnamed')
  }
  const names = (act: IdentifyAct) => act.mail !== undefined || act.externalId !== undefined
  return { acts: acts.filter(names), traits: acts.filter((act) => !names(act)), without }
}

/** What one call says, or null when it names nobody and tells nothing we keep. */
function actOf({ message, sender, site, moment, id, replay }: Passed, custom: ReadonlySet<string>): IdentifyAct | null {
  const told = message.kind === 'group' ? companyOf(message) : toldBy(message.traits, custom)
  const device = message.kind === 'alias' ? (message.previousId ?? message.device) : message.device
  const externalId = message.userId ?? undefined
  const tells = Object.keys(told.fields).length + Object.keys(told.attrs).length > 0
  if (!externalId && !told.mail && !(device && tells)) return null
  return {
    ...(device ? { device } : {}),
    ...(told.mail ? { mail: told.mail } : {}),
    ...(externalId ? { externalId } : {}),
    fields: told.fields,
    attrs: told.attrs,
    source: { name: site.name },
    at: moment.at,
    historic: replay || moment.historic,
    causeId: id,
    route: 'api',
    onlyEmpty: isBrowser(message, sender),
    ...(told.consent ? { consent: told.consent } : {}),
  }
}

/** A browser's write key is public: whoever reads it could claim any address, so it may fill in what is not known and overwrite nothing. */
const isBrowser = (message: Incoming, sender: Sender): boolean =>
  sender.origin !== null || message.consent === 'implied' || message.consent === 'granted'

function companyOf(message: Incoming): Told {
  const name = message.traits['name']
  const companyName = typeof name === 'string' && name.trim() ? name.trim().slice(0, 500) : (message.groupId ?? '')
  return { mail: null, fields: companyName ? { companyName } : {}, attrs: {}, consent: null }
}

/** Performs the acts, then finds the subject of every user id in the batch; a user nobody has heard of becomes a lead. */
export async function resolveUsers(ctx: Ctx, acts: readonly IdentifyAct[], named: readonly Passed[]): Promise<Map<string, Subject>> {
  const users = new Map<string, Subject>()
  if (acts.length) {
    const outcomes = await identify(ctx, acts)
    outcomes.forEach((outcome, index) => {
      const user = acts[index]?.externalId
      if (user) users.set(user, outcome.subject)
    })
  }
  const missing = named.filter((each) => each.message.userId && !users.has(each.message.userId))
  if (!missing.length) return users
  const found = await findExternals(ctx.db, [...new Set(missing.map((each) => each.message.userId as string))])
  for (const [user, subject] of found) users.set(user, subject)
  const unknown = new Map<string, Passed>()
  for (const each of missing) {
    const user = each.message.userId as string
    if (!users.has(user) && !unknown.has(user)) unknown.set(user, each)
  }
  const born = [...unknown.values()].map(bareAct)
  const outcomes = born.length ? await identify(ctx, born) : []
  outcomes.forEach((outcome, index) => {
    users.set(born[index]?.externalId as string, outcome.subject)
  })
  return users
}

/** An event of a user nobody has named before: the sender says it is a person, so it is one. */
function bareAct({ message, site, moment, id, replay }: Passed): IdentifyAct {
  const device = message.device ? { device: message.device } : {}
  return {
    ...device,
    externalId: message.userId as string,
    source: { name: site.name },
    at: moment.at,
    historic: replay || moment.historic,
    causeId: id,
    route: 'api',
  }
}
