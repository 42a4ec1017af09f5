// The protocol itself: pipelining, TLS, sign-in, odd replies, and addresses that would like to be commands.
import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAddress } from '#loop/deliver/sender/address.ts'
import { SmtpFaultError, type SmtpOptions } from '#loop/deliver/sender/port.ts'
import { startSink } from '../../../test/sink.ts'
import { property } from '../../../test/world.ts'
import { replyReader } from './replies.ts'
import { smtpRoute } from './route.ts'
import { stuffed } from './stuff.ts'

const to = (port: number, more: Partial<SmtpOptions> = {}): SmtpOptions => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  user: '',
  password: '',
  name: 'test.example',
  ...more,
})
const yes = () => Promise.resolve(true)
const letter = (n: number | string) => Buffer.from(`Subject: ${n}\r\n\r\nbody ${n}\r\n`)

/** A server that answers each piece it is sent by a script; it keeps what it heard. */
async function scripted(
  answer: (heard: string, socket: Socket) => string | null,
  offers = '',
): Promise<{ port: number; heard: string[]; close(): void }> {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('220 x\r\n')
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      heard.push(text)
      const said = text.startsWith('EHLO') ? `250-x\r\n${offers}250 8BITMIME\r\n` : answer(text, socket)
      if (said) socket.write(said)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, heard, close: () => server.close() }
}

test('S4 with PIPELINING the next envelope rides behind the message: one write for each mail', async () => {
  const server = await scripted(
    (heard) =>
      `${heard.includes('\r\n.\r\n') ? '250 taken\r\n' : ''}${heard.includes('MAIL FROM') ? '250 ok\r\n250 ok\r\n354 go\r\n' : ''}`,
    '250-PIPELINING\r\n',
  )
  const line = await smtpRoute(to(server.port)).open()
  const envelope = (n: number) => ({ from: 'a@mihon.example', to: `b${n}@example.co.jp` })
  for (let n = 0; n < 3; n++) {
    const outcome = await line.send({ ...envelope(n), bytes: letter(n), mayBegin: yes, next: () => (n < 2 ? envelope(n + 1) : null) })
    expect(outcome.kind).toBe('accepted')
  }
  line.close()
  server.close()
  expect(server.heard.slice(1, 5)).toEqual([
    'MAIL FROM:<a@mihon.example>\r\nRCPT TO:<b0@example.co.jp>\r\nDATA\r\n',
    'Subject: 0\r\n\r\nbody 0\r\n.\r\nMAIL FROM:<a@mihon.example>\r\nRCPT TO:<b1@example.co.jp>\r\nDATA\r\n',
    'Subject: 1\r\n\r\nbody 1\r\n.\r\nMAIL FROM:<a@mihon.example>\r\nRCPT TO:<b2@example.co.jp>\r\nDATA\r\n',
    'Subject: 2\r\n\r\nbody 2\r\n.\r\n',
  ])
})

test('S4 a line whose next envelope is answered already carries on; one whose server says goodbye, or more than it was asked for, does not', async () => {
  const taken = '250 taken\r\n'
  const agreed = '250 ok\r\n250 ok\r\n354 go\r\n'
  const envelope = (n: number) => ({ from: 'a@mihon.example', to: `b${n}@example.co.jp` })
  for (const [behind, usable] of [
    [agreed, true],
    [`${agreed}421 4.3.2 bye\r\n`, false],
    ['', true],
  ] as const) {
    const server = await scripted((heard) => (heard.includes('\r\n.\r\n') ? taken + behind : agreed), '250-PIPELINING\r\n')
    const line = await smtpRoute(to(server.port)).open()
    expect((await line.send({ ...envelope(0), bytes: letter(0), mayBegin: yes, next: () => envelope(1) })).kind).toBe('accepted')
    expect([behind, line.usable()]).toEqual([behind, usable])
    line.close()
    server.close()
  }
})

