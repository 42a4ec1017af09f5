// Who may do what in a folder. Pure.
import type { Actor } from '#kernel/ctx.ts'
import type { FolderLevel, Sharing } from './contract.ts'

/** A folder as far as permission cares. */
export interface Shelf {
  readonly id: string
  readonly parentId: string | null
  readonly sharing: Sharing | null
  readonly madeBy: string | null
}

/** Folders stand at most this deep in one another. */
export const DEEPEST = 5

const RANK: Readonly<Record<FolderLevel, number>> = { none: 0, view: 1, edit: 2 }
const best = (levels: readonly FolderLevel[]): FolderLevel => levels.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), 'none')
const least = (a: FolderLevel, b: FolderLevel): FolderLevel => (RANK[a] < RANK[b] ? a : b)

/** What one folder by itself lets an actor do. */
function own(shelf: Shelf, actor: Actor): FolderLevel {
  const { sharing } = shelf
  if (!sharing) return 'edit'
  if (actor.kind === 'user') {
    if (shelf.madeBy === actor.id) return 'edit'
    const named = sharing.users.filter(({ userId }) => userId === actor.id).map(({ level }) => level)
    const ofRole = sharing.roles.filter(({ role }) => role === actor.role).map(({ level }) => level)
    return best([sharing.everyone, ...named, ...ofRole])
  }
  return sharing.everyone
}

/** The owner role, an administrator's key and the product itself see every folder. */
const isAboveFolders = (actor: Actor): boolean =>
  actor.kind === 'system' || (actor.kind === 'user' && actor.role === 'owner') || (actor.kind === 'key' && actor.scopes.includes('admin'))

/**
 * What an actor may do in a folder: as much as the strictest of it and the folders above it allows. A folder that is not there, or
 * a chain that does not end, allows nothing; no folder at all (null) allows everything a role does.
 */
export function levelIn(shelves: ReadonlyMap<string, Shelf>, id: string | null, actor: Actor): FolderLevel {
  if (id === null || isAboveFolders(actor)) return 'edit'
  let level: FolderLevel = 'edit'
  let at: string | null = id
  for (let deep = 0; at !== null; deep++) {
    const shelf = shelves.get(at)
    if (!shelf || deep >= DEEPEST) return 'none'
    level = least(level, own(shelf, actor))
    at = shelf.parentId
  }
  return level
}

/** Why a folder cannot lie there: it would lie in itself, or too deep. */
export function moveFault(shelves: ReadonlyMap<string, Shelf>, id: string, parentId: string | null): 'loop' | 'deep' | 'parent' | null {
  let above = 0
  for (let at = parentId; at !== null; at = shelves.get(at)?.parentId ?? null) {
    if (at === id) return 'loop'
    if (!shelves.has(at)) return 'parent'
    if (++above >= DEEPEST) return 'deep'
  }
  return above + heightOf(shelves, id) > DEEPEST ? 'deep' : null
}

function heightOf(shelves: ReadonlyMap<string, Shelf>, id: string): number {
  const inside = [...shelves.values()].filter((shelf) => shelf.parentId === id)
  return 1 + Math.max(0, ...inside.map((shelf) => heightOf(shelves, shelf.id)))
}
