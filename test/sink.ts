// A scripted SMTP server on loopback: each fault of reliability.md §2 at its own place, and a record of what it really took.
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { Verdict } from '#loop/deliver/outbox/decide.ts'
import type { Certificate } from './certificate.ts'

export const FAULTS = [
  'none',
  'greetingDrop',
  'greeting421',
  'greeting554',
  'mail421',
  'mail550',
  'rcpt421',
  'rcpt451',
  'rcpt550',
  'rcpt550policy',
  'rcpt552',
  'dropBefore354',
  'data421',
  'data451',
  'dropMidBody',
  'dropAfterDot',
  'silentAfterDot',
  'dot451',
  'dot421',
  'dot550',
  'dot554',
  'garbageAfterDot',
  'splitReplies',
  'longReplies',
  'nulReplies',
] as const
export type Fault = (typeof FAULTS)[number]

/** The table of reliability.md §2: what the house makes of each fault, and whether the server really has the mail. */
export const EXPECTED: Readonly<Record<Fault, readonly ['sent' | 'deferred' | 'refused' | 'refused dead' | 'unknown', boolean]>> = {
  none: ['sent', true],
  splitReplies: ['sent', true],
  longReplies: ['sent', true],
  nulReplies: ['sent', true],
  greetingDrop: ['deferred', false],
  greeting421: ['deferred', false],
  greeting554: ['deferred', false],
  mail421: ['deferred', false],
  mail550: ['refused', false],
  rcpt421: ['deferred', false],
  rcpt451: ['deferred', false],
  rcpt550: ['refused dead', false],
  rcpt550policy: ['refused', false],
  rcpt552: ['refused', false],
  dropBefore354: ['deferred', false],
  data421: ['deferred', false],
  data451: ['deferred', false],
  dropMidBody: ['unknown', false],
  dropAfterDot: ['unknown', true],
  silentAfterDot: ['unknown', true],
  dot451: ['deferred', true],
  dot421: ['deferred', true],
  dot550: ['refused', true],
  dot554: ['refused', true],
  garbageAfterDot: ['unknown', true],
}

/** What the house makes of a fault, in the words of that table. */
export const worded = (verdict: Verdict): string => (verdict.status === 'refused' && verdict.dead ? 'refused dead' : verdict.status)

export interface Taken {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  /** When its first byte came, by Date.now(). */
  readonly begunAt: number
}

export interface Sink {
  readonly port: number
  /** Messages whose final dot arrived, whatever was answered. */
  readonly taken: Taken[]
  /** Every RCPT that was ever said. */
  readonly recipients: string[]
  close(): Promise<void>
}

/** TLS from the first byte, or after STARTTLS. */
export interface SinkTls extends Certificate {
  readonly way: 'tls' | 'starttls'
}

/**
 * Starts a sink. `fault` is asked for each recipient (for the greeting: with '').
 * @param delayMs how long the answer to the final dot takes, as it does on the way to a real server
 */
export function startSink(fault: (recipient: string) => Fault = () => 'none', delayMs = 0, tls?: SinkTls): Promise<Sink> {
  const taken: Taken[] = []
  const recipients: string[] = []
  const sockets = new Set<Socket>()
  const key = tls?.key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const welcome = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const secure =
      tls?.way === 'starttls'
        ? () => {
            const secured = new TLSSocket(socket, { isServer: true, cert: tls.pem, ...(key ? { key } : {}) })
            secured.on('error', () => undefined)
            return secured
          }
        : undefined
    serve(socket, { fault, delayMs, taken, recipients, ...(secure ? { secure } : {}) })
  }
  const server: Server = tls?.way === 'tls' ? createTlsServer({ cert: tls.pem, ...(key ? { key } : {}) }, welcome) : createServer(welcome)
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        taken,
        recipients,
        close: () =>
          new Promise((done) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => done())
          }),
      })
    }),
  )
}

interface Script {
  readonly fault: (recipient: string) => Fault
  readonly delayMs: number
  readonly taken: Taken[]
  readonly recipients: string[]
  /** Makes the connection an encrypted one; there when STARTTLS is offered. */
  readonly secure?: () => Socket
}

