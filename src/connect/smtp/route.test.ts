import { expect, test } from 'vitest'
import { classify } from '#loop/deliver/outbox/decide.ts'
import { SmtpFaultError } from '#loop/deliver/sender/port.ts'
import { selfSigned } from '../../../test/certificate.ts'
import { EXPECTED, FAULTS, type Fault, type SinkTls, startSink, worded } from '../../../test/sink.ts'
import { smtpRoute } from './route.ts'

const OWN = selfSigned('localhost', new Date('2020-01-01T00:00:00Z'))
const SECURED: Readonly<Record<SinkTls['way'], SinkTls>> = { tls: { ...OWN, way: 'tls' }, starttls: { ...OWN, way: 'starttls' } }

async function attempt(fault: Fault, tls?: SinkTls): Promise<{ verdict: string; taken: number; marks: number }> {
  const sink = await startSink(() => fault, 0, tls)
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
    { host: tls ? 'localhost' : '127.0.0.1', port: sink.port, security: tls?.way ?? 'none', user: '', password: '', name: 'test.example' },
    { answerMs: 400, dotMs: 400, dataMs: 400, connectMs: 2_000, ...(tls ? { ca: tls.pem } : {}) },
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

for (const fault of FAULTS) {
  test(`S4 fault ${fault} is classified as ${EXPECTED[fault][0]}`, async () => {
    const { verdict, taken } = await attempt(fault)
    expect([verdict, taken > 0]).toEqual(EXPECTED[fault])
  })
}

for (const way of ['tls', 'starttls'] as const) {
  test(`S4 over ${way} each fault is classified as it is in clear, and no byte of the body goes before its mark`, async () => {
    for (const fault of FAULTS) {
      const { verdict, taken } = await attempt(fault, SECURED[way])
      expect([fault, verdict, taken > 0]).toEqual([fault, ...EXPECTED[fault]])
    }
  })

  test(`S4 over ${way} a certificate must be signed by somebody known and carry the name; one’s own is taken when that is said`, async () => {
    const sink = await startSink(undefined, 0, SECURED[way])
    const other = selfSigned('mail.other.example', new Date('2020-01-01T00:00:00Z'))
    const stranger = await startSink(undefined, 0, { ...other, way })
    const old = selfSigned('localhost', new Date('2001-01-01T00:00:00Z'))
    const expired = await startSink(undefined, 0, { ...old, way })
    const open = (port: number, more: object, limits: object = {}) =>
      smtpRoute({ host: 'localhost', port, security: way, user: '', password: '', name: 'test.example', ...more }, limits).open()
    const refused = { fault: { code: 'ETLS', command: 'CONN' } }
    await expect(open(sink.port, {})).rejects.toMatchObject(refused)
    await expect(open(sink.port, { host: '127.0.0.1' }, { ca: OWN.pem })).rejects.toMatchObject(refused)
    await expect(open(stranger.port, {}, { ca: other.pem })).rejects.toMatchObject(refused)
    await expect(open(expired.port, {}, { ca: old.pem })).rejects.toMatchObject(refused)
    expect([sink, stranger, expired].flatMap((one) => one.recipients)).toEqual([])
    const line = await open(stranger.port, { anyCertificate: true })
    const body = Buffer.from(`Subject: x\r\n\r\n${'見本\r\n'.repeat(40_000)}`)
    for (const to of ['b@example.co.jp', 'c@example.co.jp'])
      expect((await line.send({ from: 'a@mihon.example', to, bytes: body, mayBegin: () => Promise.resolve(true) })).kind).toBe('accepted')
    line.close()
    await Promise.all([sink.close(), stranger.close(), expired.close()])
    expect(stranger.taken.map((mail) => mail.to[0])).toEqual(['b@example.co.jp', 'c@example.co.jp'])
    expect(Buffer.from(stranger.taken[1]?.raw ?? '', 'latin1').equals(body)).toBe(true)
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
