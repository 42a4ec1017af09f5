// What is to happen at which instant, the earliest first; of one instant, people's steps before mails, then whoever waits longest. Pure.

/** Of one instant: runs go on, then mails leave. */
export const STEPS = 0
export const MAILS = 1

interface Entry<T> {
  readonly at: number
  readonly phase: number
  /** Who goes first among those of one phase; then the order in which they were set. */
  readonly rank: number
  readonly order: number
  readonly what: T
}

export interface Timers<T> {
  readonly list: Entry<T>[]
  order: number
}

export const newTimers = <T>(): Timers<T> => ({ list: [], order: 0 })

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => (a.at - b.at || a.phase - b.phase || a.rank - b.rank || a.order - b.order) < 0

/** Sets a timer. */
export function setTimer<T>(timers: Timers<T>, at: number, what: T, phase: number = STEPS, rank = 0): void {
  const { list } = timers
  const made = { at, phase, rank, order: timers.order++, what }
  let i = list.length
  list.push(made)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = list[parent] as Entry<T>
    if (!before(made, above)) break
    list[i] = above
    i = parent
  }
  list[i] = made
}

/** Takes the next timer that is due before `until`, or at `until` in a phase up to the given one. */
export function nextTimer<T>({ list }: Timers<T>, until: number, phase: number = MAILS): { readonly at: number; readonly what: T } | null {
  const [first] = list
  if (!first || first.at > until || (first.at === until && first.phase > phase)) return null
  const last = list.pop() as Entry<T>
  if (!list.length) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= list.length) break
    if (child + 1 < list.length && before(list[child + 1] as Entry<T>, list[child] as Entry<T>)) child++
    if (!before(list[child] as Entry<T>, last)) break
    list[i] = list[child] as Entry<T>
    i = child
  }
  list[i] = last
  return first
}
