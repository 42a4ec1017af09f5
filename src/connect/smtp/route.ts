// SMTP by nodemailer's connection: it speaks the protocol, we hold the moment after 354.
import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpFault } from '#loop/deliver/outbox/decide.ts'
import type { MailLine, MailRoute, Outcome, Parcel, SmtpOptions } from '#loop/deliver/sender/port.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'

/** RFC 5321 §4.5.3.2: two minutes for an answer to a command would do, ten after the final dot; nodemailer has one limit for both. */
const TEN_MINUTES = 10 * 60_000

/** Limits that tests shorten. */
export interface SmtpLimits {
  readonly answerMs?: number
  readonly connectMs?: number
}

export function smtpRoute(options: SmtpOptions, limits: SmtpLimits = {}): MailRoute {
  return { kind: 'smtp', open: () => open(options, limits) }
}

async function open(options: SmtpOptions, limits: SmtpLimits): Promise<MailLine> {
  // Loaded by those who send: a web process never needs it.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const connection = new Connection({
    host: options.host,
    port: options.port,
    name: options.name,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    connectionTimeout: limits.connectMs ?? 30_000,
    greetingTimeout: limits.connectMs ?? 30_000,
    socketTimeout: limits.answerMs ?? TEN_MINUTES,
  })
  return new Promise((resolve, reject) => {
    let up = true
    let failed: (error: Error) => void = reject
    connection.on('error', (error: Error) => {
      up = false
      failed(faultError(error))
    })
    connection.on('end', () => {
      up = false
    })
    const ready = () => {
      failed = () => undefined
      resolve(lineOf(connection, () => up))
    }
    connection.connect((error?: Error | null) => {
      if (error) return failed(faultError(error))
      if (!options.user) return ready()
      connection.login({ user: options.user, pass: options.password }, (refused?: Error | null) => {
        if (!refused) return ready()
        connection.close()
        failed(faultError(refused))
      })
    })
  })
}

function lineOf(connection: SMTPConnection, up: () => boolean): MailLine {
  let open = true
  return {
    usable: () => open && up(),
    close: () => {
      open = false
      connection.quit()
      connection.close()
    },
    send: (parcel) =>
      send(connection, parcel).then((outcome) => {
        // After any failure the connection's state is not worth trusting, except for a refused recipient.
        if (outcome.kind === 'stopped' || (outcome.kind === 'failed' && outcome.fault.command !== 'RCPT TO')) {
          open = false
          connection.close()
        }
        return outcome
      }),
  }
}

async function send(connection: SMTPConnection, parcel: Parcel): Promise<Outcome> {
  let stopped = false
  const outcome = await new Promise<Outcome>((resolve) => {
    const body = bodyOf(parcel, () => {
      stopped = true
      resolve({ kind: 'stopped' })
      connection.close()
    })
    connection.send({ from: parcel.from, to: [parcel.to], size: parcel.bytes.length }, body, (error, info) => {
      if (error) resolve({ kind: 'failed', fault: faultOf(error) })
      else resolve({ kind: 'accepted', reply: info?.response ?? '' })
    })
  })
  if (stopped || outcome.kind === 'accepted') return outcome
  if (outcome.kind === 'failed' && outcome.fault.command === 'RCPT TO') await reset(connection)
  return outcome
}

/** The transaction is put back so that the connection can take the next message. */
function reset(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve) => {
    connection.once('end', () => resolve())
    connection.reset(() => resolve())
  })
}

/** nodemailer reads the body for the first time after the server's 354: that read asks whether we may begin. */
function bodyOf(parcel: Parcel, stop: () => void): Readable {
  let asked = false
  return new Readable({
    read() {
      if (asked) return
      asked = true
      parcel.mayBegin().then(
        (yes) => {
          if (!yes) return stop()
          this.push(parcel.bytes)
          this.push(null)
        },
        () => stop(),
      )
    },
  })
}

function faultOf(error: Error): SmtpFault {
  const known = error as Error & { code?: string; command?: string; responseCode?: number; response?: string }
  return {
    code: known.code ?? 'EUNKNOWN',
    command: known.command ?? '',
    replyCode: known.responseCode ?? null,
    reply: String(known.response || known.message).slice(0, 500),
  }
}

function faultError(error: Error): SmtpFaultError {
  return new SmtpFaultError(faultOf(error))
}
