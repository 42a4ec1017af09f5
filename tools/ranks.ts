// The one table of who may import whom. `node tools/ranks.ts` writes it into biome.json; the architecture test fails when
// biome.json is older than this table, and checks the same ladder again on resolved paths.

/** A room of the house: `path` is the folder or file it owns, `alias` how others import it. A smaller rank lies lower. */
export interface Room {
  readonly name: string
  readonly path: string
  readonly alias: string
  readonly rank: number
}

const loopRoom = (name: string, rank: number): Room => ({ name, path: `src/loop/${name}`, alias: `#loop/${name}`, rank })
const houseRoom = (name: string, rank: number): Room => ({ name, path: `src/${name}`, alias: `#${name}`, rank })

/** Imports go downwards only: a room imports rooms of a smaller rank, never one of its own rank or above. */
export const rooms: readonly Room[] = [
  houseRoom('kernel', 0),
  houseRoom('access', 1),
  loopRoom('identify', 2),
  loopRoom('plan', 3),
  loopRoom('capture', 4),
  loopRoom('score', 4),
  loopRoom('segment', 5),
  loopRoom('deliver', 6),
  loopRoom('sales', 6),
  loopRoom('orchestrate', 7),
  loopRoom('measure', 8),
  { name: 'loop', path: 'src/loop/loop.ts', alias: '#loop/loop.ts', rank: 9 },
  loopRoom('reactor', 10),
  houseRoom('connect', 10),
  houseRoom('demo', 11),
  houseRoom('backup', 11),
  houseRoom('blueprint', 11),
  houseRoom('server', 11),
  houseRoom('cli', 11),
]

/** Rank 11 is the roof: server, cli, demo, backup and blueprint may use everything, each other included; nothing else imports them. */
export const roof = 11

/** Files that may speak oRPC; every other file declares and serves through `kernel/endpoint.ts`. */
export const mayImportOrpc: readonly string[] = ['src/kernel/endpoint.ts', 'src/kernel/serve.ts', 'src/server/', 'web/admin/api.ts']

/** What the browser may import from the house, besides `contract.ts` files. */
export const browserSafe: readonly string[] = ['src/kernel/endpoint.ts', 'src/access/vocabulary.ts', 'src/loop/identify/vocabulary.ts']

/** The room a file of the project lies in, or undefined for files outside the ladder (web, test, tools, bench). */
export function roomOf(file: string): Room | undefined {
  return rooms.find((room) => file === room.path || file.startsWith(`${room.path}/`))
}

/** Why `from` may not import `to`, or undefined when it may. Both are rooms of the table. */
export function forbidden(from: Room, to: Room): string | undefined {
  if (from === to || from.rank > to.rank || (from.rank === roof && to.rank === roof)) return undefined
  if (from.rank === to.rank) return `${from.name} and ${to.name} have the same rank ${to.rank}: they meet in the journal or through a port`
  return `${from.name} (rank ${from.rank}) lies below ${to.name} (rank ${to.rank}): append to the journal, or own a port`
}
