// Why somebody is where they are: what holds most is said. Pure.
import type { StepKind } from '../graph/contract.ts'
import type { ScenarioState } from '../tables.ts'
import type { Hold } from './contract.ts'

/** What may hold one run: the person, the last mail that has not gone out, the last call that was not taken. */
export interface HeldRow {
  readonly run_id: string
  readonly parked: string | null
  readonly has_news: boolean
  readonly mail_status: string | null
  readonly mail_reason: string | null
  readonly mail_until: Date | null
  readonly mail_step: string | null
  readonly call_state: string | null
  readonly call_reason: string | null
  readonly call_step: string | null
}

export interface Standing {
  readonly state: ScenarioState
  /** The kind of the step they stand at; null for lists of people who left a step. */
  readonly kind: StepKind | null
  readonly step: string | null
  readonly dueAt: Date | null
  /** What came of the step they left. */
  readonly because: unknown
}

/** The reason that is shown for one person; null when there is nothing to say. */
export function holdOf({ state, kind, step, dueAt, because }: Standing, held: HeldRow | undefined): Hold | null {
  if (held?.parked) return { kind: 'parked', until: null, what: held.parked, step: null }
  const isHere = kind !== null
  if (isHere && state === 'paused') return { kind: 'paused', until: null, what: null, step: null }
  const fault = (held && (mailHold(held) ?? callHold(held))) ?? null
  if (fault) return { ...fault, step: fault.step === step ? null : fault.step }
  const outcome = outcomeOf(because)
  if (outcome) return { kind: 'leftOut', until: null, what: outcome, step: null }
  if (!isHere) return null
  if (held?.has_news) return { kind: 'moving', until: null, what: null, step: null }
  const until = dueAt?.toISOString() ?? null
  return { kind: kind === 'await' ? 'event' : kind === 'task' ? 'task' : 'wait', until, what: null, step: null }
}

/** A mail that has left says nothing any more. */
function mailHold({ mail_status: status, mail_reason: what, mail_until: until, mail_step: step }: HeldRow): Hold | null {
  if (status === null || status === 'sent' || status === 'cancelled') return null
  if (what === 'capped' || what === 'quiet') {
    if (status === 'suppressed') return { kind: 'unreachable', until: null, what, step }
    return { kind: what, until: until?.toISOString() ?? null, what: null, step }
  }
  if (status === 'suppressed') return { kind: 'unreachable', until: null, what, step }
  if (status === 'refused' || status === 'unknown' || (status === 'deferred' && what)) return { kind: 'mailFault', until: null, what, step }
  return { kind: 'queued', until: null, what: null, step }
}

function callHold({ call_state: state, call_reason: what, call_step: step }: HeldRow): Hold | null {
  return state === 'failed' || state === 'refused' || (state === 'waiting' && what) ? { kind: 'callFault', until: null, what, step } : null
}

function outcomeOf(because: unknown): string | null {
  if (typeof because !== 'object' || because === null) return null
  const { kind, outcome } = because as { kind?: unknown; outcome?: unknown }
  if (kind === 'late') return 'late'
  return kind === 'done' && typeof outcome === 'string' ? outcome : null
}
