// An act on its way, and what is told of it once it is done.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { derivedId, type NewEvent } from '#kernel/journal.ts'
import type { IdentifyAct } from '../acts.ts'
import type { Grant } from '../consent/service.ts'
import type { FieldChange } from '../fields/decide.ts'
import type { ParsedMail } from '../normalise/decide.ts'
import type { IdentityHolder, IdentityKey } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import type { Ambiguity, Decision } from './decide.ts'

/** An act with its keys read. */
export interface Asked {
  readonly act: IdentifyAct
  readonly index: number
  readonly mail: Extract<ParsedMail, { ok: true }> | null
  readonly external: string | null
  readonly device: string | null
  readonly causeId: string
  /** The keys it came with. */
  readonly keys: readonly NamedKey[]
}

/** A key with both its parts in one text. */
export interface NamedKey extends IdentityKey {
  readonly name: string
}

/** One act on its way: decided, with its rows locked. */
export interface Plan {
  readonly asked: Asked
  readonly decision: Decision
  readonly ambiguity: Ambiguity | null
  readonly subject: Subject
  /** Keys nobody holds: to be won. */
  readonly fresh: IdentityHolder[]
}

/** A plan with the row it makes. */
export interface Written {
  readonly plan: Plan
  readonly row: PersonRow
  readonly changes: FieldChange[]
}

const INNER = new Set(['sourceFirstAt', 'sourceLatestAt', 'mailBasis'])
/** The fields that changed, as people know them. */
export const shown = (changes: readonly FieldChange[]): string[] =>
  changes.map((change) => change.field).filter((field) => !INNER.has(field))

/** What the journal hears of an act. */
export function eventsOf(ctx: Ctx, { plan, row, changes }: Written): NewEvent[] {
  const { act, causeId } = plan.asked
  const fields = shown(changes)
  const base = { subject: plan.subject, occurredAt: act.historic ? act.at : ctx.now, causeId, historic: act.historic === true }
  const source = row.source_latest ? { source: row.source_latest } : {}
  if (plan.decision.kind === 'create')
    return [
      {
        ...base,
        id: derivedId(causeId, 'identify', 'created', plan.asked.index),
        name: 'lead.created',
        props: { route: act.route, ...source },
      },
    ]
  if (plan.decision.kind === 'name')
    return [
      {
        ...base,
        id: derivedId(causeId, 'identify', 'named', plan.asked.index),
        name: 'lead.named',
        props: { route: act.route, ...source },
      },
    ]
  if (!fields.length) return []
  return [
    {
      ...base,
      id: derivedId(causeId, 'identify', 'changed', plan.asked.index),
      name: 'field.changed',
      props: { fields, route: act.route },
    },
  ]
}

/**
 * An import may say on what ground its new people stand; of people known before, only their own acts make consent looser. What was said
 * for one address is no ground for another (`reached`: the one they have after the act).
 */
export function consentOf({ asked, decision }: Plan, reached: string | null): IdentifyAct['consent'] {
  if (asked.act.route === 'import' && decision.kind !== 'create') return undefined
  return reached === null || (asked.mail && asked.mail.mail !== reached) ? undefined : asked.act.consent
}

/** The consent that an act gave. */
export function grantOf({ plan, row }: Written): Grant[] {
  const { act, causeId } = plan.asked
  const consent = consentOf(plan, row.mail)
  if (!consent) return []
  return [{ subject: plan.subject, purpose: 'marketing', at: act.at, route: act.route, causeId, mail: row.mail, ...consent }]
}
