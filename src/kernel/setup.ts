// How a room hands out and takes back its part of the set-up as text. Rooms declare their part in setup.ts; server/wire lists them in the
// order in which one may refer to another.
import type { z } from 'zod'
import type { Ctx } from './ctx.ts'
import { refuse } from './errors.ts'
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

/** Everything that a list gives page by page. */
export async function everyPage<T>(
  list: (ask: { cursor: string | undefined; limit: number }) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await list({ cursor, limit: 200 })
    all.push(...items)
    if (next === null) return all
    cursor = next
  }
}

/** A page of settings. */
export interface SettingsPage {
  /** Null while there is nothing to say. */
  read(ctx: Ctx): Promise<unknown>
  write(ctx: Ctx, value: JsonObject): Promise<unknown>
}

/** A part of one file for each page of settings. */
export const settingsPart = (
  folder: string,
  pages: Readonly<Record<string, SettingsPage>>,
  mayLack: readonly string[] = [],
): SetupPart => ({
  folder,
  mayLack,
  read: async (ctx) => {
    const found: SetupObject[] = []
    for (const [name, page] of Object.entries(pages)) {
      const value = await page.read(ctx)
      if (value) found.push({ id: `${folder}.${name}`, name, value: value as JsonObject })
    }
    return found
  },
  write: async (ctx, { name, value }) => {
    const page =
      (Object.hasOwn(pages, name) && pages[name]) ||
      refuse('unprocessable', 'setup.page', { message: `There is no page of settings "${name}".` })
    await page.write(ctx, value)
    return `${folder}.${name}`
  },
})

declare module './ctx.ts' {
  interface Ports {
    readonly setup: readonly SetupPart[]
  }
}
