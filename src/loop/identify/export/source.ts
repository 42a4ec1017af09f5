// What a room says of a list of its own so that it can be exported.
import type { RawBuilder } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'

/** A cell: text, a number, an instant (shown in the company's time zone), or nothing. */
export type Cell = string | number | Date | null

export interface ExportColumn {
  readonly key: string
  readonly ja: string
  readonly en: string
  /** Exported when nobody chose columns. */
  readonly usual?: boolean
}

export interface ExportAbout {
  readonly columns: readonly string[]
  readonly language: 'ja' | 'en'
}

/** A list that can be exported. It only says which rows and how a row becomes cells; files, encodings and safety are this room's. */
export interface ExportSource {
  readonly name: string
  readonly ja: string
  readonly en: string
  /** Whoever exports must be allowed to see the list, besides `leads.export`. */
  readonly permission: string
  columns(ctx: Ctx): Promise<readonly ExportColumn[]>
  /** The SELECT of the rows in their order. Filters come from outside: parse them. @throws Refusal */
  rows(ctx: Ctx, filter: unknown): Promise<RawBuilder<unknown>>
  /** Cells of some rows, in the order of `about.columns`: a fixed number of reads, however many rows. */
  cells(ctx: Ctx, rows: readonly unknown[], about: ExportAbout): Promise<Cell[][]>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Every list that can be exported, listed by server/wire. */
    readonly exportSources?: readonly ExportSource[]
  }
}