test('S4 X5 an envelope that was announced carries the message it was announced for, and no other', async () => {
  const server = await scripted(
    (heard) =>
      `${heard.includes('\r\n.\r\n') ? '250 taken\r\n' : ''}${heard.includes('MAIL FROM') ? '250 ok\r\n250 ok\r\n354 go\r\n' : ''}`,
    '250-PIPELINING\r\n',
  )
  const line = await smtpRoute(to(server.port)).open()
  const envelope = (n: number) => ({ from: 'a@mihon.example', to: `b${n}@example.co.jp` })
  expect((await line.send({ ...envelope(0), bytes: letter(0), mayBegin: yes, next: () => envelope(1) })).kind).toBe('accepted')
  let asked = 0
  const other = await line.send({
    ...envelope(2),
    bytes: letter(2),
    mayBegin: () => {
      asked++
      return yes()
    },
  })
  expect(other).toMatchObject({ kind: 'failed', fault: { code: 'ECONNECTION' } })
  expect([asked, line.usable()]).toEqual([0, false])
  expect(server.heard.join('')).not.toMatch(/body 2|RCPT TO:<b2/)
  server.close()
})

test('S4 S5 a recipient refused in a group leaves nothing behind: an agreed DATA is closed with its dot, and RSET comes before the next', async () => {
  let n = 0
  const server = await scripted((heard) => {
    if (heard.startsWith('MAIL')) return n++ ? '250 ok\r\n250 ok\r\n354 go\r\n' : '250 ok\r\n550 5.1.1 unknown\r\n354 go\r\n'
    if (heard === '.\r\n') return '554 nobody\r\n'
    return heard.startsWith('RSET') ? '250 ok\r\n' : '250 taken\r\n'
  }, '250-PIPELINING\r\n')
  const line = await smtpRoute(to(server.port)).open()
  let asked = 0
  const mayBegin = () => {
    asked++
    return yes()
  }
  const first = await line.send({ from: 'a@mihon.example', to: 'dead@example.co.jp', bytes: letter(1), mayBegin })
  expect(first).toMatchObject({ kind: 'failed', fault: { code: 'EENVELOPE', command: 'RCPT TO', replyCode: 550 } })
  expect(asked).toBe(0)
  expect(line.usable()).toBe(true)
  expect((await line.send({ from: 'a@mihon.example', to: 'b@example.co.jp', bytes: letter(2), mayBegin })).kind).toBe('accepted')
  line.close()
  server.close()
  expect(server.heard[2]).toBe('.\r\n')
  expect(server.heard[3]).toBe('RSET\r\n')
})

test('S4 words put before TLS by somebody else end the connection; without STARTTLS no password leaves', async () => {
  const injected = await scripted(
    (heard) => (heard.startsWith('STARTTLS') ? '220 go\r\n250 injected\r\n' : '250 ok\r\n'),
    '250-STARTTLS\r\n',
  )
  const plain = await scripted(() => '250 ok\r\n')
  for (const server of [injected, plain]) {
    const failed = await smtpRoute(to(server.port, { security: 'starttls', user: 'u', password: 'geheim' }), { connectMs: 2_000 })
      .open()
      .catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(SmtpFaultError)
    expect(server.heard.join('')).not.toMatch(/AUTH|geheim/)
    server.close()
  }
})

test('S4 sign-in by PLAIN or LOGIN, and a refusal is the route’s fault', async () => {
  const plain = await scripted((heard) => (heard.startsWith('AUTH PLAIN') ? '235 in\r\n' : '221 bye\r\n'), '250-AUTH PLAIN LOGIN\r\n')
  ;(await smtpRoute(to(plain.port, { user: '利用者', password: 'p' })).open()).close()
  expect(Buffer.from(plain.heard[1]?.split(' ')[2] ?? '', 'base64').toString()).toBe('\0利用者\0p')
  const login = await scripted(
    (heard) => (heard.startsWith('QUIT') ? '221 bye\r\n' : heard === 'cA==\r\n' ? '235 in\r\n' : '334 x\r\n'),
    '250-AUTH LOGIN\r\n',
  )
  ;(await smtpRoute(to(login.port, { user: 'u', password: 'p' })).open()).close()
  expect(login.heard.slice(1, 4)).toEqual(['AUTH LOGIN\r\n', 'dQ==\r\n', 'cA==\r\n'])
  const refused = await scripted(() => '535 5.7.8 no\r\n', '250-AUTH PLAIN\r\n')
  await expect(smtpRoute(to(refused.port, { user: 'u', password: 'x' })).open()).rejects.toMatchObject({
    fault: { code: 'EAUTH', replyCode: 535 },
  })
  for (const server of [plain, login, refused]) server.close()
})

