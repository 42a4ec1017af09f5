// From the greeting to the moment where mail can be handed over: EHLO, STARTTLS, sign-in.
import type { SmtpOptions } from '#loop/deliver/sender/port.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import { offersOf, type Reply } from './replies.ts'
import { faultOf, openWire, type SmtpLimits, type Wire } from './wire.ts'

/** An open, greeted and signed-in connection. */
export interface Session {
  readonly wire: Wire
  readonly pipelining: boolean
  /** Bytes the server takes at most; null when it does not say. */
  readonly size: number | null
}

const ok = (reply: Reply, code: number) => reply.code !== null && Math.floor(reply.code / 100) === Math.floor(code / 100)

/** @throws SmtpFaultError: nothing was sent */
export async function openSession(options: SmtpOptions, limits: SmtpLimits): Promise<Session> {
  const wire = await openWire(options, limits)
  try {
    const greeting = await wire.reply(limits.greetingMs)
    if (greeting.code !== 220) throw new SmtpFaultError(faultOf('EPROTOCOL', 'CONN', greeting))
    let offers = await hello(wire, options, limits)
    if (options.security === 'starttls') {
      // Required: without it neither the password nor the mail may go.
      if (!offers.has('STARTTLS')) throw new SmtpFaultError(faultOf('ETLS', 'STARTTLS', 'the server does not offer STARTTLS'))
      const agreed = await ask(wire, 'STARTTLS', limits.answerMs)
      if (agreed.code !== 220) throw new SmtpFaultError(faultOf('ETLS', 'STARTTLS', agreed))
      await wire.secure()
      offers = await hello(wire, options, limits)
    }
    if (options.user) await signIn(wire, options, offers.get('AUTH') ?? '', limits)
    const size = Number(offers.get('SIZE') || 0)
    return { wire, pipelining: offers.has('PIPELINING'), size: size > 0 ? size : null }
  } catch (error) {
    wire.end()
    throw error
  }
}

async function hello(wire: Wire, options: SmtpOptions, limits: SmtpLimits): Promise<ReadonlyMap<string, string>> {
  const name = /^[0-9.]+$/.test(options.name) ? `[${options.name}]` : options.name
  const answer = await ask(wire, `EHLO ${name}`, limits.answerMs)
  if (ok(answer, 250)) return offersOf(answer)
  if (answer.code === 421 || answer.code === null) throw new SmtpFaultError(faultOf('EPROTOCOL', 'EHLO', answer))
  const old = await ask(wire, `HELO ${name}`, limits.answerMs)
  if (!ok(old, 250)) throw new SmtpFaultError(faultOf('EPROTOCOL', 'HELO', old))
  return new Map()
}

async function signIn(wire: Wire, { user, password }: SmtpOptions, offered: string, limits: SmtpLimits): Promise<void> {
  const ways = offered.split(' ')
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
  const step = (line: string) => ask(wire, line, limits.answerMs)
  let answer: Reply
  if (ways.includes('PLAIN')) {
    answer = await step(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`)
  } else if (ways.includes('LOGIN')) {
    answer = await step('AUTH LOGIN')
    if (answer.code === 334) answer = await step(base64(user))
    if (answer.code === 334) answer = await step(base64(password))
  } else {
    throw new SmtpFaultError(faultOf('EAUTH', 'AUTH', 'the server offers no way to sign in that we know (PLAIN, LOGIN)'))
  }
  if (answer.code !== 235) throw new SmtpFaultError(faultOf('EAUTH', 'AUTH', answer))
}

function ask(wire: Wire, line: string, withinMs: number): Promise<Reply> {
  wire.write(`${line}\r\n`)
  return wire.reply(withinMs)
}
