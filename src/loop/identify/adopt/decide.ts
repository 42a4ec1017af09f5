import type { Json, JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '../personTables.ts'

type Row = JsonObject

/** Two rows that claim one place. */
export interface Collision {
  /** The row that came. */
  readonly mine: Row
  /** The row that was there. */
  readonly theirs: Row
}

/** The row that stands in the place after two met. */
export function meetRows(table: PersonTable, { mine, theirs }: Collision): Row {
  const age = table.age
  if (table.meet === 'sum') return { ...theirs, ...added(table, theirs, mine, 1) }
  if (!age || (table.meet !== 'keepOlder' && table.meet !== 'closeYounger' && table.meet !== 'keepEarliest')) return theirs
  const iAmOlder = instantOf(mine[age]) < instantOf(theirs[age])
  if (table.meet === 'keepEarliest') return iAmOlder ? { ...theirs, [age]: mine[age] ?? null } : theirs
  return iAmOlder ? { ...mine, bucket: theirs['bucket'] ?? null, person_id: theirs['person_id'] ?? null } : theirs
}

/** What stands at the lead after undo: what stood there before, or for sums what is there now without what came. */
export function partRows(table: PersonTable, collision: Collision, now: Row): Row {
  return table.meet === 'sum' ? { ...now, ...added(table, now, collision.mine, -1) } : collision.theirs
}

function added(table: PersonTable, base: Row, other: Row, sign: 1 | -1): Row {
  return Object.fromEntries((table.amounts ?? []).map((name) => [name, Number(base[name] ?? 0) + sign * Number(other[name] ?? 0)]))
}

const instantOf = (value: Json | undefined): number => (typeof value === 'string' ? Date.parse(value) : Number.POSITIVE_INFINITY)

/** Pairs rows by the rest of their key; rows without a counterpart are answered apart. */
export function pairRows(mine: readonly Row[], theirs: readonly Row[], key: readonly string[]): { met: Collision[]; alone: Row[] } {
  const keyOf = (row: Row): string => JSON.stringify(key.map((name) => row[name] ?? null))
  const there = new Map(theirs.map((row) => [keyOf(row), row]))
  const met = mine.flatMap((row) => {
    const other = there.get(keyOf(row))
    return other ? [{ mine: row, theirs: other }] : []
  })
  return { met, alone: mine.filter((row) => !there.has(keyOf(row))) }
}
