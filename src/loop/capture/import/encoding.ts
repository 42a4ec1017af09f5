// Which letters do these bytes stand for? The whole file is looked at, not only its head: a customer list may be plain ASCII for thousands of rows.
import iconv from 'iconv-lite'

export const ENCODINGS = ['utf-8', 'cp932', 'utf-16le', 'utf-16be'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Reads pieces of a file one after the other; what cannot be read becomes U+FFFD. */
export interface Decoder {
  push(bytes: Buffer): string
  end(): string
}

export function openDecoder(encoding: Encoding): Decoder {
  if (encoding === 'cp932') {
    const inner = iconv.getDecoder('cp932')
    return { push: (bytes) => inner.write(bytes), end: () => inner.end() ?? '' }
  }
  const inner = new TextDecoder(encoding, { ignoreBOM: true })
  return { push: (bytes) => inner.decode(bytes, { stream: true }), end: () => inner.decode() }
}

/** What the pieces of a file say about its encoding; fed in order. */
export interface Evidence {
  head: Buffer
  readonly utf8: InstanceType<typeof TextDecoder>
  isUtf8: boolean
  readonly zeros: { even: number; odd: number; bytes: number }
  /** Letters that cannot be read, in samples over the whole file, when read as each. */
  readonly bad: { utf8: number; cp932: number }
  pieces: number
}

export const newEvidence = (): Evidence => ({
  head: Buffer.alloc(0),
  utf8: new TextDecoder('utf-8', { fatal: true }),
  isUtf8: true,
  zeros: { even: 0, odd: 0, bytes: 0 },
  bad: { utf8: 0, cp932: 0 },
  pieces: 0,
})

const HEAD = 64 * 1024

/** Weighs the next piece. Pieces must begin at even offsets. */
export function weigh(evidence: Evidence, piece: Buffer): void {
  if (evidence.head.length < HEAD) evidence.head = Buffer.concat([evidence.head, piece.subarray(0, HEAD - evidence.head.length)])
  if (evidence.zeros.bytes < 4 * HEAD) countZeros(evidence, piece.subarray(0, HEAD))
  if (evidence.isUtf8) {
    try {
      evidence.utf8.decode(piece, { stream: true })
    } catch {
      evidence.isUtf8 = false
    }
  }
  // The first pieces wholly, later ones by a sample cut at ends of lines: reading 200 MB as CP932 takes seconds.
  const sample = evidence.pieces++ < 16 ? piece : piece.subarray(0, HEAD)
  const from = evidence.pieces === 1 ? 0 : Math.max(0, sample.indexOf(0x0a) + 1)
  const whole = sample.subarray(from, Math.max(from, sample.lastIndexOf(0x0a)))
  if (isHigh(whole)) {
    evidence.bad.utf8 += unread(whole.toString('utf8'))
    evidence.bad.cp932 += unread(iconv.decode(whole, 'cp932'))
  }
}

function countZeros(evidence: Evidence, piece: Buffer): void {
  for (let i = 0; i < piece.length; i++) if (piece[i] === 0) evidence.zeros[i % 2 ? 'odd' : 'even']++
  evidence.zeros.bytes += piece.length
}

const isHigh = (bytes: Buffer): boolean => {
  for (const byte of bytes) if (byte > 0x7f) return true
  return false
}

function unread(text: string): number {
  let n = 0
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) n++
  return n
}

/**
 * The encoding the evidence speaks for: a byte order mark, then zeros in every second place (UTF-16 without a mark), then UTF-8 if all of it
 * reads as such, else whichever of UTF-8 and CP932 leaves fewer letters unread.
 */
export function verdict(evidence: Evidence): Encoding {
  const { head, zeros, bad } = evidence
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const many = Math.max(2, zeros.bytes / 50)
  if (zeros.odd > many && zeros.odd > zeros.even * 8) return 'utf-16le'
  if (zeros.even > many && zeros.even > zeros.odd * 8) return 'utf-16be'
  if (evidence.isUtf8) return 'utf-8'
  return bad.utf8 < bad.cp932 ? 'utf-8' : 'cp932'
}

/** The delimiter a first line speaks for. */
export function guessDelimiter(line: string): string {
  const counts = [',', '\t', ';'].map((mark) => ({ mark, n: line.split(mark).length }))
  return counts.reduce((best, one) => (one.n > best.n ? one : best)).mark
}
