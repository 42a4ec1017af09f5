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

/** Whoever was deleted a moment ago, until what was written of them meanwhile was looked for. */
export interface DeletedPersonTable {
  person_id: string
  at: Date
  /** By what others than a browser knew them. */
  keys: string[] | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    deleted_person: DeletedPersonTable
    consent_proof: ConsentProofTable
  }
}
