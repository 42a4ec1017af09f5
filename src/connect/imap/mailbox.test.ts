import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openMailbox } from './mailbox.ts'
import { quoted } from './wire.ts'

/** A small IMAP server: it numbers mails, knows one password, and writes down what it was told. */
function imapServer(mails: ReadonlyMap<number, Buffer>, how: { readonly slowly?: boolean; readonly hangUpAt?: string } = {}) {
  const told: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const say = (text: string | Buffer) => {
      const bytes = Buffer.from(text as string)
      if (!how.slowly) return void socket.write(bytes)
      for (let i = 0; i < bytes.length; i += 7) socket.write(bytes.subarray(i, i + 7))
    }
    say('* OK ready\r\n')
    let held = ''
    socket.on('data', (data) => {
      held += data.toString('latin1')
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end)
        held = held.slice(end + 2)
        const [tag = '', ...words] = line.split(' ')
        const command = words.join(' ')
        told.push(command)
        if (how.hangUpAt && command.startsWith(how.hangUpAt)) return socket.destroy()
        answer(command, tag, say)
      }
    })
  })
  const answer = (command: string, tag: string, say: (text: string | Buffer) => void) => {
    if (command.startsWith('LOGIN'))
      return say(command === 'LOGIN "bounce" "pass\\"word"' ? `${tag} OK in\r\n` : `${tag} NO [AUTHENTICATIONFAILED] wrong\r\n`)
    if (command.startsWith('EXAMINE')) return say(`* ${mails.size} EXISTS\r\n* OK [UIDVALIDITY 77] fine\r\n${tag} OK [READ-ONLY] open\r\n`)
    const list = /^UID FETCH (\d+):\* /.exec(command)
    if (list) {
      const above = [...mails].filter(([uid], i) => uid >= Number(list[1]) || i === mails.size - 1)
      return say(`${above.map(([uid, raw], i) => `* ${i + 1} FETCH (UID ${uid} RFC822.SIZE ${raw.length})\r\n`).join('')}${tag} OK\r\n`)
    }
    const one = /^UID FETCH (\d+) \(BODY\.PEEK\[\]\)/.exec(command)
    const raw = one && mails.get(Number(one[1]))
    if (one && raw) {
      say(`* 1 FETCH (UID ${one[1]} BODY[] {${raw.length}}\r\n`)
      say(raw)
      return say(`)\r\n${tag} OK\r\n`)
    }
    return say(`${tag} OK\r\n`)
  }
  return new Promise<{ port: number; told: string[]; close: () => void }>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        told,
        close: () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        },
      })
    })
  })
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
const serve = async (...given: Parameters<typeof imapServer>) => {
  const server = await imapServer(...given)
  closing.push(server.close)
  return server
}
const options = (port: number, password = 'pass"word') => ({
  host: '127.0.0.1',
  port,
  security: 'none' as const,
  user: 'bounce',
  password,
  folder: 'INBOX',
})
const mail = (n: number) => Buffer.from(`Subject: ${n}\r\n\r\n日本語 {5}\r\nh3 OK not an answer\r\n)\r\n`)

test('E2 a mailbox is read in pages by number, byte for byte, without marking anything', async () => {
  const mails = new Map([3, 4, 9, 10].map((uid) => [uid, mail(uid)]))
  const server = await serve(mails, { slowly: true })
  const mailbox = await openMailbox(options(server.port))
  expect(mailbox.validity).toBe(77)
  expect(await mailbox.take(0, 3)).toEqual([3, 4, 9].map((uid) => ({ uid, raw: mail(uid) })))
  expect(await mailbox.take(9, 3)).toEqual([{ uid: 10, raw: mail(10) }])
  // `11:*` names the last mail all the same.
  expect(await mailbox.take(10, 3)).toEqual([])
  await mailbox.close()
  expect(server.told.some((line) => /STORE|SELECT |MOVE|EXPUNGE/.test(line))).toBe(false)
})

test('E2 a wrong password and a server that hangs up are said, and no word can break out of its quotes', async () => {
  const server = await serve(new Map())
  await expect(openMailbox(options(server.port, 'wrong'))).rejects.toThrow('AUTHENTICATIONFAILED')
  const rude = await serve(new Map([[1, mail(1)]]), { hangUpAt: 'UID FETCH' })
  const mailbox = await openMailbox(options(rude.port))
  await expect(mailbox.take(0, 10)).rejects.toThrow()
  expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"')
  await expect(openMailbox(options(server.port, 'x\r\nA DELETE INBOX'))).rejects.toThrow('line break')
})
