// The socket under a connection of the database. Node takes 64 kB anew for each read; beside a sending, what a backup reads so stands about
// outside of the heap until young objects are collected again (docs/decisions/0015).
import { Socket } from 'node:net'

/** What is read at once, at most; Node's own reads are as large. */
export const READ_AT_ONCE = 64 * 1024
/** One for all: what was read is taken over before anything else can be read. */
let place: Buffer | undefined

/** Hears into one place and hands on copies; or, while somebody takes them over at once, the bytes where they were received. */
export class Wire extends Socket {
  /** Whether 'data' is only there until the listener returns. */
  bare = false

  constructor() {
    place ??= Buffer.allocUnsafeSlow(READ_AT_ONCE)
    super({
      onread: {
        buffer: place,
        callback: (length, buffer) => {
          const bytes = (buffer as Buffer).subarray(0, length)
          this.emit('data', this.bare ? bytes : Buffer.from(bytes))
          return true
        },
      },
    })
  }
}

/** What a client of `pg` asks as its `stream`. TLS brings a way to read of its own. */
export function wireFor(options?: { readonly ssl?: unknown }): Socket {
  return options?.ssl ? new Socket() : new Wire()
}
