import type { Moment, Sender, SiteRules } from './decide.ts'
import type { Incoming } from './incoming.ts'

/** One message with what its request said. */
export interface Item {
  readonly key: string
  readonly message: Incoming
  readonly sender: Sender
  /** Replay: history whatever its age, and the visitors made for it do not expire. */
  readonly replay?: boolean
}

/** An item that passed the steps. */
export interface Passed {
  readonly site: SiteRules & { readonly name: string }
  readonly message: Incoming
  readonly sender: Sender
  readonly moment: Moment
  /** The journal's id, hashed from site and message id. */
  readonly id: string
  /** The pass of a click in a mail, taken off the address. */
  readonly way: string | null
  readonly replay: boolean
}
