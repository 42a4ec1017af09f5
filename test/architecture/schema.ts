// What the migrations create and what the rooms declare, read from their text: who owns which table.
import type { Source } from './sources.ts'
import { folderOf } from './sources.ts'

/** One table as a migration creates it. */
export interface CreatedTable {
  readonly name: string
  readonly migration: string
  readonly columns: readonly string[]
}

const CREATE_OR_DROP =
  /create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?"?([a-z_]\w*)"?\s*\(([\s\S]*?)\n\s*\)|drop\s+table\s+(?:if\s+exists\s+)?"?([a-z_]\w*)"?/gi
const NOT_A_COLUMN = /^(primary|unique|check|constraint|foreign|exclude|like)$/i

/** The tables that stand when these migrations have run in this order, each as it was created last, with the names of its columns. */
export function createdTables(migrations: readonly { readonly file: string; readonly sql: string }[]): CreatedTable[] {
  const standing = new Map<string, CreatedTable>()
  for (const { file, sql } of migrations) {
    const plain = sql.replace(/--[^\n]*/g, '').replace(/\/\*[\s\S]*?\*\//g, '')
    for (const [, name, body = '', dropped] of plain.matchAll(CREATE_OR_DROP)) {
      if (name) standing.set(name, { name, migration: file, columns: columnsOf(body) })
      else if (dropped) standing.delete(dropped)
    }
  }
  return [...standing.values()]
}

function columnsOf(body: string): string[] {
  const words = body.split(/,(?![^(]*\))/).map((part) => /^\s*"?([a-z_]\w*)"?/i.exec(part)?.[1] ?? '')
  return words.filter((word) => word !== '' && !NOT_A_COLUMN.test(word))
}

/** Table name → folder that owns it, from the `interface Tables { … }` each tables.ts adds to. */
export function ownersOf(sources: readonly Source[]): Map<string, string[]> {
  const owners = new Map<string, string[]>()
  for (const source of sources.filter((item) => /(^|\/)tables\.ts$/.test(item.file))) {
    for (const block of source.code.matchAll(/interface Tables \{([\s\S]*?)\n\s*\}/g)) {
      for (const entry of (block[1] ?? '').matchAll(/^\s*(?:readonly )?['"]?([a-z_]\w*)['"]?\s*:/gm)) {
        const name = entry[1] ?? ''
        owners.set(name, [...(owners.get(name) ?? []), ownerFolder(source.file)])
      }
    }
  }
  return owners
}

/** The kernel owns its tables as a whole, although it declares them in kernel/db. */
function ownerFolder(file: string): string {
  return file.startsWith('src/kernel/') ? 'src/kernel' : folderOf(file)
}

/** Tables named in `personTables` declarations (`table: 'score_entry'`). */
export function declaredPersonTables(sources: readonly Source[]): Set<string> {
  const tables = sources.filter((source) => /tables\.ts$/.test(source.file) && /PersonTable\b/.test(source.code))
  return new Set(tables.flatMap((source) => [...source.code.matchAll(/\btable:\s*['"]([a-z_]\w*)['"]/g)].map((match) => match[1] ?? '')))
}

const WRITES = [
  /\.(?:insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\(\s*['"`]([a-z_]\w*)/g,
  /\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?"?([a-z_]\w*)"?/gi,
  /\bupdate\s+(?:only\s+)?"?([a-z_]\w*)"?(?:\s+(?:as\s+)?[a-z_]\w*)?\s+set\b/gi,
  /\bcopy\s+"?([a-z_]\w*)"?\s*(?:\([^)]*\))?\s+from\b/gi,
]
const READS = [
  /\.(?:selectFrom|innerJoin|leftJoin|rightJoin|fullJoin)\(\s*['"`]([a-z_]\w*)/g,
  /\b(?:from|join)\s+(?:only\s+)?"?([a-z_]\w*)"?/gi,
]

const named = (code: string, patterns: readonly RegExp[]): Set<string> =>
  new Set(patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? '')))

/** Names of tables this code writes. */
export const tablesWritten = (code: string): Set<string> => named(code, WRITES)

/** Names of tables this code reads (names of common table expressions come along; the caller looks names up). */
export const tablesRead = (code: string): Set<string> => named(code, READS)
