import type { RawBuilder } from 'kysely'

/** How lists sort by a value that another table keeps under an index of its own. */
export interface Ranked {
  /** The table, joined to the person row `p`. */
  readonly join: RawBuilder<unknown>
  /** An integer. */
  readonly by: RawBuilder<unknown>
  /** Who has no value: they come last. */
  readonly without: RawBuilder<unknown>
  /** The same table alone, along which the head of the list is walked: its rows (with `bucket`), and whose they are. */
  readonly walk: {
    readonly from: RawBuilder<unknown>
    readonly alias: string
    readonly where: RawBuilder<unknown>
    readonly id: RawBuilder<unknown>
  }
}

/** A fact that stands in the row which an order by a ranked fact joins, said over that table. Null where it means those without a row. */
export interface Beside {
  /** The name of the ranked fact. */
  readonly ranked: string
  readonly find?: (values: readonly string[]) => RawBuilder<unknown> | null
  readonly findFrom?: (from: number) => RawBuilder<unknown> | null
}

/** A condition told by the set of those who meet it, read once: for walks along thousands of rows, where asking each of them costs more. */
export interface Among {
  readonly is: RawBuilder<unknown>
  /** Whether the set is as small as it must be for that; else `is` must not be asked. */
  readonly fits: RawBuilder<unknown>
}
