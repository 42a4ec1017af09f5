/** Plain JSON as PostgreSQL's jsonb keeps it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A JSON object: event properties, settings, attributes. */
export type JsonObject = { readonly [key: string]: Json }

/** What a text of somebody else's says in JSON; null when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
