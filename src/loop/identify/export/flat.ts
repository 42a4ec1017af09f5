// Lists whose SELECT already answers the columns, each under its key.
import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Cell, ExportColumn, ExportSource } from './source.ts'

interface Declared<S extends z.ZodType> extends Pick<ExportSource, 'name' | 'ja' | 'en' | 'permission'> {
  readonly filter: S
  readonly columns: readonly ExportColumn[]
  readonly rows: (filter: z.output<S>, ctx: Ctx) => RawBuilder<unknown> | Promise<RawBuilder<unknown>>
  /** Words for values of a column. */
  readonly words?: Readonly<Record<string, readonly { readonly value: string; readonly ja: string; readonly en: string }[]>>
}

/** A source made of a SELECT: columns without `usual` are usual too. */
export function flatSource<S extends z.ZodType>(declared: Declared<S>): ExportSource {
  const { name, ja, en, permission, words } = declared
  const columns = declared.columns.map((column) => ({ usual: true, ...column }))
  return {
    name,
    ja,
    en,
    permission,
    columns: async () => columns,
    rows: async (ctx, filter) => {
      const parsed = declared.filter.safeParse(filter)
      if (!parsed.success)
        refuse('invalid', 'export.filter', { message: '条件を読み取れません / The filter cannot be read.', field: 'filter' })
      return declared.rows(parsed.data, ctx)
    },
    cells: async (_ctx, rows, about) =>
      (rows as Record<string, unknown>[]).map((row) =>
        about.columns.map((key) =>
          cellOf(row[key], (value) => words?.[key]?.find((one) => one.value === value)?.[about.language] ?? value),
        ),
      ),
  }
}

function cellOf(value: unknown, worded: (value: string) => string): Cell {
  if (value === null || value === undefined) return null
  if (value instanceof Date || typeof value === 'number') return value
  if (Array.isArray(value)) return value.map((one) => worded(String(one))).join('、')
  return worded(String(value))
}
