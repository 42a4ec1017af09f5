// Keeps the log of stops beside the database: small, so that it can be copied away every few minutes when a backup is a day old.
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { appendStopLog } from './file.ts'
import { takeNotes } from './queries.ts'

const KEEPER: Actor = { kind: 'system', name: 'stop log' }
const PAGE = 1_000

/**
 * Moves what waits into the file. The note goes only when the disk has its line: a crash in between tells a stop twice, never not at all.
 * @returns how many were moved
 */
export async function writeStopNotes(house: House): Promise<number> {
  for (let moved = 0; ; ) {
    const some = await withTx(house, KEEPER, async (ctx) => {
      const notes = await takeNotes(ctx.db, PAGE)
      await appendStopLog(
        house.dataDir,
        notes.map(({ at, note }) => ({ ...note, at: at.toISOString() })),
      )
      return notes.length
    })
    moved += some
    if (some < PAGE) return moved
  }
}
