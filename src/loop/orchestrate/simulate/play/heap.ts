// What is to happen at which instant, the earliest first; of one instant, what was set first. Pure.

export interface Timers<T> {
  readonly list: { readonly at: number; readonly order: number; readonly what: T }[]
  order: number
}

export const newTimers = <T>(): Timers<T> => ({ list: [], order: 0 })

type Entry<T> = Timers<T>['list'][number]
const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Sets a timer. */
export function setTimer<T>(timers: Timers<T>, at: number, what: T): void {
  const { list } = timers
  const made = { at, order: timers.order++, what }
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

/** Takes the next timer that is due at `until` or before. */
export function nextTimer<T>({ list }: Timers<T>, until: number): { readonly at: number; readonly what: T } | null {
  const [first] = list
  if (!first || first.at > until) return null
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
