// S4: every fault of reliability.md §2, a thousand times each over TLS, and what the house makes of it.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { smtpRoute } from '#connect/smtp/route.ts'
import { LIMITS, type SmtpLimits } from '#connect/smtp/wire.ts'
import { classify } from '#loop/deliver/outbox/decide.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import { EXPECTED, FAULTS, type Fault, worded } from '../sink.ts'
import { startServer } from './mailing.ts'
import type { Row } from './row.ts'

const LANES = 25
const BODY = Buffer.from(`Subject: x\r\n\r\n${'見本\r\n'.repeat(500)}`)
/** How long a server may be silent; what RFC 5321 §4.5.3.2 grants would make the row last a week. */
const IMPATIENT: Partial<SmtpLimits> = { answerMs: 1_500, greetingMs: 1_500, dotMs: 1_500, dataMs: 1_500, connectMs: 10_000 }

const routeTo = (port: number, limits: Partial<SmtpLimits>) =>
  smtpRoute({ host: '127.0.0.1', port, security: 'tls', user: '', password: '', name: 'test.example', anyCertificate: true }, limits)

/** Sends one mail over a connection of its own. @returns the class it ends in */
async function outcomeOf(port: number, to: string, limits: Partial<SmtpLimits>): Promise<string> {
  let marked = false
  const mayBegin = (): Promise<boolean> => {
    marked = true
    return Promise.resolve(true)
  }
  try {
    const line = await routeTo(port, limits).open()
    const outcome = await line.send({ from: 'news@mihon.example', to, bytes: BODY, mayBegin })
    line.close()
    if (outcome.kind !== 'failed') return outcome.kind === 'accepted' ? 'sent' : 'stopped'
    return worded(classify(outcome.fault, marked))
  } catch (error) {
    if (!(error instanceof SmtpFaultError)) throw error
    return worded(classify(error.fault, marked))
  }
}

/** Throws one fault so many times. @returns how often the class or the server's own book was another than the table's */
async function wrongOf(fault: Fault, times: number): Promise<number> {
  const sink = await startServer(() => fault)
  const classes: string[] = []
  let n = 0
  const lane = async (): Promise<void> => {
    while (n < times) classes.push(await outcomeOf(sink.port, `a${n++}@example.co.jp`, IMPATIENT))
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await sink.close()
  const [expected, has] = EXPECTED[fault]
  const taken = new Set(sink.taken.flatMap((mail) => mail.to)).size
  return classes.filter((one) => one !== expected).length + (has ? times - taken : taken)
}

/** A 250 that comes late, yet within what the client grants, is a 250. */
async function lateAnswer(ms: number, limits: Partial<SmtpLimits>): Promise<string> {
  const sink = await startServer(undefined, ms)
  const outcome = await outcomeOf(sink.port, 'late@example.co.jp', limits)
  await sink.close()
  return outcome
}

export const scriptedFaults: Row = {
  id: 'S4',
  title:
    'S4 each fault a mail server can show, over TLS, is classified as the table of the SMTP window says; a 250 nine minutes late is a 250',
  async run(_ground, scale, _seed) {
    const times = scale === 'full' ? 1_000 : LANES
    ok(LIMITS.dotMs >= 600_000, 'RFC 5321 §4.5.3.2.6: ten minutes after the dot')
    const late = scale === 'full' ? lateAnswer(9 * 60_000, {}) : lateAnswer(2_000, { dotMs: 20_000 })
    const wrong: [Fault, number][] = []
    for (const fault of FAULTS) wrong.push([fault, await wrongOf(fault, times)])
    deepEqual(
      wrong.filter(([, n]) => n > 0),
      [],
      'classified as another',
    )
    equal(await late, 'sent')
    return `${FAULTS.length} faults × ${times} over TLS: ${FAULTS.length * times} of ${FAULTS.length * times} as the table says; the late 250 was taken for what it is`
  },
}
