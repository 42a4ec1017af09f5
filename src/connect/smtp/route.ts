// SMTP as a mail route: our own client, because the moment after 354 is ours and because kept-open, pipelined connections are four times as cheap.
import type { Envelope, MailLine, MailRoute, Outcome, Parcel, SmtpOptions } from '#loop/deliver/sender/port.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import type { Reply } from './replies.ts'
import { openSession, type Session } from './session.ts'
import { stuffed } from './stuff.ts'
import { faultOf, LIMITS, type SmtpLimits } from './wire.ts'

export function smtpRoute(options: SmtpOptions, limits: Partial<SmtpLimits> = {}): MailRoute {
  const patience = { ...LIMITS, ...limits }
  return { kind: 'smtp', open: async () => lineOn(await openSession(options, patience), patience) }
}

interface Line {
  readonly session: Session
  readonly limits: SmtpLimits
  /** The envelope that went out behind the last message; its answers are still to be read. */
  announced: Envelope | null
  /** A transaction was given up on the server's side: RSET before the next. */
  dirty: boolean
  dead: boolean
}

function lineOn(session: Session, limits: SmtpLimits): MailLine {
  const line: Line = { session, limits, announced: null, dirty: false, dead: false }
  return {
    // Answers to an envelope that was announced come as soon as the message before it is taken.
    usable: () => !line.dead && session.wire.calm(line.announced ? STEPS.length : 0),
    close: () => {
      // With an envelope announced the server waits for a message: QUIT would be its first line.
      session.wire.end(line.dead || line.announced ? undefined : 'QUIT\r\n')
      line.dead = true
    },
    send: (parcel) => send(line, parcel),
  }
}

async function send(line: Line, parcel: Parcel): Promise<Outcome> {
  try {
    const refused = await agree(line, parcel)
    if (refused) return refused
    if (!(await parcel.mayBegin().catch(() => false))) {
      // DATA cannot be taken back: the connection goes, and not one byte of the message was sent.
      kill(line)
      return { kind: 'stopped' }
    }
    return await transmit(line, parcel)
  } catch (error) {
    kill(line)
    if (error instanceof SmtpFaultError) return { kind: 'failed', fault: error.fault }
    throw error
  }
}

function kill(line: Line): void {
  line.dead = true
  line.session.wire.end()
}

/** Envelope and DATA: null once the server has said 354. */
async function agree(line: Line, parcel: Parcel): Promise<Outcome | null> {
  const { wire, pipelining, size } = line.session
  const known = line.announced
  line.announced = null
  // The one it was announced for did not come: its envelope must not carry this one.
  if (known && (known.from !== parcel.from || known.to !== parcel.to)) {
    throw new SmtpFaultError(faultOf('ECONNECTION', 'CONN', 'another message had been announced'))
  }
  if (size !== null && (parcel.head?.length ?? 0) + parcel.bytes.length > size) {
    if (known) kill(line)
    return { kind: 'failed', fault: { code: 'EENVELOPE', command: 'MAIL FROM', replyCode: 552, reply: `552 5.3.4 ${size} bytes at most` } }
  }
  if (!known && line.dirty) await reset(line)
  if (!known && pipelining) wire.write(envelopeLines(parcel))
  const stepwise = !known && !pipelining
  let refused: Outcome | null = null
  for (const step of STEPS) {
    // One by one a refusal ends it; in a group the other answers come all the same.
    if (stepwise && refused) break
    if (stepwise) wire.write(step.line(parcel))
    const reply = await wire.reply(step.command === 'DATA' ? line.limits.dataMs : line.limits.answerMs)
    if (reply.code === null) throw new SmtpFaultError(faultOf('EPROTOCOL', step.command, reply))
    if (reply.code === 421) {
      kill(line)
      return refused ?? failed('EENVELOPE', step.command, reply)
    }
    if (!refused && !step.fine(reply.code)) refused = failed('EENVELOPE', step.command, reply)
    // A server may agree to DATA although nobody is to get it: the message is then nothing but its dot (RFC 2920 §3.1).
    else if (refused && reply.code === 354) await emptyMessage(line)
  }
  line.dirty = refused !== null
  return refused
}

const STEPS: readonly { readonly command: string; line(to: Envelope): string; fine(code: number): boolean }[] = [
  { command: 'MAIL FROM', line: ({ from }) => `MAIL FROM:<${from}>\r\n`, fine: (code) => code >= 200 && code < 300 },
  { command: 'RCPT TO', line: ({ to }) => `RCPT TO:<${to}>\r\n`, fine: (code) => code >= 200 && code < 300 },
  { command: 'DATA', line: () => 'DATA\r\n', fine: (code) => code === 354 },
]

const failed = (code: string, command: string, reply: Reply): Outcome => ({ kind: 'failed', fault: faultOf(code, command, reply) })

const envelopeLines = (envelope: Envelope): string => STEPS.map((step) => step.line(envelope)).join('')

async function reset(line: Line): Promise<void> {
  line.session.wire.write('RSET\r\n')
  const reply = await line.session.wire.reply(line.limits.answerMs)
  if (reply.code !== 250) throw new SmtpFaultError(faultOf('EPROTOCOL', 'RSET', reply))
  line.dirty = false
}

async function emptyMessage(line: Line): Promise<void> {
  line.session.wire.write('.\r\n')
  await line.session.wire.reply(line.limits.dotMs)
}

/** The message and its dot; behind them, in the same write, the envelope of the next one (RFC 2920 §3.1 allows both). */
async function transmit(line: Line, parcel: Parcel): Promise<Outcome> {
  const { wire, pipelining } = line.session
  const next = pipelining ? (parcel.next?.() ?? null) : null
  line.announced = next
  wire.writeAll(stuffed(parcel.bytes, next ? envelopeLines(next) : '', parcel.head), parcel.spent)
  const reply = await wire.reply(line.limits.dotMs)
  if (reply.code !== null && reply.code >= 200 && reply.code < 300) return { kind: 'accepted', reply: reply.text }
  // What cannot be read, or says goodbye, leaves nothing on this connection to rely on.
  if (reply.code === null || reply.code === 421 || reply.code < 400) kill(line)
  return failed('EMESSAGE', 'DATA', reply.code !== null && reply.code < 400 ? { ...reply, code: null } : reply)
}