function serve(socket: Socket, script: Script, greeted = false): void {
  const { fault, delayMs, taken, recipients, secure } = script
  let buffer = ''
  let inData = false
  let begunAt = 0
  let from = ''
  let to: string[] = []
  let mode: Fault = fault('')
  const say = (line: string) => {
    if (mode === 'longReplies') return socket.write(`${line.slice(0, 3)}-one\r\n${line.slice(0, 3)}-two\r\n${line}\r\n`)
    if (mode === 'nulReplies') return socket.write(`${line}\0\r\n`)
    if (mode !== 'splitReplies') return socket.write(`${line}\r\n`)
    for (const part of [line.slice(0, 2), `${line.slice(2)}\r`, '\n']) socket.write(part)
    return true
  }
  if (!greeted && mode === 'greetingDrop') return void socket.destroy()
  if (!greeted && mode === 'greeting421') return void socket.end('421 4.3.2 busy\r\n')
  if (!greeted && mode === 'greeting554') return void socket.end('554 5.7.1 no\r\n')
  if (!greeted) say('220 sink ESMTP')
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') return socket.write(`250-sink\r\n${secure ? '250-STARTTLS\r\n' : ''}250 8BITMIME\r\n`)
    if (verb === 'STAR' && secure) {
      socket.write('220 go\r\n')
      socket.removeAllListeners('data')
      const { secure: _, ...inside } = script
      return serve(secure(), inside, true)
    }
    // Whoever speaks of mail before it is encrypted is not answered: no test may pass in clear.
    if (secure && verb !== 'QUIT') return void socket.destroy()
    if (verb === 'MAIL') {
      from = /<([^>]*)>/.exec(line)?.[1] ?? ''
      to = []
      if (mode === 'mail421') return void socket.end('421 4.7.0 try later\r\n')
      return mode === 'mail550' ? say('550 5.7.1 sender refused') : say('250 ok')
    }
    if (verb === 'RCPT') {
      const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
      recipients.push(address)
      mode = fault(address)
      if (mode === 'rcpt421') return void socket.end('421 4.7.0 too many mails from you, try later\r\n')
      if (mode === 'rcpt451') return say('451 4.7.1 greylisted')
      if (mode === 'rcpt550') return say('550 5.1.1 user unknown')
      if (mode === 'rcpt550policy') return say('550 5.7.1 blocked by policy')
      if (mode === 'rcpt552') return say('552 5.2.2 mailbox full')
      to.push(address)
      return say('250 ok')
    }
    if (verb === 'DATA') {
      if (mode === 'dropBefore354') return void socket.destroy()
      if (mode === 'data421') return void socket.end('421 4.3.2 closing\r\n')
      if (mode === 'data451') return say('451 4.3.0 not now')
      inData = true
      begunAt = 0
      return say('354 go')
    }
    if (verb === 'QUIT') return void socket.end('221 bye\r\n')
    return say('250 ok')
  }
  const dot = (raw: string) => {
    taken.push({ from, to, raw, begunAt })
    if (mode === 'dropAfterDot') return void socket.destroy()
    if (mode === 'silentAfterDot') return
    if (mode === 'dot421') return void socket.end('421 4.3.2 closing\r\n')
    const answers: Partial<Record<Fault, string>> = {
      dot451: '451 4.3.0 later',
      dot550: '550 5.7.1 content',
      dot554: '554 5.6.0 message rejected as spam',
      garbageAfterDot: 'what is this',
    }
    const answer = answers[mode] ?? '250 2.0.0 taken'
    if (delayMs) setTimeout(() => socket.writable && say(answer), delayMs)
    else say(answer)
  }
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1')
    for (;;) {
      if (inData) {
        begunAt ||= Date.now()
        if (mode === 'dropMidBody' && buffer.length > 20) return socket.destroy()
        const end = buffer.indexOf('\r\n.\r\n')
        if (end < 0) return
        const raw = `${buffer.slice(0, end)}\r\n`
        buffer = buffer.slice(end + 5)
        inData = false
        dot(raw.replace(/\r\n\.\./g, '\r\n.'))
        continue
      }
      const end = buffer.indexOf('\r\n')
      if (end < 0) return
      const line = buffer.slice(0, end)
      buffer = buffer.slice(end + 2)
      command(line)
      if (socket.destroyed) return
    }
  })
}
