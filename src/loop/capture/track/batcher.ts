// Group commit for single posts: while one batch is being written the next one gathers, so nobody waits for a clock and
// under load many posts share one transaction (five times the throughput at the same durability).
import { asRefusal, type Refusal } from '#kernel/errors.ts'

/** What became of one item: null when it is committed. */
export type Verdict = Refusal | null

/** Fewer than this at once are no load: nobody is waited for. */
const MANY = 8

/** What one sender handed over together. */
interface Group<T> {
  readonly items: readonly T[]
  /** One for each item; null until it is refused. */
  readonly verdicts: Verdict[]
  readonly settle: (verdicts: Verdict[]) => void
  /** Items whose fate is not known yet. */
  open: number
}

/** A stretch of a group: as much of it as one batch takes. */
interface Part<T> {
  readonly group: Group<T>
  readonly from: number
  readonly to: number
}

export interface Batcher<T> {
  /** Resolves when all items are committed or refused, in their order. Never rejects. */
  submit(items: readonly T[]): Promise<Verdict[]>
}

export interface BatcherOptions {
  readonly most: number
  /** Batches under way at once: one writes while another waits for the disk. */
  readonly lanes: number
  /** More waiting than this is answered `unavailable` at once: memory is not a queue. */
  readonly longest: number
  readonly full: () => Refusal
  /** What an item is told that alone could not be written. */
  readonly culprit: (error: unknown) => Refusal
  /** What is told when nothing of a batch could be written, for no reason that lies in the items. */
  readonly broken: (error: unknown) => Refusal
}

/**
 * @param write commits all items in one transaction or throws; a batch that throws is halved until the culprit stands alone, and the rest commits
 */
export function makeBatcher<T>(write: (items: readonly T[]) => Promise<void>, options: BatcherOptions): Batcher<T> {
  let waiting: Part<T>[] = []
  // Items in them.
  let held = 0
  let busy = 0
  // How many were answered a moment ago, while they are waited for.
  let expected = 0
  let pause: NodeJS.Timeout | undefined
  let turning = false

  /** The next batch: whole groups, the last one as far as there is room. */
  const take = (): Part<T>[] => {
    let left = options.most
    let whole = 0
    while (whole < waiting.length && sizeOf(waiting[whole]) <= left) left -= sizeOf(waiting[whole++])
    const batch = waiting.slice(0, whole)
    waiting = waiting.slice(whole)
    const cut = left > 0 ? waiting[0] : undefined
    if (cut) {
      batch.push({ ...cut, to: cut.from + left })
      waiting[0] = { ...cut, from: cut.from + left }
    }
    held -= count(batch)
    return batch
  }

  const pump = (): void => {
    expected = 0
    turning = false
    clearTimeout(pause)
    while (busy < options.lanes && waiting.length) {
      const batch = take()
      const size = count(batch)
      busy++
      void run(batch).finally(() => {
        busy--
        gather(size)
      })
    }
  }

  /** Senders answered together send again together: a moment spent on them makes one large batch where two halves would chase each other. */
  const gather = (answered: number): void => {
    if (answered < MANY || held >= options.most) return void pump()
    expected = Math.min(held + answered, options.most)
    // biome-ignore lint/plugin: a millisecond to gather a batch, not a domain timer
    pause = setTimeout(pump, 1)
  }

  const run = async (batch: readonly Part<T>[]): Promise<void> => {
    const failed = await attempt(batch)
    // What fails while others are written is at fault itself. Where nothing at all could be written the fault may be ours: the sender repeats.
    const judge = count(failed) < count(batch) ? options.culprit : options.broken
    for (const { group, from, to, error } of failed) {
      group.verdicts.fill(asRefusal(error) ?? judge(error), from, to)
      settle({ group, from, to })
    }
  }

  /** Writes a batch or its halves; settles what is committed and answers what is not. */
  const attempt = async (batch: readonly Part<T>[]): Promise<(Part<T> & { error: unknown })[]> => {
    try {
      await write(batch.length === 1 ? itemsOf(batch[0] as Part<T>) : batch.flatMap(itemsOf))
      for (const part of batch) settle(part)
      return []
    } catch (error) {
      if (count(batch) === 1 || asRefusal(error)?.kind === 'unavailable') return batch.map((part) => ({ ...part, error }))
      const [first, second] = halves(batch)
      return [...(await attempt(first)), ...(await attempt(second))]
    }
  }

  return {
    submit: (items) => {
      if (!items.length) return Promise.resolve([])
      if (held + items.length > options.longest) return Promise.resolve(items.map(options.full))
      const verdicts = new Promise<Verdict[]>((settled) => {
        const group: Group<T> = { items, verdicts: new Array<Verdict>(items.length).fill(null), settle: settled, open: items.length }
        waiting.push({ group, from: 0, to: items.length })
      })
      held += items.length
      if (expected <= held && !turning) {
        turning = true
        // The turn of the event loop is finished first: posts that arrived together travel together.
        // biome-ignore lint/plugin: waits for no instant, only for the end of this turn
        setImmediate(pump)
      }
      return verdicts
    },
  }
}

const sizeOf = (part: Part<unknown> | undefined): number => (part ? part.to - part.from : 0)
const itemsOf = <T>({ group, from, to }: Part<T>): readonly T[] =>
  from === 0 && to === group.items.length ? group.items : group.items.slice(from, to)

function count(batch: readonly Part<unknown>[]): number {
  let sum = 0
  for (const part of batch) sum += sizeOf(part)
  return sum
}

/** The fate of these items is known. */
function settle(part: Part<unknown>): void {
  part.group.open -= sizeOf(part)
  if (!part.group.open) part.group.settle(part.group.verdicts)
}

/** Two halves by items, a group cut where the middle lies. */
function halves<T>(batch: readonly Part<T>[]): [Part<T>[], Part<T>[]] {
  const [first, second]: [Part<T>[], Part<T>[]] = [[], []]
  let left = count(batch) >> 1
  for (const part of batch) {
    const cut = part.from + Math.min(left, sizeOf(part))
    if (cut > part.from) first.push({ ...part, to: cut })
    if (cut < part.to) second.push({ ...part, from: cut })
    left -= cut - part.from
  }
  return [first, second]
}
