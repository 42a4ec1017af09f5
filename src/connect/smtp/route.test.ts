import { expect, test } from 'vitest'
import { classify } from '#loop/deliver/outbox/decide.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import { FAULTS, type Fault, startSink } from '../../../test/sink.ts'
import { smtpRoute } from './route.ts'

/** The table of reliability.md §2: our class, and whether the server really has the mail. */
const TABLE: Readonly<Record<Fault, readonly [string, boolean]>> = {
  none: ['sent', true],
  splitReplies: ['sent', true],
  greeting421: ['deferred', false],
  greeting554: ['deferred', false],
  mail421: ['deferred', false],
  mail550: ['refused', false],
  rcpt451: ['deferred', false],
  rcpt550: ['refused dead', false],
  rcpt550policy: ['refused', false],
  dropBefore354: ['deferred', false],
  data451: ['deferred', false],
  dropMidBody: ['unknown', false],
  dropAfterDot: ['unknown', true],
  silentAfterDot: ['unknown', true],
  dot451: ['deferred', true],
  dot421: ['deferred', true],
  dot550: ['refused', true],
  garbageAfterDot: ['unknown', true],
}

async function attempt(fault: Fault): Promise<{ verdict: string; taken: number; marks: number }> {
  const sink = await startSink(() => fault)
  let marks = 0
  const parcel = {
    from: 'news@mihon.example',
    to: 'a@example.co.jp',
    bytes: Buffer.from(`Subject: x\r\n\r\n${'body\r\n'.repeat(2_000)}`),
    mayBegin: () => {
      expect(sink.taken).toHaveLength(0)
      marks++
      return Promise.resolve(true)
    },
  }
  const route = smtpRoute(
    { host: '127.0.0.1', port: sink.port, security: 'none', user: '', password: '', name: 'test.example' },
    { answerMs: 400, dotMs: 400, dataMs: 400, connectMs: 2_000 },
  )
  const verdict = await route.open().then(
    async (line) => {
      const outcome = await line.send(parcel)
      line.close()
      if (outcome.kind !== 'failed') return outcome.kind === 'accepted' ? 'sent' : 'stopped'
      return worded(classify(outcome.fault, marks > 0))
    },
    (error) => {
      if (!(error instanceof SmtpFaultError)) throw error
      return worded(classify(error.fault, false))
    },
  )
  await sink.close()
  return { verdict, taken: sink.taken.length, marks }
}

const worded = (verdict: ReturnType<typeof classify>) => (verdict.status === 'refused' && verdict.dead ? 'refused dead' : verdict.status)

for (const fault of FAULTS) {
  test(`S4 fault ${fault} is classified as ${TABLE[fault][0]}`, async () => {
    const { verdict, taken } = await attempt(fault)
    expect([verdict, taken > 0]).toEqual(TABLE[fault])
  })
}

test('S4 when the mark is refused not one byte of the body leaves', async () => {
  const sink = await startSink()
  const line = await smtpRoute({
    host: '127.0.0.1',
    port: sink.port,
    security: 'none',
    user: '',
    password: '',
    name: 'test.example',
  }).open()
  const outcome = await line.send({
    from: 'a@mihon.example',
    to: 'b@example.co.jp',
    bytes: Buffer.from('Subject: x\r\n\r\nx\r\n'),
    mayBegin: () => Promise.resolve(false),
  })
  expect(outcome.kind).toBe('stopped')
  expect(line.usable()).toBe(false)
  await sink.close()
  expect(sink.taken).toHaveLength(0)
})

test('S5 one refused recipient does not spoil the connection for the next', async () => {
  const sink = await startSink((to) => (to.startsWith('bad') ? 'rcpt550' : 'none'))
  const line = await smtpRoute({
    host: '127.0.0.1',
    port: sink.port,
    security: 'none',
    user: '',
    password: '',
    name: 'test.example',
  }).open()
  const send = (to: string) =>
    line.send({ from: 'a@mihon.example', to, bytes: Buffer.from('Subject: x\r\n\r\n.dot\r\n'), mayBegin: () => Promise.resolve(true) })
  const kinds = [await send('ok1@example.co.jp'), await send('bad@example.co.jp'), await send('ok2@example.co.jp')].map((o) => o.kind)
  line.close()
  await sink.close()
  expect(kinds).toEqual(['accepted', 'failed', 'accepted'])
  expect(sink.taken.map((t) => t.to[0])).toEqual(['ok1@example.co.jp', 'ok2@example.co.jp'])
  expect(sink.taken[0]?.raw).toContain('\r\n.dot\r\n')
})
