// How a room hands out and takes back its part of the set-up as text. Rooms declare their part in setup.ts; server/wire lists them in the
// order in which one may refer to another.
import type { z } from 'zod'
import type { Ctx } from './ctx.ts'
import type { JsonObject } from './json.ts'

/** One object of the set-up: a segment, a form, the company profile. */
export interface SetupObject {
  /** How other objects refer to it (an id, a key). */
  readonly id: string
  /** How people call it: the name of its file, and what an import finds it again by. */
  readonly name: string
  readonly value: JsonObject
}

export interface SetupPart {
  /** Folder of its files. */
  readonly folder: string
  /** Folders of what may be missing here: such a reference comes to `write` as an empty text, and the import says what was missing. */
  readonly mayLack?: readonly string[]
  /** All objects: no people, no secrets, nothing that was counted or computed. */
  read(ctx: Ctx): Promise<SetupObject[]>
  /** What takes long and needs no transaction (compiling a mail). */
  prepare?(value: JsonObject): Promise<unknown>
  /**
   * Writes one object: a draft where there are drafts, never something that goes live by itself.
   * @param object.id the one it takes the place of; null for a new one
   * @returns the id others refer to it by
   * @throws Refusal or ZodError when it does not fit this installation
   */
  write(
    ctx: Ctx,
    object: { readonly id: string | null; readonly name: string; readonly value: JsonObject },
    prepared: unknown,
  ): Promise<string>
}

/** The schema of what an endpoint takes: an import is checked by the same rules as a call. */
export function takes<S extends z.ZodType>(endpoint: { readonly '~orpc': { readonly inputSchema?: S | undefined } }): S {
  return endpoint['~orpc'].inputSchema as S
}

declare module './ctx.ts' {
  interface Ports {
    readonly setup: readonly SetupPart[]
  }
}
