// Group commit for single posts: while one batch is being written the next one gathers, so nobody waits for a clock and
// under load many posts share one transaction (five times the throughput at the same durability).
import { asRefusal, type Refusal } from '#kernel/errors.ts'

/** What became of one item: null when it is committed. */
export type Verdict = Refusal | null

/** Fewer than this at once are no load: nobody is waited for. */
const MANY = 8

interface Waiting<T> {
  readonly item: T
  readonly settle: (verdict: Verdict) => void
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
  let waiting: Waiting<T>[] = []
  let busy = 0
  // How many were answered a moment ago, while they are waited for.
  let expected = 0
  let pause: NodeJS.Timeout | undefined
  let turning = false

  const pump = (): void => {
    expected = 0
    turning = false
    clearTimeout(pause)
    while (busy < options.lanes && waiting.length) {
      const batch = waiting.slice(0, options.most)
      waiting = waiting.slice(batch.length)
      busy++
      void run(batch).finally(() => {
        busy--
        gather(batch.length)
      })
    }
  }

  /** Senders answered together send again together: a moment spent on them makes one large batch where two halves would chase each other. */
  const gather = (answered: number): void => {
    if (answered < MANY || waiting.length >= answered) return void pump()
    expected = answered
    // biome-ignore lint/plugin: a millisecond to gather a batch, not a domain timer
    pause = setTimeout(pump, 1)
  }

  const run = async (batch: readonly Waiting<T>[]): Promise<void> => {
    const failed = await attempt(batch)
    // What fails while others are written is at fault itself. Where nothing at all could be written the fault may be ours: the sender repeats.
    const judge = failed.length < batch.length ? options.culprit : options.broken
    for (const { each, error } of failed) each.settle(asRefusal(error) ?? judge(error))
  }

  /** Writes a batch or its halves; settles what is committed and answers what is not. */
  const attempt = async (batch: readonly Waiting<T>[]): Promise<{ each: Waiting<T>; error: unknown }[]> => {
    try {
      await write(batch.map((each) => each.item))
      for (const each of batch) each.settle(null)
      return []
    } catch (error) {
      if (batch.length === 1 || asRefusal(error)?.kind === 'unavailable') return batch.map((each) => ({ each, error }))
      const middle = batch.length >> 1
      return [...(await attempt(batch.slice(0, middle))), ...(await attempt(batch.slice(middle)))]
    }
  }

  return {
    submit: (items) => {
      if (waiting.length + items.length > options.longest) return Promise.resolve(items.map(options.full))
      const verdicts = items.map((item) => new Promise<Verdict>((settle) => waiting.push({ item, settle })))
      if (expected <= waiting.length && !turning) {
        turning = true
        // The turn of the event loop is finished first: posts that arrived together travel together.
        // biome-ignore lint/plugin: waits for no instant, only for the end of this turn
        setImmediate(pump)
      }
      return Promise.all(verdicts)
    },
  }
}
