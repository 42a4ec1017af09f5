// The wire of IMAP (RFC 9051, RFC 3501): lines with literals in, tagged commands out. Only what taking mail needs.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ImapOptions } from '#loop/deliver/incoming/port.ts'

/** One answer of the server: its line, with each literal taken out of it and kept beside it. */
export interface Answer {
  readonly line: string
  readonly literals: readonly Buffer[]
}

export interface Wire {
  /** The answers up to the tagged one. @throws with the server's words when it says NO or BAD, or nothing in time */
  command(text: string): Promise<Answer[]>
  /** Goes on under TLS. */
  secure(host: string): Promise<void>
  close(): void
}

/** More than is ever asked for; whoever sends more is cut off. */
const MOST_LITERAL = 4_000_000
const MOST_LINE = 1_000_000
/** Answers that wait to be read: a server that says more than it was asked is cut off, too. */
const MOST_READY = 2_000_000
const ANSWER_MS = 60_000

/** Opens the connection and reads the greeting. */
export async function openWire(options: Pick<ImapOptions, 'host' | 'port' | 'security'>): Promise<Wire> {
  const { host, port, security } = options
  let socket = await connected(
    security === 'tls' ? connectTls({ host, port, servername: nameFor(host) }) : connectTcp({ host, port }),
    security === 'tls',
  )
  let inbox = listen(socket)
  await greeting(inbox).catch((error: Error) => {
    socket.destroy()
    throw error
  })
  let n = 0
  return {
    command: async (text) => {
      const tag = `h${++n}`
      socket.write(`${tag} ${text}\r\n`)
      return answers(inbox, tag)
    },
    secure: async (name) => {
      inbox.stop()
      socket = await connected(connectTls({ socket, servername: nameFor(name) }), true)
      inbox = listen(socket)
    },
    close: () => socket.destroy(),
  }
}

/** Certificates are checked against a name; an address has none to send (RFC 6066 §3). */
const nameFor = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host)

function connected<S extends Socket>(socket: S, secure: boolean): Promise<S> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('the mailbox does not answer')))
    socket.once('error', reject)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}

interface Inbox {
  next(): Promise<Answer>
  stop(): void
}

/** Cuts what comes in into answers, one at a time. */
function listen(socket: Socket): Inbox {
  let held: Buffer = Buffer.alloc(0)
  let line = ''
  let literals: Buffer[] = []
  let wanted = -1
  let failed: Error | null = null
  const ready: Answer[] = []
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null
  const give = () => {
    if (!waiting) return
    const answer = ready.shift()
    if (answer) waiting.resolve(answer)
    else if (failed) waiting.reject(failed)
    else return
    waiting = null
  }
  const cut = (): void => {
    for (;;) {
      if (wanted >= 0) {
        if (held.length < wanted) return
        literals.push(held.subarray(0, wanted))
        held = held.subarray(wanted)
        wanted = -1
      }
      const end = held.indexOf('\r\n')
      if (end < 0) {
        if (held.length > MOST_LINE) throw new Error('the mailbox sends a line without end')
        return
      }
      const part = held.subarray(0, end).toString('utf8')
      held = held.subarray(end + 2)
      const literal = /\{(\d+)\}$/.exec(part)
      line += part
      if (literal) {
        wanted = Number(literal[1])
        if (wanted > MOST_LITERAL) throw new Error('the mailbox sends a mail that is too large')
        continue
      }
      if (ready.length >= MOST_READY) throw new Error('the mailbox says more than it was asked')
      ready.push({ line, literals })
      line = ''
      literals = []
    }
  }
  const take = (data: Buffer) => {
    held = held.length ? Buffer.concat([held, data]) : data
    try {
      cut()
    } catch (error) {
      socket.destroy(error as Error)
    }
    give()
  }
  const fail = (error?: Error) => {
    failed ??= error ?? new Error('the mailbox hung up')
    give()
  }
  socket.on('data', take)
  socket.on('error', fail)
  socket.on('close', () => fail())
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        give()
      }),
    // What came behind the STARTTLS answer in clear is thrown away: it may be anybody's (CVE-2011-0411).
    stop: () => {
      socket.removeListener('data', take)
      held = Buffer.alloc(0)
    },
  }
}

async function greeting(inbox: Inbox): Promise<void> {
  const { line } = await inbox.next()
  if (!/^\* (?:OK|PREAUTH)/i.test(line)) throw new Error(line.replace(/^\* /, '').slice(0, 200))
}

async function answers(inbox: Inbox, tag: string): Promise<Answer[]> {
  const all: Answer[] = []
  for (;;) {
    const answer = await inbox.next()
    if (!answer.line.startsWith(`${tag} `)) {
      all.push(answer)
      continue
    }
    const said = answer.line.slice(tag.length + 1)
    if (/^OK\b/i.test(said)) return [...all, answer]
    throw new Error(said.slice(0, 200))
  }
}

/** A string as IMAP quotes it. @throws RangeError for what cannot be quoted */
export function quoted(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new RangeError('a line break in a name or password')
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
