import type { Subject } from '#kernel/db/buckets.ts'

/** Who holds one of the keys an act came with. */
export interface Holder {
  readonly subject: Subject
  readonly identified: boolean
  readonly hasMail: boolean
}

/** What is known before deciding: who holds each key the act brought (null: nobody; absent: the act has no such key). */
export interface Found {
  readonly mail?: Holder | null
  readonly external?: Holder | null
  readonly device?: Holder | null
  /** The act tells more than a device: a name, a company or a phone number given by a form, a colleague or a file. */
  readonly tellsName: boolean
}

export type Decision =
  /** Nobody has it: a new lead. */
  | { readonly kind: 'create' }
  /** The visitor itself becomes the lead: same id, nothing moves. */
  | { readonly kind: 'name'; readonly subject: Subject }
  /** The visitor's rows go to the lead. */
  | { readonly kind: 'adopt'; readonly subject: Subject; readonly visitor: Subject }
  /** The device points to this lead from now on; what lies behind stays where it is (shared PC). */
  | { readonly kind: 'relink'; readonly subject: Subject; readonly from: Subject }
  | { readonly kind: 'existing'; readonly subject: Subject }
  /** A visitor told something that names nobody: kept on the visitor. */
  | { readonly kind: 'traits'; readonly subject: Subject }

/** Two identified people behind one act: for a human to decide. */
export interface Ambiguity {
  readonly one: Subject
  readonly other: Subject
  readonly reason: 'mail_and_external'
}

/**
 * Who is it? The address decides, then the external id, then the device. A machine never merges two identified people, and a form with
 * another address on a known lead's device is another person from now on.
 */
export function decideNaming(found: Found): { decision: Decision; ambiguity: Ambiguity | null } {
  const known = found.mail ?? found.external ?? null
  const ambiguity = ambiguous(found)
  if (known) return { decision: towardsKnown(known, found.device ?? null), ambiguity }
  return { decision: towardsUnknown(found), ambiguity: null }
}

function ambiguous(found: Found): Ambiguity | null {
  const { mail, external } = found
  if (!mail || !external || mail.subject.id === external.subject.id) return null
  return { one: mail.subject, other: external.subject, reason: 'mail_and_external' }
}

function towardsKnown(known: Holder, device: Holder | null): Decision {
  const subject = known.subject
  if (!device || device.subject.id === subject.id) return { kind: 'existing', subject }
  return device.identified ? { kind: 'relink', subject, from: device.subject } : { kind: 'adopt', subject, visitor: device.subject }
}

function towardsUnknown(found: Found): Decision {
  const device = found.device ?? null
  const names = found.mail !== undefined || found.external !== undefined || found.tellsName
  if (!device) return { kind: 'create' }
  if (!device.identified) return names ? { kind: 'name', subject: device.subject } : { kind: 'traits', subject: device.subject }
  // A lead without an address fills in their own; with one, a new address on their device is somebody else.
  const somebodyElse = found.mail !== undefined && device.hasMail
  return somebodyElse ? { kind: 'create' } : { kind: 'existing', subject: device.subject }
}

/** Splits acts so that no key occurs twice within a round: later acts must see what earlier ones did. Order is kept per key. */
export function inRounds<T>(acts: readonly T[], keysOf: (act: T) => readonly string[]): T[][] {
  const rounds: { acts: T[]; keys: Set<string> }[] = []
  const last = new Map<string, number>()
  for (const act of acts) {
    const keys = keysOf(act)
    const at = Math.max(-1, ...keys.map((key) => last.get(key) ?? -1)) + 1
    const round = rounds[at] ?? { acts: [], keys: new Set<string>() }
    rounds[at] = round
    round.acts.push(act)
    for (const key of keys) last.set(key, at)
  }
  return rounds.map((round) => round.acts)
}
