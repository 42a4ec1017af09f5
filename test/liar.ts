// A DNS server on loopback that says what a test tells it to: wrong, changing, none, broken, or nothing at all.
import { createSocket } from 'node:dgram'

/** Records of a name: TXT strings, `prio host` of MX, addresses, names. `fail` is SERVFAIL, `silent` no answer, `garbage` noise. */
export type Said = readonly string[] | 'fail' | 'silent' | 'garbage'
export type Kind = 'TXT' | 'MX' | 'A' | 'AAAA' | 'PTR'

export interface Liar {
  /** For `setServers`. */
  readonly server: string
  /** Every question, as `TXT name`. */
  readonly asked: string[]
  close(): Promise<void>
}

const KINDS: Readonly<Record<number, Kind>> = { 1: 'A', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA' }

/** Starts one. `say` is asked at every question, so that it may say something else the second time; undefined: there is no such name. */
export function startLiar(say: (kind: Kind, name: string) => Said | undefined): Promise<Liar> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    const { name, end } = nameAt(question, 12)
    const type = question.readUInt16BE(end)
    const kind = KINDS[type]
    if (!kind) return
    asked.push(`${kind} ${name}`)
    const said = say(kind, name.toLowerCase())
    if (said === 'silent') return
    if (said === 'garbage') return void socket.send(Buffer.from('what is this, it is no DNS'), from.port, from.address)
    socket.send(answer(question.subarray(0, end + 4), type, kind, said), from.port, from.address)
  })
  return new Promise((resolve) =>
    socket.bind(0, '127.0.0.1', () =>
      resolve({
        server: `127.0.0.1:${socket.address().port}`,
        asked,
        close: () => new Promise((done) => socket.close(() => done())),
      }),
    ),
  )
}

function answer(question: Buffer, type: number, kind: Kind, said: Said | undefined): Buffer {
  const records = Array.isArray(said) ? (said as readonly string[]) : []
  const head = Buffer.from(question)
  // Recursion is there; NXDOMAIN 3, SERVFAIL 2.
  head.writeUInt16BE(0x8180 | (said === undefined ? 3 : said === 'fail' ? 2 : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  const rows = records.map((text) => {
    const data = dataOf(kind, text)
    const row = Buffer.alloc(12)
    row.writeUInt16BE(0xc00c, 0)
    row.writeUInt16BE(type, 2)
    row.writeUInt16BE(1, 4)
    row.writeUInt32BE(0, 6)
    row.writeUInt16BE(data.length, 10)
    return Buffer.concat([row, data])
  })
  return Buffer.concat([head, ...rows])
}

function dataOf(kind: Kind, text: string): Buffer {
  if (kind === 'A') return Buffer.from(text.split('.').map(Number))
  if (kind === 'AAAA') return Buffer.from(text.replaceAll(':', ''), 'hex')
  if (kind === 'PTR') return wireName(text)
  if (kind === 'MX') {
    const [priority = '0', host = ''] = text.split(' ')
    return Buffer.concat([Buffer.from([0, Number(priority)]), wireName(host)])
  }
  const strings = text.match(/[\s\S]{1,200}/g) ?? ['']
  return Buffer.concat(strings.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')])))
}

const wireName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ])

function nameAt(bytes: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = []
  let at = from
  for (let length = bytes[at] ?? 0; length; length = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.'), end: at + 1 }
}
