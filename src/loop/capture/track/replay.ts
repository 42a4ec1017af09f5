// An access log becomes historic visits: they count in timelines, scores and segments, and start nothing.
import { companyProfile } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import { hashedId } from '#kernel/chance.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { count, type Tally, takeBatch } from './accept.ts'
import { guessOrigin, kindOf, type LineKind, type LogLine, messageOf, ordinals, readLine, visitorOf } from './combined.ts'
import type { CountReason, Site } from './contract.ts'
import { robotIn } from './decide.ts'
import type { Item } from './passed.ts'
import { listSites, setFixedCounts } from './queries.ts'
import { addSite } from './service.ts'

const REPLAY: Actor = { kind: 'system', name: 'replay' }
const BATCH = 1_000
const LOOKED_AT = 5_000

export interface ReplayOptions {
  /** Name or write key of the site the log belongs to; made when there is none of that name. */
  readonly site: string
  /** `https://host` of the site; guessed from the log when absent. */
  readonly origin?: string
  readonly progress?: (lines: number) => void
}

export interface ReplaySummary {
  readonly lines: number
  readonly unread: number
  readonly kinds: Readonly<Record<LineKind, number>>
  /** Visitors with at least one page view or download. */
  readonly visitors: number
  /** Events that were not there before. */
  readonly fresh: number
  readonly first: Date | null
  readonly last: Date | null
  readonly origin: string
  readonly site: string
}

interface Run {
  readonly house: House
  readonly siteId: string
  readonly key: string
  readonly timeZone: string
  readonly origin: string
  readonly ordinal: (raw: string) => number
  readonly tally: Tally
  readonly visitors: Set<string>
  readonly kinds: Record<LineKind, number>
  batch: Item[]
  lines: number
  unread: number
  fresh: number
  first: Date | null
  last: Date | null
}

/** Reads a log from a stream of lines, in batches; nothing is held but one batch and the visitors' ids. */
export async function replay(house: House, lines: AsyncIterable<string>, options: ReplayOptions): Promise<ReplaySummary> {
  const iterator = lines[Symbol.asyncIterator]()
  const head: string[] = []
  while (head.length < LOOKED_AT) {
    const next = await iterator.next()
    if (next.done) break
    head.push(next.value)
  }
  const run = await begin(house, head, options)
  for (const raw of head) await takeLine(run, raw, options)
  for (;;) {
    const next = await iterator.next()
    if (next.done) break
    await takeLine(run, next.value, options)
  }
  await flush(run)
  await writeTotals(run, head[0] ?? '')
  const { kinds, visitors, origin, first, last, fresh, unread } = run
  return { lines: run.lines, unread, kinds, visitors: visitors.size, fresh, first, last, origin, site: options.site }
}

async function begin(house: House, head: readonly string[], options: ReplayOptions): Promise<Run> {
  const origin = options.origin?.replace(/\/$/, '') ?? guessOrigin(head.flatMap((raw) => readLine(raw) ?? []))
  const { site, timeZone } = await withTx(house, REPLAY, async (ctx) => {
    const known = (await listSites(ctx.db, false)).find((row) => row.name === options.site || row.write_key === options.site)
    const made: Pick<Site, 'id' | 'writeKey'> = known
      ? { id: known.id, writeKey: known.write_key }
      : await addSite(ctx, { name: options.site, domains: [], consentMode: 'notice', countRobots: true })
    return { site: made, timeZone: (await companyProfile(ctx)).timeZone }
  })
  const kinds = { page: 0, download: 0, robot: 0, asset: 0, other: 0 }
  const empty = { batch: [], lines: 0, unread: 0, fresh: 0, first: null, last: null }
  return {
    house,
    siteId: site.id,
    key: site.writeKey,
    timeZone,
    origin,
    ordinal: ordinals(),
    tally: new Map(),
    visitors: new Set(),
    kinds,
    ...empty,
  }
}

const REASONS: Readonly<Record<LineKind, CountReason>> = {
  page: 'accepted',
  download: 'accepted',
  robot: 'robot',
  asset: 'asset',
  other: 'other',
}

async function takeLine(run: Run, raw: string, options: ReplayOptions): Promise<void> {
  if (!raw.trim()) return
  run.lines++
  if (run.lines % 10_000 === 0) options.progress?.(run.lines)
  const line = readLine(raw)
  if (!line) {
    run.unread++
    return
  }
  const kind = kindOf(line)
  note(run, line, kind)
  if (kind !== 'page' && kind !== 'download') return
  run.visitors.add(visitorOf(line))
  run.batch.push({
    key: run.key,
    message: messageOf(line, raw, run.ordinal(raw), run.origin),
    sender: { userAgent: line.userAgent, origin: null, gpc: false },
    replay: true,
  })
  if (run.batch.length >= BATCH) await flush(run)
}

function note(run: Run, line: LogLine, kind: LineKind): void {
  run.kinds[kind]++
  if (!run.first || line.at < run.first) run.first = line.at
  if (!run.last || line.at > run.last) run.last = line.at
  count(run.tally, dayIn(run.timeZone, line.at), run.siteId, REASONS[kind], kind === 'robot' ? (robotIn(line.userAgent) ?? '') : '')
}

async function flush(run: Run): Promise<void> {
  const items = run.batch
  if (!items.length) return
  run.batch = []
  const { fresh } = await withTx(run.house, REPLAY, (ctx) => takeBatch(ctx, items))
  run.fresh += fresh
}

/** The totals of this log. Their ids come from its first line: the same log, also one that has grown since, is counted once. */
async function writeTotals(run: Run, firstLine: string): Promise<void> {
  const totals = [...run.tally.values()].map((total) => ({
    id: hashedId('replay', run.siteId, firstLine, total.day, total.reason, total.detail),
    ...total,
  }))
  if (totals.length) await withTx(run.house, REPLAY, (ctx) => setFixedCounts(ctx.db, totals))
}
