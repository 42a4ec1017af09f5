// What newsletters have come to. Those of a large one are counted by one for all who ask, and seldom enough to leave the sending its time.
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db/tables.ts'
import { withRead } from '#kernel/db/tx.ts'
import type { Counts } from './contract.ts'
import { countStates, type NewsletterRow } from './queries.ts'

type Row = Pick<NewsletterRow, 'id' | 'status'>

/** From so many mails on: a million take the better part of a second, and open pages ask every second. */
const LARGE = 20_000
/** At most one part in so many of the time goes into counting. */
const REST = 10
/** Older figures are waited for. */
const OLDEST_MS = 60_000

/** How much time counting takes is no time of the domain. */
const clockMs = (): number => process.uptime() * 1_000

interface Figure {
  readonly counts: Counts
  /** As it was when somebody asked: figures of a newsletter that has come to its end, or stopped, are counted anew. */
  readonly status: Row['status']
  readonly begunAt: number
  readonly tookMs: number
}

interface Book {
  readonly figures: Map<string, Figure>
  readonly running: Set<string>
}

const books = new WeakMap<House, Book>()
const SYSTEM = { kind: 'system', name: 'newsletter' } as const

function bookOf(house: House): Book {
  const book = books.get(house) ?? { figures: new Map(), running: new Set() }
  books.set(house, book)
  return book
}

/**
 * The figures of some newsletters, by id, each as of one instant, so that they add up. Those of large ones may be some seconds old while the
 * newsletter stays in one state; whoever is answered with such sets off the next count. For readers only: who has just changed something counts.
 */
export async function figuresOf(ctx: Ctx, rows: readonly Row[]): Promise<ReadonlyMap<string, Counts>> {
  const book = bookOf(ctx.house)
  const now = clockMs()
  const found = new Map<string, Counts>()
  const asked: Row[] = []
  for (const row of rows) {
    const figure = book.figures.get(row.id)
    if (!figure || figure.status !== row.status || now - figure.begunAt > OLDEST_MS) {
      asked.push(row)
      continue
    }
    found.set(row.id, figure.counts)
    if (now - figure.begunAt > figure.tookMs * REST) countBehind(ctx.house, book, row)
  }
  return asked.length ? new Map([...found, ...(await count(ctx.db, book, asked))]) : found
}

async function count(db: Db, book: Book, rows: readonly Row[]): Promise<Map<string, Counts>> {
  const begunAt = clockMs()
  const counted = await countStates(
    db,
    rows.map((row) => row.id),
  )
  const tookMs = clockMs() - begunAt
  for (const { id, status } of rows) {
    const counts = counted.get(id)
    if (!counts || counts.total < LARGE) book.figures.delete(id)
    // Two may count at once: figures never go back.
    else if ((book.figures.get(id)?.begunAt ?? 0) < begunAt) book.figures.set(id, { counts, status, begunAt, tookMs })
  }
  return counted
}

function countBehind(house: House, book: Book, row: Row): void {
  if (book.running.has(row.id)) return
  book.running.add(row.id)
  void withRead(house, SYSTEM, (ctx) => count(ctx.db, book, [row]))
    .catch((error: unknown) => house.log.warn({ err: error, newsletter: row.id }, 'a newsletter could not be counted'))
    .finally(() => book.running.delete(row.id))
}
