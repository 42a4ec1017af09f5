// Many rows out by COPY, without an object a row: pg-copy-streams cuts each row out by itself and joins them anew,
// and beside a sending that much young memory makes letters old before they have left (decision 0015).
import { Readable } from 'node:stream'
import type { ClientBase, Connection, Submittable } from 'pg'

/** The bytes of a `COPY … TO STDOUT`, in pieces as they come. The client is free again when they have ended or failed; left early, it is to be closed. */
export function copyOut(client: ClientBase, text: string): Readable {
  return client.query(new CopyOut(text))
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a letter, then four bytes of a length that counts itself. */
const HEAD = 5
const COPY_DATA = 0x64
const COPY_DONE = 0x63
const ERROR = 0x45

type Listener = (bytes: Buffer) => void

/** Takes what the rows are made of out of the connection's bytes; every other message goes on to the client, who answers for errors and the end. */
class CopyOut extends Readable implements Submittable {
  readonly #text: string
  readonly #head = Buffer.alloc(HEAD)
  /** Bytes of the head that are here. */
  #got = 0
  /** Bytes of the message's content that are still to come, and whether they are a row's. */
  #left = 0
  #row = false
  #wire: Connection['stream'] | null = null
  #client: Listener[] = []

  constructor(text: string) {
    super()
    this.#text = text
  }

  submit(connection: Connection): void {
    this.#wire = connection.stream
    this.#client = connection.stream.listeners('data') as Listener[]
    connection.stream.removeAllListeners('data').on('data', this.#take)
    connection.query(this.#text)
  }

  /** Moves the rows' bytes together within the chunk: it is ours, and nothing is made anew. */
  readonly #take = (chunk: Buffer): void => {
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
          if (kept) this.push(chunk.subarray(0, kept))
          this.#giveBack(chunk.subarray(at))
          return
        }
        if (!this.#row) this.#pass(Buffer.from(this.#head))
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
    if (kept && !this.push(chunk.subarray(0, kept))) this.#wire?.pause()
  }

  override _read(): void {
    this.#wire?.resume()
  }

  #pass(bytes: Buffer): void {
    for (const listen of this.#client) listen(bytes)
  }

  /** The rows are over, or failed: from this message on the client listens itself. */
  #giveBack(rest: Buffer): void {
    const wire = this.#wire
    this.#wire = null
    wire?.removeListener('data', this.#take)
    for (const listen of this.#client) wire?.on('data', listen)
    this.#pass(this.#head)
    this.#pass(rest)
    wire?.resume()
  }

  handleReadyForQuery(): void {
    this.push(null)
  }

  handleError(error: Error): void {
    this.destroy(error)
  }

  handleCommandComplete(): void {}
}
