// Rows that tell of something else than people, put to the room that owns it.
import type { Ctx } from '#kernel/ctx.ts'
import { toldBy } from './decide.ts'
import type { ReadOut } from './file.ts'
import { FileFault } from './limits.ts'
import type { ImportRunTable } from './tables.ts'
import type { TargetOutcome } from './target.ts'

/** What the target says to these rows. Columns of the note come together under their headings. */
export async function toldToTarget(ctx: Ctx, run: ImportRunTable, rows: readonly ReadOut[], dry: boolean): Promise<TargetOutcome[]> {
  const target = ctx.house.ports.importTargets?.[run.target]
  if (!target) throw new FileFault(`「${run.target}」は取り込めません / There is nothing that takes ${run.target}`)
  const mapping = run.mapping as readonly string[]
  const columns = run.columns as readonly string[]
  const plain = mapping.map((one) => (one === 'note' ? '' : one))
  const noted = mapping.flatMap((one, i) => (one === 'note' ? [i] : []))
  const given = rows.map((row) => {
    const told = toldBy(row.cells, plain)
    const note = noted.flatMap((i) => ((row.cells[i] ?? '').trim() ? [`${columns[i]}: ${row.cells[i]?.trim()}`] : [])).join('\n')
    return { line: row.line, told: note ? told.set('note', note.slice(0, 2_000)) : told }
  })
  const outcomes = await target.take(ctx, given, { dry, importId: run.id })
  return rows.map((row, i) =>
    row.fault === undefined ? (outcomes[i] ?? { outcome: 'rejected', reason: '?' }) : { outcome: 'rejected', reason: row.fault },
  )
}
