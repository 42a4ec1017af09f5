import type { PoolConfig } from 'pg'
import type { Scale } from './arena.ts'

/** The server a row makes its databases on. */
export interface Ground {
  readonly admin: PoolConfig
  readonly template: string
}

/** One row of the catalogue: what is thrown, and what must hold. */
export interface Row {
  /** Catalogue id (`I1`). */
  readonly id: string
  /** The sentence it proves. */
  readonly title: string
  /**
   * Throws it. Fails with an AssertionError that names what did not hold.
   * @returns one line of figures for the table
   */
  run(ground: Ground, scale: Scale, seed: number): Promise<string>
}
