// One TCP connection to a mail server: what is written goes out at once, what comes back is handed over reply by reply.
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SmtpFault } from '#loop/deliver/outbox/decide.ts'
import type { SmtpOptions } from '#loop/deliver/sender/port.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import { type Reader, type Reply, replyReader } from './replies.ts'

/** RFC 5321 §4.5.3.2, in ms: how long an answer may take. Tests shorten them. */
export interface SmtpLimits {
  readonly connectMs: number
  readonly greetingMs: number
  /** EHLO, MAIL, RCPT and the like. */
  readonly answerMs: number
  readonly dataMs: number
  /** After the final dot. */
  readonly dotMs: number
  /** Certificates to trust besides the system's. */
  readonly ca?: string
}
const MINUTE = 60_000
export const LIMITS: SmtpLimits = {
  connectMs: MINUTE / 2,
  greetingMs: 5 * MINUTE,
  answerMs: 5 * MINUTE,
  dataMs: 2 * MINUTE,
  dotMs: 10 * MINUTE,
}

export interface Wire {
  write(text: string): void
  /** Pieces in one go; `gone` is called when they have left, or never will. */
  writeAll(pieces: readonly Uint8Array[], gone?: () => void): void
  /** The next reply. @throws SmtpFaultError ECONNECTION when the line is gone, ETIMEDOUT when it stays silent */
  reply(withinMs: number): Promise<Reply>
  /** Goes on encrypted (STARTTLS). */
  secure(): Promise<void>
  /** It stands, and of what the server has said nothing was not asked for (such as 421 while it lay idle). @param asked replies that are still to be read */
  calm(asked: number): boolean
  end(farewell?: string): void
}

export const faultOf = (code: string, command: string, reply: Reply | string): SmtpFault =>
  typeof reply === 'string'
    ? { code, command, replyCode: null, reply: reply.slice(0, 500) }
    : { code, command, replyCode: reply.code, reply: reply.text.slice(0, 500) }

interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: SmtpFaultError) => void
}

interface State {
  socket: Socket
  reader: Reader
  readonly ready: Reply[]
  waiting: Waiting | null
  gone: SmtpFaultError | null
}

/** Opens the connection; with `tls` its first byte is encrypted already. @throws SmtpFaultError */
export async function openWire(options: SmtpOptions, limits: SmtpLimits): Promise<Wire> {
  const names = {
    host: options.host,
    ...(isIP(options.host) ? {} : { servername: options.host }),
    ...(limits.ca ? { ca: limits.ca } : {}),
    rejectUnauthorized: options.anyCertificate !== true,
  }
  const socket = options.security === 'tls' ? connectTls({ ...names, port: options.port }) : connectPlain(options.port, options.host)
  await ready(socket, options.security === 'tls' ? 'secureConnect' : 'connect', limits.connectMs)
  const state: State = { socket, reader: replyReader(), ready: [], waiting: null, gone: null }
  attach(state)
  return {
    write: (text) => void state.socket.write(text, 'latin1'),
    writeAll: (pieces, gone) => {
      const last = pieces.length - 1
      state.socket.cork()
      for (const [i, piece] of pieces.entries()) {
        if (i === last && gone) state.socket.write(piece, gone)
        else state.socket.write(piece)
      }
      state.socket.uncork()
    },
    reply: (withinMs) => nextReply(state, withinMs),
    calm: (asked) => !state.gone && state.socket.writable && state.ready.length <= asked,
    end: (farewell) => {
      if (farewell && state.socket.writable) state.socket.end(farewell)
      // A server that does not answer the farewell must not keep us.
      setTimeout(() => state.socket.destroy(), farewell ? 2_000 : 0).unref()
    },
    secure: async () => {
      // What came in clear after the agreement was put there by somebody else (CVE-2011-0411).
      if (state.reader.pending() || state.ready.length) throw new SmtpFaultError(faultOf('ETLS', 'STARTTLS', 'unasked words before TLS'))
      state.socket.removeAllListeners()
      const secured = connectTls({ ...names, socket: state.socket })
      await ready(secured, 'secureConnect', limits.connectMs)
      state.socket = secured
      state.reader = replyReader()
      attach(state)
    },
  }
}

function ready(socket: Socket, event: 'connect' | 'secureConnect', withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (code: string, text: string) => {
      socket.on('error', () => undefined) // a second one must not end the process
      socket.destroy()
      reject(new SmtpFaultError(faultOf(code, 'CONN', text)))
    }
    const timer = setTimeout(() => fail('ETIMEDOUT', 'the mail server did not answer'), withinMs)
    socket.once('error', (error) => {
      clearTimeout(timer)
      fail(event === 'secureConnect' ? 'ETLS' : 'ECONNECTION', error.message)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      fail('ECONNECTION', 'the mail server closed the connection')
    })
    socket.once(event, () => {
      clearTimeout(timer)
      socket.removeAllListeners()
      resolve()
    })
  })
}

function attach(state: State): void {
  const { socket } = state
  const lost = (text: string) => {
    state.gone ??= new SmtpFaultError(faultOf('ECONNECTION', 'CONN', text))
    const { waiting } = state
    state.waiting = null
    waiting?.reject(state.gone)
  }
  socket.setNoDelay(true)
  socket.on('error', (error) => lost(error.message))
  socket.on('close', () => lost('the mail server closed the connection'))
  socket.on('end', () => lost('the mail server closed the connection'))
  socket.on('data', (chunk: Buffer) => {
    for (const reply of state.reader.read(chunk.toString('latin1'))) {
      const { waiting } = state
      state.waiting = null
      if (waiting) waiting.resolve(reply)
      else state.ready.push(reply)
    }
    // Nobody asked for this much: a server that floods us is left alone.
    if (state.ready.length > MOST_UNASKED) socket.destroy()
  })
}

const MOST_UNASKED = 100

function nextReply(state: State, withinMs: number): Promise<Reply> {
  const known = state.ready.shift()
  if (known) return Promise.resolve(known)
  if (state.gone) return Promise.reject(state.gone)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      state.waiting = null
      state.gone = new SmtpFaultError(faultOf('ETIMEDOUT', 'CONN', 'the mail server did not answer'))
      state.socket.destroy()
      reject(state.gone)
    }, withinMs)
    state.waiting = {
      resolve: (reply) => {
        clearTimeout(timer)
        resolve(reply)
      },
      reject: (error) => {
        clearTimeout(timer)
        reject(error)
      },
    }
  })
}
