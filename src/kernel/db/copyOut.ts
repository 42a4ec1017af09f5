// Many rows out by COPY, without an object a row, and over a `Wire` without memory a piece: pg-copy-streams cuts each row out by itself and
// joins them anew, and beside a sending that much young memory makes letters old before they have left (decision 0015).
import type { ClientBase, Connection, Submittable } from 'pg'
import { Wire } from './wire.ts'

/**
 * Takes a piece over, of `READ_AT_ONCE` bytes at most, before it returns: then other connections read into the same place. It returns what must
 * happen before the next piece can be taken; until that is done the server waits.
 */
export type Take = (bytes: Buffer) => Promise<void> | undefined

/**
 * Hands on the bytes of a `COPY … TO STDOUT`, in pieces as they come. The client is free again when it is done or the server refused; after a
 * fault of `take` its connection is closed.
 */
export function copyOut(client: ClientBase, text: string, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyOut(text, take, resolve, reject))
  })
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a letter, then four bytes of a length that counts itself. */
const HEAD = 5
const COPY_DATA = 0x64
const COPY_DONE = 0x63
const ERROR = 0x45

type Listener = (bytes: Buffer) => void

/** Takes what the rows are made of out of the connection's bytes; every other message goes on to the client, who answers for errors and the end. */
class CopyOut implements Submittable {
  readonly #text: string
  readonly #take: Take
  readonly #head = Buffer.alloc(HEAD)
  /** Bytes of the head that are here. */
  #got = 0
  /** Bytes of the message's content that are still to come, and whether they are a row's. */
  #left = 0
  #row = false
  #wire: Connection['stream'] | null = null
  #client: Listener[] = []
  readonly handleReadyForQuery: () => void
  readonly handleError: (error: Error) => void

  constructor(text: string, take: Take, done: () => void, failed: (error: Error) => void) {
    this.#text = text
    this.#take = take
    this.handleReadyForQuery = done
    this.handleError = failed
  }

  submit(connection: Connection): void {
    const wire = connection.stream
    this.#wire = wire
    this.#client = wire.listeners('data') as Listener[]
    wire.removeAllListeners('data').on('data', this.#hear)
    if (wire instanceof Wire) wire.bare = true
    connection.query(this.#text)
  }

  /** Moves the rows' bytes together where they were received; nothing is made anew. */
  readonly #hear = (chunk: Buffer): void => {
    let at = 0
    let kept = 0
    while (at < chunk.length) {
      if (this.#got < HEAD) {
        const end = at + chunk.copy(this.#head, this.#got, at, at + HEAD - this.#got)
        this.#got += end - at
        at = end
        if (this.#got < HEAD) break
        const code = this.#head.readUInt8(0)
        this.#left = this.#head.readUInt32BE(1) - (HEAD - 1)
        this.#row = code === COPY_DATA
        if (code === COPY_DONE || code === ERROR) {
          const rest = Buffer.from(chunk.subarray(at))
          this.#handOn(chunk.subarray(0, kept), () => this.#giveBack(rest))
          return
        }
        if (!this.#row) this.#pass(this.#head)
      }
      const end = Math.min(chunk.length, at + this.#left)
      if (this.#row) {
        chunk.copyWithin(kept, at, end)
        kept += end - at
      } else this.#pass(chunk.subarray(at, end))
      this.#left -= end - at
      if (!this.#left) this.#got = 0
      at = end
    }
    this.#handOn(chunk.subarray(0, kept), () => {})
  }

  #handOn(bytes: Buffer, then: () => void): void {
    let more: Promise<void> | undefined
    try {
      more = bytes.length ? this.#take(bytes) : undefined
    } catch (error) {
      more = Promise.reject(error)
    }
    if (!more) {
      then()
      return
    }
    const wire = this.#wire
    wire?.pause()
    more
      .then(() => {
        if (wire?.destroyed) return // the client has told of it
        then()
        wire?.resume()
      })
      .catch((error: Error) => {
        this.handleError(error)
        // It stands still amid its rows: nobody else may take it for a connection that answers.
        wire?.destroy()
      })
  }

  /** For the client's reader, who may keep them: each time a copy. */
  #pass(bytes: Buffer): void {
    for (const listen of this.#client) listen(Buffer.from(bytes))
  }

  /** The rows are over, or failed: from this message on the client listens itself. */
  #giveBack(rest: Buffer): void {
    const wire = this.#wire
    this.#wire = null
    wire?.removeListener('data', this.#hear)
    if (wire instanceof Wire) wire.bare = false
    for (const listen of this.#client) wire?.on('data', listen)
    this.#pass(this.#head)
    this.#pass(rest)
  }

  handleCommandComplete(): void {}
}
