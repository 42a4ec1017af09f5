// The only two sources of time. Decisions never call them: they take `ctx.now`.

/** `virtual` clocks replace the database's time in `withTx`; the system clock only serves logs and socket time-outs. */
export interface Clock {
  readonly virtual: boolean
  now(): Date
}

export interface VirtualClock extends Clock {
  set(at: Date | string): void
  /** Moves the clock forward by so many milliseconds. */
  advance(ms: number): void
}

export const systemClock: Clock = { virtual: false, now: () => new Date() }

/** A clock that stands still until told otherwise; tests, the demo and simulations live by it. */
export function virtualClock(start: Date | string): VirtualClock {
  let at = new Date(start)
  return {
    virtual: true,
    now: () => new Date(at),
    set: (to) => {
      at = new Date(to)
    },
    advance: (ms) => {
      at = new Date(at.getTime() + ms)
    },
  }
}

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
