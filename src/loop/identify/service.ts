import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonRow } from './queries.ts'

/** A device that somebody came with. `source` is kept for diagnosis (site key, `replay`). */
export interface DeviceAsk {
  readonly device: string
  readonly at: Date
  /** From replay or import: the visitor made for it never expires by setting. */
  readonly historic: boolean
  readonly source?: string
}

/**
 * Who holds these devices, in one set; devices nobody holds get a new visitor (person, pulse, identity). Safe under concurrency.
 * Also moves `last_seen_at` forward, at most once a minute per person and never waiting for a lock.
 * @returns device → subject; every device asked for is in it
 */
export function resolveDevices(ctx: Ctx, asks: readonly DeviceAsk[]): Promise<Map<string, Subject>> {
  throw new Error(`not yet: ${ctx.now} ${asks.length}`)
}

export type Basis = 'consent' | 'card' | 'relation' | 'published'

/** The standard fields a person has, as acts give them: raw, normalised by `identify`. */
export interface PersonFields {
  readonly familyName: string
  readonly givenName: string
  readonly familyKana: string
  readonly givenKana: string
  readonly companyName: string
  readonly department: string
  readonly title: string
  readonly roleLevel: string
  readonly phone: string
  readonly prefecture: string
  readonly industry: string
  readonly employeeBand: string
  readonly website: string
  readonly contactMail: string
}

/** Somebody told who they are: a form, an API call, a row of a file, a colleague's hand. */
export interface IdentifyAct {
  /** The device it came from; it belongs to the one identified from now on. */
  readonly device?: string
  readonly mail?: string
  readonly externalId?: string
  readonly fields?: Partial<PersonFields>
  /** Values of custom fields by key; a null clears. */
  readonly attrs?: JsonObject
  readonly source?: { readonly name: string; readonly priority?: string; readonly interest?: readonly string[] }
  readonly tags?: readonly string[]
  /** Journal's `via`: the device or the channel. */
  readonly via?: string
  readonly at: Date
  readonly historic?: boolean
  /** The journal event that caused it (form.submitted's id); makes the events of this act idempotent. */
  readonly causeId?: string
  readonly route: 'form' | 'api' | 'import' | 'hand'
  /** Only where a recorded act of the person is behind it. Imports and the API never loosen a stop. */
  readonly consent?: { readonly basis: Basis; readonly textVersion?: string; readonly text?: string; readonly evidence?: JsonObject }
  /** Fields already filled are left alone (import policy). */
  readonly onlyEmpty?: boolean
}

export interface IdentifyOutcome {
  readonly subject: Subject
  /** named: the visitor itself became the lead · adopted: the visitor went into a known lead · relinked: the device now points to another known lead · existing: known, nothing to move · created: nobody had it, a new lead */
  readonly outcome: 'named' | 'adopted' | 'relinked' | 'existing' | 'created'
  readonly fieldsChanged: readonly string[]
}

/**
 * Names people, set-based; the outcomes are in the order of the acts. Appends lead.created / lead.named / lead.adopted / field.changed / consent.given.
 * Never merges two identified people: an ambiguous pair goes to the review list.
 * @throws Refusal `mail.malformed` (field `mail`) when an address is not one plain address
 */
export function identify(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<IdentifyOutcome[]> {
  throw new Error(`not yet: ${ctx.now} ${acts.length}`)
}

/** Stops all commercial mail to an address: the suppression list and the holder's row, in this transaction, the person's row locked. */
export function stopMail(
  ctx: Ctx,
  stop: {
    readonly address: string
    readonly reason: 'unsubscribe' | 'manual' | 'hard_bounce' | 'complaint'
    readonly at: Date
    readonly source?: string
    readonly subject?: Subject
  },
): Promise<void> {
  throw new Error(`not yet: ${ctx.now} ${stop.reason}`)
}

/** Writes the consent ledger and mirrors the basis into `person.mail_basis`. Only `form` and `preference` (acts of the person) lift an earlier unsubscribe. */
export function grantConsent(
  ctx: Ctx,
  grant: {
    readonly subject: Subject
    readonly purpose: 'marketing' | 'tracking_email'
    readonly basis: Basis
    readonly at: Date
    readonly route: string
    readonly textVersion?: string
    readonly text?: string
    readonly evidence?: JsonObject
    readonly causeId?: string
  },
): Promise<void> {
  throw new Error(`not yet: ${ctx.now} ${grant.basis}`)
}

/** The rows of these people, by id; ids that resolve to nobody are absent. */
export function loadPeople(ctx: Ctx, subjects: readonly Subject[]): Promise<Map<string, PersonRow>> {
  throw new Error(`not yet: ${ctx.now} ${subjects.length}`)
}

/** The subject of an id or of an old id, through the aliases; null when nobody is behind it. */
export function resolveSubject(ctx: Ctx, id: string): Promise<Subject | null> {
  throw new Error(`not yet: ${ctx.now} ${id}`)
}
