// The whole set-up of a company as text files, and back. Rooms hand out and take in their own parts (kernel/setup.ts).
import { ZodError } from 'zod'
import { listUsers } from '#access/users/service.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal } from '#kernel/errors.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { readJson } from '../server/json.ts'
import type { Change } from './contract.ts'
import { differences, emptied, type Files, inOrder, type Slugged, slugged, textOf, withIds, withRefs } from './decide.ts'

const README = `# Set-up of Hagukumi as text

One file an object, one folder a kind. "@segments/name" stands for another file, "@colleagues/address" for a colleague's account.
There are no leads and no secrets in it: passwords, keys, mail servers, addresses of webhooks, accounts and retention rules stay where they
are. Read it back with: npm run cli -- setup import <this folder> [--apply]
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
  for (const user of (await listUsers(ctx)).items) {
    found.refs.set(user.id, `@colleagues/${user.email}`)
    if (user.active) found.ids.set(`@colleagues/${user.email}`, user.id)
  }
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
 * left out. One that needs another, of its own kind or of a later one, waits until that one is there.
 */
export async function importSetup(house: House, actor: Actor, files: Files, apply: boolean): Promise<Change[]> {
  const before = await withRead(house, actor, known)
  const taken = { house, actor, before, ids: new Map(before.ids), apply }
  const changes = new Map<string, Change>()
  let waiting = incomingOf(house, files)
  for (let left = Number.POSITIVE_INFINITY; waiting.length < left; ) {
    left = waiting.length
    const again: Incoming[] = []
    for (const one of waiting) {
      const { change, waits } = await takeIn(taken, one)
      if (waits) again.push(one)
      // In a dry run a new object has no id yet; others may refer to it all the same.
      if (change.what === 'add' && !taken.ids.has(`@${one.path}`)) taken.ids.set(`@${one.path}`, NOT_YET)
      changes.set(one.path, change)
    }
    waiting = again
  }
  return [...changes.values()]
}

const NOT_YET = '00000000-0000-4000-8000-000000000000'
const JSON_FILE = '.json'

interface Import {
  readonly house: House
  readonly actor: Actor
  readonly before: Known
  readonly ids: Map<string, string>
  readonly apply: boolean
}

interface Incoming {
  readonly part: SetupPart
  /** Without `.json`. */
  readonly path: string
  readonly text: string
}

function incomingOf(house: House, given: Files): Incoming[] {
  // A Mac takes が apart into two characters in the names of files; references in them stay whole.
  const files = new Map([...given].map(([path, text]) => [path.normalize('NFC'), text]))
  const paths = [...files.keys()].filter((path) => path.endsWith(JSON_FILE)).map((path) => path.slice(0, -JSON_FILE.length))
  return house.ports.setup.flatMap((part) =>
    inOrder(paths.filter((path) => path.startsWith(`${part.folder}/`))).map((path) => ({
      part,
      path,
      text: files.get(path + JSON_FILE) ?? '',
    })),
  )
}

async function takeIn(all: Import, { part, path, text }: Incoming): Promise<{ change: Change; waits: boolean }> {
  const here = all.before.objects.get(path)
  const left = (reason: string, waits = false) => ({ change: { path, what: 'skip' as const, where: [], reason }, waits })
  const given = parse(text)
  if (given === null) return left('it is no JSON object, or one that is too deep')
  const where = here ? differences(withRefs(here.value, all.before.refs), given) : []
  if (here && !where.length) return { change: { path, what: 'same', where: [], reason: '' }, waits: false }
  const { value, missing } = withIds(given, all.ids)
  const needed = missing.filter((ref) => !part.mayLack?.some((folder) => ref.startsWith(`@${folder}/`)))
  if (needed.length) return left(`it refers to what is not there: ${needed.join(', ')}`, true)
  try {
    if (all.apply) all.ids.set(`@${path}`, await write(all, part, path, { here, value: emptied(value, new Set(missing)) }))
  } catch (error) {
    return left(reasonOf(error), true)
  }
  const reason = missing.length ? `left empty, since they are not here: ${missing.join(', ')}` : ''
  return { change: { path, what: here ? 'change' : 'add', where, reason }, waits: false }
}

async function write(
  all: Import,
  part: SetupPart,
  path: string,
  { here, value }: { here: Slugged | undefined; value: JsonObject },
): Promise<string> {
  const prepared = await part.prepare?.(value)
  const name = typeof value.name === 'string' ? value.name : path.slice(path.indexOf('/') + 1)
  return withTx(all.house, all.actor, (ctx) => part.write(ctx, { id: here?.id ?? null, name, value }, prepared))
}

function parse(text: string): JsonObject | null {
  try {
    // Some editors on Windows put a mark before everything.
    const value: unknown = readJson(text.replace(/^\uFEFF/, ''))
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