test('S4 replies are the same however the network cuts them; a line that is none is told from an answer', () => {
  const said = '250-first\r\n250-PIPELINING\r\n250 last\r\n354 go\n421 4.3.2 bye\r\nwhat is this\r\n250\r\n'
  const want = [250, 354, 421, null, 250]
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (cuts) => {
      const reader = replyReader()
      const codes: (number | null)[] = []
      for (let at = 0, i = 0; at < said.length; i++) {
        const length = cuts[i % cuts.length] ?? 1
        codes.push(...reader.read(said.slice(at, at + length)).map((reply) => reply.code))
        at += length
      }
      expect(codes).toEqual(want)
      expect(reader.pending()).toBe(false)
    }),
    property,
  )
})

test('S4 whatever bytes a server says, what is kept of it is text', () => {
  const [good, bad] = replyReader().read('250 2.0.0 taken\0 as \x1b[31m1\r\n\0what\x85\r\n')
  expect([good, bad]).toEqual([
    { code: 250, text: '250 2.0.0 taken  as  [31m1' },
    { code: null, text: ' what ' },
  ])
  expect(replyReader().read('\0'.repeat(9_000))).toEqual([{ code: null, text: ' '.repeat(500) }])
})

test('S4 no message ends before its end: dots are doubled after every line end, and taking them away gives the message back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('.', '..', 'a', '\r\n', '\n', '\r', '.\r\n', '\r\n.\r\n'), { maxLength: 30 }), (parts) => {
      const message = parts.join('')
      const wire = Buffer.concat(stuffed(Buffer.from(message), '')).toString()
      expect(wire.endsWith('\r\n.\r\n') || wire === '.\r\n').toBe(true)
      const body = wire.slice(0, -3)
      expect(
        body
          .split('\n')
          .slice(0, -1)
          .every((line) => line !== '.' && line !== '.\r'),
      ).toBe(true)
      const back = body
        .split('\n')
        .map((line) => (line.startsWith('.') ? line.slice(1) : line))
        .join('\n')
      expect(back === message || back === `${message}\r\n`).toBe(true)
    }),
    { ...property, numRuns: 500 },
  )
})

test('X5 of 5,000 crooked addresses the server hears exactly the one recipient that was meant, or none', async () => {
  const sink = await startSink()
  const line = await smtpRoute(to(sink.port)).open()
  const bit = fc.constantFrom(
    'a',
    'lead1',
    '@',
    '@example.co.jp',
    '..',
    '.',
    ',',
    ';',
    '<',
    '>',
    '"',
    '\\',
    ' ',
    '\r\n',
    '\n',
    '\0',
    'RCPT TO:<x@evil.example>',
    '日本',
    '%',
    '!',
    '|',
    '[127.0.0.1]',
    '(c)',
    '-',
    'b.example',
    '\u2028',
    '＠',
    'xn--',
    ':',
    'DATA',
  )
  const text = fc.tuple(fc.array(bit, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '@example.co.jp'))
  const crooked = fc.sample(
    text.map(([parts, end]) => parts.join('') + end),
    { numRuns: 5_000, seed: property.seed },
  )
  const meant: string[] = []
  for (const text of crooked) {
    const address = readAddress(text)
    if (!address) continue
    meant.push(address.wire)
    await line.send({ from: 'a@mihon.example', to: address.wire, bytes: letter('x'), mayBegin: yes })
  }
  line.close()
  await sink.close()
  expect(meant.length).toBeGreaterThan(50)
  expect(sink.recipients).toEqual(meant)
  expect(sink.taken.every((mail) => mail.to.length === 1)).toBe(true)
})
