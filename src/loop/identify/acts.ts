import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Basis } from './decide.ts'
import type { FieldChange } from './fields/decide.ts'

/** The standard fields a person has, as acts give them: raw text, made fit to store here. An empty text clears. */
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
  readonly postalCode: string
  readonly prefecture: string
  readonly city: string
  readonly address: string
  readonly building: string
  readonly industry: string
  readonly industryGroup: string
  readonly employeeBand: string
  readonly website: string
  readonly contactMail: string
  readonly salutation: string
  readonly budget: string
  /** Keys of products, separated by `、`; they replace what was there. */
  readonly products: string
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
  /** Keys of products this person turned out to be interested in; they are added. */
  readonly products?: readonly string[]
  readonly at: Date
  /** Counts, but starts nothing. */
  readonly historic?: boolean
  /** The event that caused it (form.submitted's id): makes the events of this act idempotent. */
  readonly causeId?: string
  readonly route: 'form' | 'api' | 'import' | 'hand' | 'card'
  /** Only where a recorded act of the person is behind it. A grant never lifts a stop. */
  readonly consent?: { readonly basis: Basis; readonly textVersion?: string; readonly text?: string; readonly evidence?: JsonObject }
  /** A click in a mail, not the person's own word: a later form of somebody else on the device undoes it. */
  readonly weak?: boolean
  /** Fields already filled are left alone. */
  readonly onlyEmpty?: boolean
}

export interface IdentifyOutcome {
  readonly subject: Subject
  /**
   * named: the visitor itself became the lead · adopted: the visitor went into a known lead · relinked: the device now points to another known
   * lead · existing: known, nothing to move · created: nobody had it, a new person · traits: told about a visitor that stays one
   */
  readonly outcome: 'named' | 'adopted' | 'relinked' | 'existing' | 'created' | 'traits'
  /** Of people known before; of whom the act created, everything is new. */
  readonly fieldsChanged: readonly string[]
  /**
   * What changed of people known before, with both values, and the keys the person did not have before: all that taking it back needs.
   * Whom the act created goes as a whole.
   */
  readonly changes: readonly FieldChange[]
  readonly keys: readonly { readonly kind: string; readonly value: string }[]
  /** They lay in the trash and are a lead again. */
  readonly cameBack?: boolean
}
