// The whole set-up of a company as text files, and back. Rooms hand out and take in their own parts (kernel/setup.ts).
import { ZodError } from 'zod'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal } from '#kernel/errors.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { readJson } from '../server/json.ts'
import type { Change } from './contract.ts'
import { differences, type Files, type Slugged, slugged, textOf, withIds, withRefs } from './decide.ts'

const README = `# Set-up of Hagukumi as text

One file an object, one folder a kind. "@segments/name" stands for another file. There are no people and no secrets in it;
addresses of webhooks are left out. Read it back with: npm run cli -- setup import <this folder> [--apply]
`

interface Known {
  /** Path without `.json` → object as it stands here. */
  readonly objects: Map<string, Slugged>
  readonly refs: Map<string, string>
  readonly ids: Map<string, string>
}

/** The set-up as it stands here, with the names objects refer to each other by. */
export async function known(ctx: Ctx): Promise<Known> {
  const found: Known = { objects: new Map(), refs: new Map(), ids: new Map() }
  for (const part of ctx.house.ports.setup)
    for (const object of slugged(await part.read(ctx))) {
      const path = `${part.folder}/${object.slug}`
      found.objects.set(path, object)
      found.refs.set(object.id, `@${path}`)
      found.ids.set(`@${path}`, object.id)
    }
  return found
}

/** Every object as a file. */
export async function exportSetup(ctx: Ctx): Promise<Map<string, string>> {
  const { objects, refs } = await known(ctx)
  const files = new Map([['README.md', README]])
  for (const [path, { value }] of objects) files.set(`${path}.json`, textOf(withRefs(value, refs)))
  return files
}

/**
 * What an import would change, or (with `apply`) changes. An object is found again by its file's name; what is the same is left alone, so a
 * second import changes nothing; what is here and not in the files stays. Each object is written by itself: one that does not fit is told and
 * left out.
 */
export async function importSetup(house: House, actor: Actor, files: Files, apply: boolean): Promise<Change[]> {
  const before = await withRead(house, actor, known)
  const ids = new Map(before.ids)
  const changes: Change[] = []
  for (const part of house.ports.setup) {
    const mine = [...files]
      .filter(([path]) => path.startsWith(`${part.folder}/`) && path.endsWith('.json'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [file, text] of mine) {
      const path = file.slice(0, -'.json'.length)
      const change = await takeIn(house, actor, part, { path, text, before, ids }, apply)
      // In a dry run a new object has no id yet; others may refer to it all the same.
      if (change.what === 'add' && !ids.has(`@${path}`)) ids.set(`@${path}`, NOT_YET)
      changes.push(change)
    }
  }
  return changes
}

const NOT_YET = '00000000-0000-4000-8000-000000000000'

interface Incoming {
  readonly path: string
  readonly text: string
  readonly before: Known
  readonly ids: Map<string, string>
}

async function takeIn(house: House, actor: Actor, part: SetupPart, { path, text, before, ids }: Incoming, apply: boolean): Promise<Change> {
  const here = before.objects.get(path)
  const left = (reason: string): Change => ({ path, what: 'skip', where: [], reason })
  const given = parse(text)
  if (given === null) return left('it is no JSON object, or one that is too deep')
  const where = here ? differences(withRefs(here.value, before.refs), given) : []
  if (here && !where.length) return { path, what: 'same', where: [], reason: '' }
  const { value, missing } = withIds(given, ids)
  if (missing.length) return left(`it refers to what is not there: ${missing.join(', ')}`)
  try {
    if (apply) {
      const prepared = await part.prepare?.(value)
      const name = typeof value.name === 'string' ? value.name : path.slice(path.indexOf('/') + 1)
      ids.set(`@${path}`, await withTx(house, actor, (ctx) => part.write(ctx, { id: here?.id ?? null, name, value }, prepared)))
    }
  } catch (error) {
    return left(reasonOf(error))
  }
  return { path, what: here ? 'change' : 'add', where, reason: '' }
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = readJson(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

/** @throws whatever is not about the object itself (the database is away) */
function reasonOf(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      .slice(0, 5)
      .join('; ')
  const refusal = asRefusal(error)
  if (!refusal || refusal.kind === 'unavailable') throw error
  return refusal.message
}
