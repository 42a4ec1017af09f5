// One round of the sender: take rows that are due, and make ready-to-send letters of them.
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { addressHash, stopLevels } from '#loop/identify/consent/service.ts'
import { mailToken, type TokenKeys, tokenKeys } from '../feedback/token.ts'
import { verpLocal } from '../feedback/verp.ts'
import { arbitrate } from '../outbox/caps/service.ts'
import { mayReach, type NotReached, provesFor } from '../outbox/decide.ts'
import { loadTopicStops } from '../outbox/queries.ts'
import { type FactsOf, factsSpokenIn, loadFacts } from '../template/factFields.ts'
import { type PressedMail, press, TemplateFault } from '../template/kitchen.ts'
import { loadVersions, type VersionSource } from '../template/queries.ts'
import { SENDER } from './actor.ts'
import { readAddress } from './address.ts'
import type { Body } from './body.ts'
import { ownContext, sharedContext } from './context.ts'
import { displayOf } from './display.ts'
import type { Report, TemplateRef } from './ledger.ts'
import { boundaryOf, type Head } from './mime.ts'
import { namesOf, wantsJis } from './names.ts'
import { type Claimed, claimDue, listSources, loadRecipients, loadSegmentFlags, type Recipient } from './queries.ts'
import { type Outfit, outfit } from './settings.ts'
import { countBegun } from './stops.queries.ts'

/** A letter a lane can send. */
export interface Ready {
  readonly row: Claimed
  readonly template: TemplateRef
  /** As it stands in the person's row: the mark compares it. */
  readonly address: string
  /** As it goes over the wire. */
  readonly wire: string
  readonly displayId: string
  readonly domain: string
  readonly envelopeFrom: string
  readonly head: Head
  readonly boundary: string
  readonly body: Body
  /** Nothing reads the body's bytes any more. */
  readonly spent: () => void
}

export interface Round {
  readonly outfit: Outfit
  /** What these mails show of their sender, as the proof keeps it. */
  readonly displayId: string
  readonly now: Date
  readonly rows: readonly Claimed[]
  /** Rows were found, but it was nobody's turn: there may be others. */
  readonly more: boolean
  readonly people: ReadonlyMap<string, Recipient>
  readonly versions: ReadonlyMap<string, VersionSource>
  readonly flags: ReadonlyMap<string, ReadonlySet<string>>
  readonly facts: FactsOf
  /** `person topic` pairs that are not wanted. */
  readonly topicStops: ReadonlySet<string>
}

/** Claims up to `limit` rows, each source in turn, and loads what their letters need, in one transaction. */
export function takeRound(house: House, worker: string, limit: number): Promise<Round> {
  return withTx(
    house,
    SENDER,
    async (ctx) => {
      const worn = await outfit(ctx)
      const claimed = await claimFair(ctx, worker, limit, worn.perDay)
      const rows = await arbitrate(ctx, worker, claimed)
      const versions = rows.length ? await loadVersions(ctx.db, [...new Set(rows.map((row) => row.version_id))]) : []
      const topics = [...new Set(rows.flatMap((row) => (row.topic_id ? [row.topic_id] : [])))]
      const segments = [...new Set(versions.flatMap((version) => version.segments))]
      return {
        outfit: worn,
        displayId: rows.length ? await displayOf(ctx, worn) : '',
        now: ctx.now,
        rows,
        more: claimed.length > 0,
        people: rows.length ? await recipients(ctx, rows) : new Map(),
        versions: new Map(versions.map((version) => [version.id, version])),
        flags: segments.length ? await loadSegmentFlags(ctx.db, rows, segments) : new Map(),
        facts: await loadFacts(ctx, versions.flatMap(factsSpokenIn), rows.map(subjectOf), worn.frame.language),
        topicStops: topics.length ? await loadTopicStops(ctx.db, rows.map(subjectOf), topics) : new Set<string>(),
      }
    },
    { claim: true },
  )
}

const subjectOf = (row: Claimed) => ({ bucket: row.bucket, id: row.person_id })

