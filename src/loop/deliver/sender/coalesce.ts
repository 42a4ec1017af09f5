// Many lanes, one transaction: what they ask for within a few milliseconds goes to the database together.

interface Ask<T, R> {
  readonly item: T
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects items for at most `waitMs` (or `most` of them) and answers each from one call of `flush`. One flush runs at a
 * time: what comes in meanwhile is the next one, so a slow database makes bigger batches, not more of them.
 * @param chainOf items with the same chain are written in their order: when one fails, those behind it in its batch fail with it
 * @param isWhole says that everybody who may ask has asked; left out, nobody knows, and what came in during a flush does not wait either
 */
export function coalesce<T, R>(
  flush: (items: readonly T[]) => Promise<readonly R[]>,
  waitMs: number,
  most: number,
  chainOf: (item: T) => unknown = () => null,
  isWhole: ((waiting: readonly { readonly item: T }[]) => boolean) | null = null,
): (item: T) => Promise<R> {
  const asks: Ask<T, R>[] = []
  let timer: NodeJS.Timeout | null = null
  let busy = false
  const look = (): void => {
    if (busy || !asks.length) return
    if (asks.length >= most || isWhole?.(asks)) void run()
    // biome-ignore lint/plugin: a pause of milliseconds to gather a batch, not a domain timer
    else timer ??= setTimeout(() => void run(), waitMs)
  }
  const run = async (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    busy = true
    const batch = asks.splice(0, most)
    try {
      const results = await flush(batch.map((ask) => ask.item))
      for (const [i, ask] of batch.entries()) ask.resolve(results[i] as R)
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      else await oneByOne(batch)
    }
    busy = false
    if (asks.length && !isWhole) void run()
    else look()
  }
  // One that cannot be written must not hold up the others.
  const oneByOne = async (batch: readonly Ask<T, R>[]): Promise<void> => {
    const broken = new Map<unknown, unknown>()
    for (const ask of batch) {
      const chain = chainOf(ask.item)
      try {
        if (chain !== null && broken.has(chain)) throw broken.get(chain)
        ask.resolve((await flush([ask.item]))[0] as R)
      } catch (error) {
        broken.set(chain, error)
        ask.reject(error)
      }
    }
  }
  return (item) =>
    new Promise<R>((resolve, reject) => {
      asks.push({ item, resolve, reject })
      look()
    })
}
