import type { ReactNode } from 'react'

/** One column. `phone`: where it stands in the two-line row of a phone (left out: not shown there). */
export interface Column<Row> {
  readonly key: string
  readonly head: ReactNode
  /** CSS grid track: `'104px'`, `'minmax(200px,1.2fr)'`. */
  readonly width: string
  readonly cell: (row: Row) => ReactNode
  readonly phone?: 'title' | 'sub' | 'side'
  readonly align?: 'end'
}

/** What `useInfiniteQuery(paged(api.x.list, …))` returns, as far as the grid reads it. */
export interface GridQuery<Row> {
  readonly data?: { readonly pages: readonly { readonly items: readonly Row[] }[] } | undefined
  readonly error: unknown
  readonly isPending: boolean
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError?: boolean
  readonly fetchNextPage: () => unknown
  readonly refetch: () => unknown
}

export interface DataGridProps<Row> {
  readonly label: string
  readonly query: GridQuery<Row>
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  readonly rowName?: (row: Row) => string
  /** Address of a row; Enter, click and middle click open it. */
  readonly href?: (row: Row) => string
  /** Instead of an address: what opens (a drawer). */
  readonly onOpen?: (row: Row) => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (to: ReadonlySet<string>) => void
  /** Shown instead of the grid when there is nothing at all. */
  readonly empty: ReactNode
  /** How many in all; `about` for an estimate. */
  readonly total?: { readonly n: number; readonly about?: boolean } | undefined
  /** Height of a row on a wide screen; 44 when left out. */
  readonly rowHeight?: number | undefined
  /** ⌘A or Ctrl-A: everything the list means, also what is not loaded. */
  readonly onSelectAll?: (() => void) | undefined
  /** More keys on the row the cursor is on: `{ e: (row) => edit(row) }`. */
  readonly keys?: Readonly<Record<string, (row: Row) => void>>
}

/** The set with one key added or taken out. */
export function toggled(set: ReadonlySet<string> | undefined, key: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}

/** The set with all rows between two indexes added. */
export function withRange<Row>(
  set: ReadonlySet<string> | undefined,
  rows: readonly Row[],
  rowKey: (row: Row) => string,
  from: number,
  to: number,
): ReadonlySet<string> {
  const next = new Set(set)
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(rowKey(row))
  return next
}