/** Those rows go to, each with the stricter of the stop in their row and the one of their address, and a proof only when it is one for that address. */
async function recipients(ctx: Ctx, rows: readonly Claimed[]): Promise<Map<string, Recipient>> {
  const people = await loadRecipients(ctx.db, rows, ctx.now)
  const stops = await stopLevels(
    ctx,
    [...people.values()].flatMap(({ mail }) => mail ?? []),
  )
  return new Map(
    [...people].map(([id, person]) => {
      const proof = person.proof && provesFor(person.proof_of, person.mail, (mail) => addressHash(ctx.house, mail))
      return [id, { ...person, proof, mail_stop: Math.max(person.mail_stop, stops.get(person.mail ?? '') ?? 0) }]
    }),
  )
}

/** Single mails first, then an equal share for every newsletter that is going out. */
async function claimFair(ctx: Ctx, worker: string, limit: number, perDay: number | null): Promise<Claimed[]> {
  const sources = await listSources(ctx.db)
  // A young sender's newsletters stop at so many a day; single mails are few and asked for.
  let left = perDay === null || sources.length < 2 ? limit : perDay - (await countBegun(ctx.db, new Date(ctx.now.getTime() - DAY)))
  const rows: Claimed[] = []
  for (const [i, source] of sources.entries()) {
    const share = Math.min(Math.ceil((limit - rows.length) / (sources.length - i)), i === 0 ? limit : left)
    if (share <= 0) continue
    const taken = await claimDue(ctx.db, { worker, source, now: ctx.now, limit: i === 0 ? limit : share })
    if (i > 0) left -= taken.length
    rows.push(...taken)
  }
  return rows
}

/** Renders a round, one order per template version. What cannot become a letter is reported instead. */
export async function prepare(house: House, round: Round): Promise<{ ready: Ready[]; reports: Report[] }> {
  const ready: Ready[] = []
  const reports: Report[] = []
  const keys = tokenKeys(house)
  for (const [versionId, rows] of Map.groupBy(round.rows, (row) => row.version_id)) {
    const version = round.versions.get(versionId)
    const fit: Claimed[] = []
    for (const row of rows) {
      const fault: Fault | null = version ? faultOf(round, row) : { kind: 'refused', reason: 'template.missing' }
      if (fault) reports.push(reportOf(row, fault, templateOf(version), round.now))
      else fit.push(row)
    }
    if (!version || !fit.length) continue
    const tokens = new Map(fit.map((row) => [row.id, mailToken(keys, { personId: row.person_id, deliveryId: row.id })]))
    for (const [row, mail] of await renderAll(house, round, version, fit, tokens)) {
      if (typeof mail === 'string')
        // Tried again later: a starved machine can make an innocent template look slow.
        reports.push({
          row,
          address: '',
          template: templateOf(version),
          fate: { kind: 'failed', verdict: { status: 'deferred', reason: mail, route: false }, begun: false },
        })
      else ready.push(letterOf(round, row, version, mail, { keys, token: tokens.get(row.id) ?? '' }))
    }
  }
  return { ready, reports }
}

const templateOf = (version: VersionSource | undefined): TemplateRef => ({
  id: version?.template_id ?? '',
  name: version?.template_name ?? '',
})

const LATER_MS = 10 * 60_000

/** Why this row cannot become a letter now. */
type Fault =
  | { readonly kind: 'ours'; readonly reason: string }
  | { readonly kind: 'theirs'; readonly reason: NotReached }
  | { readonly kind: 'refused'; readonly reason: string }

/** Faults of our own set-up wait for us to mend them; what the person decided since is counted as such. */
function reportOf(row: Claimed, fault: Fault, template: TemplateRef, now: Date): Report {
  const base = { row, address: '', template }
  if (fault.kind === 'ours') return { ...base, fate: { kind: 'back', notBefore: new Date(now.getTime() + LATER_MS), reason: fault.reason } }
  return { ...base, fate: { kind: 'dropped', status: fault.kind === 'theirs' ? 'suppressed' : 'refused', reason: fault.reason } }
}

