import type { Json } from '#kernel/json.ts'

/** What is left of the consent of somebody who was erased: proof without a name, under the keyed hash of their address. */
export interface ConsentProofTable {
  address_hash: string
  id: string
  purpose: string
  given: boolean
  basis: string
  at: Date
  route: string
  text_version: string | null
  text: string | null
  evidence: Json
  last_mail_at: Date | null
  erased_at: Date
  keep_until: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    consent_proof: ConsentProofTable
  }
}
