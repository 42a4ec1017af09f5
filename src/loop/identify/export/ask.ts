// What is asked for, looked through: which list, which columns, and whether this actor may have it.
import { randomBytes } from 'node:crypto'
import { record } from '#access/audit/service.ts'
import { mayActor } from '#access/roles.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { ExportAsk } from './contract.ts'
import type { Asked } from './file.ts'
import type { ExportColumn, ExportSource } from './source.ts'

/** The source by name, if this actor may see its list. @throws Refusal */
export function sourceOf(ctx: Ctx, name: string): ExportSource {
  const source = ctx.house.ports.exportSources?.find((one) => one.name === name)
  if (!source)
    refuse('missing', 'export.source', { message: 'この一覧は書き出せません / There is no such list to export.', field: 'source' })
  if (!mayActor(ctx.actor, source.permission))
    refuse('forbidden', 'permission.missing', { message: 'この一覧を見る権限がありません / You may not see this list.' })
  return source
}

/** What is asked for, looked through: source, columns, filter. @throws Refusal */
export async function readAsk(ctx: Ctx, ask: ExportAsk): Promise<Asked> {
  const source = sourceOf(ctx, ask.source)
  const all = await source.columns(ctx)
  await source.rows(ctx, ask.filter)
  return { source, format: ask.format, language: ask.language, filter: ask.filter, columns: chosenOf(all, ask.columns) }
}

function chosenOf(all: readonly ExportColumn[], keys: readonly string[] | undefined): ExportColumn[] {
  if (!keys) return all.filter((column) => column.usual)
  const byKey = new Map(all.map((column) => [column.key, column]))
  const chosen = [...new Set(keys)].flatMap((key) => byKey.get(key) ?? [])
  if (!chosen.length) refuse('unprocessable', 'export.columns', { message: '列を選んでください / Choose columns.', field: 'columns' })
  return chosen
}

export const unknown = (): never => refuse('missing', 'export.unknown', { message: 'ファイルが見つかりません / There is no such file.' })

/** Notes in the audit log who took what and how many rows. */
export function noteTaken(
  ctx: Ctx,
  what: {
    action: 'exports.direct' | 'exports.download' | 'exports.written'
    id?: string
    source: string
    format: string
    rows: number
    columns: readonly string[]
  },
) {
  const { action, id, source, format, rows, columns: keys } = what
  return record(ctx, {
    action,
    subjectKind: 'exports',
    ...(id ? { subjectId: id } : {}),
    detail: { source, format, rows, columns: [...keys] },
  })
}

/** A name nobody guesses, for the file while it is written. */
export const partName = (id: string): string => `${id}.${randomBytes(6).toString('hex')}.part`