function faultOf(round: Round, row: Claimed): Fault | null {
  const { outfit } = round
  const person = round.people.get(row.person_id)
  const state = person && {
    identified: person.identified,
    status: person.status,
    mail: person.mail,
    mailStop: person.mail_stop,
    mailBasis: person.mail_basis,
    proof: person.proof,
    paused: person.paused === true,
  }
  const reason = mayReach(state, row.purpose) ?? (row.topic_id && round.topicStops.has(`${row.person_id} ${row.topic_id}`) ? 'topic' : null)
  if (reason) return { kind: 'theirs', reason }
  if (!outfit.fromEmail) return { kind: 'ours', reason: 'sender.address' }
  if (row.purpose === 'marketing' && outfit.legalMissing.length) return { kind: 'ours', reason: 'sender.legal' }
  return readAddress(person?.mail ?? '') ? null : { kind: 'refused', reason: 'address.malformed' }
}

/** Mails per order to the template thread: more make big messages between threads, and nothing faster. */
const AT_ONCE = 25

const NONE: ReadonlySet<string> = new Set()

type Outcome = readonly [Claimed, PressedMail | string]

async function renderAll(
  house: House,
  round: Round,
  version: VersionSource,
  rows: readonly Claimed[],
  tokens: ReadonlyMap<string, string>,
): Promise<Outcome[]> {
  const source = { subject: version.subject, html: version.html, text: version.body_text }
  const frame = round.outfit.frame
  const shared = sharedContext(frame)
  try {
    const mails: PressedMail[] = []
    for (let i = 0; i < rows.length; i += AT_ONCE) {
      const some = rows.slice(i, i + AT_ONCE)
      const contexts = some.map((row) =>
        ownContext(frame, round.people.get(row.person_id) as Recipient, {
          token: tokens.get(row.id) ?? '',
          purpose: row.purpose,
          segments: round.flags.get(row.person_id) ?? NONE,
          versionId: version.id,
          onWeb: row.on_web ? row.source : null,
          facts: round.facts.get(row.person_id),
        }),
      )
      const boundaries = some.map((row) => boundaryOf(row.id))
      const jis = some.map((row) => wantsJis(round.outfit, row, version, round.people.get(row.person_id) as Recipient))
      mails.push(...(await press(version.id, source, shared, contexts, boundaries, jis)))
    }
    return rows.map((row, i) => [row, mails[i] as PressedMail])
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    if (rows.length > 1) {
      const half = rows.length >> 1
      return [
        ...(await renderAll(house, round, version, rows.slice(0, half), tokens)),
        ...(await renderAll(house, round, version, rows.slice(half), tokens)),
      ]
    }
    house.log.warn({ version: version.id, reason: error.message }, 'a template could not be rendered for one person')
    return rows.map((row) => [row, `template: ${error.message}`.slice(0, 300)])
  }
}

interface Naming {
  readonly keys: TokenKeys
  /** The delivery's token. */
  readonly token: string
}

function letterOf(round: Round, row: Claimed, version: VersionSource, mail: PressedMail, { keys, token }: Naming): Ready {
  const { outfit } = round
  const person = round.people.get(row.person_id) as Recipient
  const address = readAddress(person.mail ?? '') as NonNullable<ReturnType<typeof readAddress>>
  const domain = outfit.fromEmail.split('@').at(-1) ?? ''
  const marketing = row.purpose === 'marketing'
  const envelopeFrom = outfit.bounceDomain
    ? `${verpLocal(keys, { personId: row.person_id, deliveryId: row.id })}@${outfit.bounceDomain}`
    : outfit.fromEmail
  return {
    row,
    template: templateOf(version),
    address: person.mail ?? '',
    wire: address.wire,
    displayId: round.displayId,
    domain: address.domain,
    envelopeFrom,
    boundary: boundaryOf(row.id),
    body: mail.body,
    spent: mail.spent,
    head: {
      messageId: `${row.id}@${domain}`,
      date: round.now,
      ...namesOf(outfit, row, version, person),
      subject: mail.subject,
      charset: mail.charset,
      stopUrl: marketing ? `${outfit.frame.publicUrl.replace(/\/$/, '')}/u/${token}` : null,
      stopMail: outfit.stopByMail ? envelopeFrom : null,
      feedbackId: marketing ? `${row.source.slice(0, 8)}:${row.what.split(':')[0]}:hagukumi:${domain}` : null,
    },
  }
}
