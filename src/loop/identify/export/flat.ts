// Lists whose SELECT already answers the columns, each under its key.
import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Cell, ExportAbout, ExportColumn, ExportSource } from './source.ts'

/** A column that is read out of a row, for columns that people make. */
export interface MadeColumn extends ExportColumn {
  readonly cell: (row: Readonly<Record<string, unknown>>, language: ExportAbout['language']) => Cell
}

interface Declared<S extends z.ZodType> extends Pick<ExportSource, 'name' | 'ja' | 'en' | 'permission'> {
  readonly filter: S
  readonly columns: readonly ExportColumn[]
  /** Columns besides: those of custom fields. */
  readonly more?: (ctx: Ctx) => Promise<readonly MadeColumn[]>
  readonly rows: (filter: z.output<S>, ctx: Ctx) => RawBuilder<unknown> | Promise<RawBuilder<unknown>>
  /** Words for values of a column. */
  readonly words?: Readonly<Record<string, readonly { readonly value: string; readonly ja: string; readonly en: string }[]>>
}

/** A source made of a SELECT: columns without `usual` are usual too. */
export function flatSource<S extends z.ZodType>(declared: Declared<S>): ExportSource {
  const { name, ja, en, permission, words } = declared
  const columns = declared.columns.map((column) => ({ usual: true, ...column }))
  const moreOf = async (ctx: Ctx): Promise<readonly MadeColumn[]> => (await declared.more?.(ctx)) ?? []
  return {
    name,
    ja,
    en,
    permission,
    columns: async (ctx) => [...columns, ...(await moreOf(ctx)).map(({ cell: _cell, ...column }) => column)],
    rows: async (ctx, filter) => {
      const parsed = declared.filter.safeParse(filter)
      if (!parsed.success)
        refuse('invalid', 'export.filter', { message: '条件を読み取れません / The filter cannot be read.', field: 'filter' })
      return declared.rows(parsed.data, ctx)
    },
    cells: async (ctx, rows, about) => {
      const made = new Map((await moreOf(ctx)).map((column) => [column.key, column.cell]))
      return (rows as Record<string, unknown>[]).map((row) =>
        about.columns.map(
          (key) =>
            made.get(key)?.(row, about.language) ??
            cellOf(row[key], (value) => words?.[key]?.find((one) => one.value === value)?.[about.language] ?? value),
        ),
      )
    },
  }
}

function cellOf(value: unknown, worded: (value: string) => string): Cell {
  if (value === null || value === undefined) return null
  if (value instanceof Date || typeof value === 'number') return value
  if (Array.isArray(value)) return value.map((one) => worded(String(one))).join('、')
  return worded(String(value))
}
