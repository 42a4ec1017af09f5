// Base64 in lines (RFC 2045 §6.8), of words that are partly the same for everybody: what many mails have in common is encoded once and copied.

/** Bytes that make a line of 76. */
const LINE = 57
const CR = 13
const LF = 10

/** Length of bytes in base64, in lines of 76 with CRLF each. */
export const encodedLength = (bytes: number): number => Math.ceil(bytes / 3) * 4 + Math.ceil(bytes / LINE) * 2

/** Writes base64 in lines: all of it at the end of its room, then line after line moved to its place. @returns where it ended */
export function writeBase64(source: Buffer, target: Buffer, at: number): number {
  const end = at + encodedLength(source.length)
  const text = source.toString('base64')
  let from = end - text.length
  target.write(text, from, 'latin1')
  for (let to = at; to < end; ) {
    const length = Math.min(76, end - from)
    target.copyWithin(to, from, from + length)
    from += length
    to += length
    target[to++] = CR
    target[to++] = LF
  }
  return end
}

/** Bytes in base64, in lines of 76 with CRLF each. */
export function inBase64(source: Buffer): Buffer {
  const target = Buffer.allocUnsafe(encodedLength(source.length))
  writeBase64(source, target, 0)
  return target
}

/** Words that many mails have in common, and their lines for each of the places at which they may begin within three bytes. */
export interface Common {
  readonly bytes: Buffer
  readonly lines: (Buffer | undefined)[]
}

export const commonOf = (text: string): Common => ({ bytes: Buffer.from(text, 'utf8'), lines: [] })

/** Shorter ones are written like words of one's own: lines of a few letters would cost more than they save. */
const WORTH = 3 * LINE

/** A piece of memory that mails are written into, one behind the other, and what of the present part fills no line yet. */
export interface Sheet {
  room: Buffer<ArrayBuffer>
  at: number
  open: Buffer
  held: number
}

export const sheetOn = (room: ArrayBuffer): Sheet => ({ room: Buffer.from(room), at: 0, open: Buffer.allocUnsafeSlow(4_096), held: 0 })

/** ASCII as it stands: what is between the parts. */
export function putPlain(sheet: Sheet, text: string): void {
  makeRoom(sheet, text.length)
  sheet.at += sheet.room.write(text, sheet.at, 'latin1')
}

/** Bytes as they stand. */
export function putBytes(sheet: Sheet, bytes: Buffer): void {
  makeRoom(sheet, bytes.length)
  sheet.at += bytes.copy(sheet.room, sheet.at)
}

/** Words of one's own. */
export function putOwn(sheet: Sheet, text: string): void {
  hold(sheet, text.length * 3)
  sheet.held += sheet.open.write(text, sheet.held)
}

/** Words in common: the first bytes fill up the three that were begun, the last that make no three are held for what follows. */
export function putCommon(sheet: Sheet, { bytes, lines }: Common): void {
  if (bytes.length < WORTH) {
    hold(sheet, bytes.length)
    sheet.held += bytes.copy(sheet.open, sheet.held)
    return
  }
  const from = (3 - (sheet.held % 3)) % 3
  const end = bytes.length - ((bytes.length - from) % 3)
  hold(sheet, from)
  sheet.held += bytes.copy(sheet.open, sheet.held, 0, from)
  flush(sheet)
  lines[from] ??= inBase64(bytes.subarray(from, end))
  const known = lines[from]
  makeRoom(sheet, known.length)
  sheet.at += known.copy(sheet.room, sheet.at)
  sheet.held = bytes.copy(sheet.open, 0, end)
}

/** Ends a part. */
export function flush(sheet: Sheet): void {
  const { held } = sheet
  if (!held) return
  makeRoom(sheet, encodedLength(held))
  sheet.at = writeBase64(sheet.open.subarray(0, held), sheet.room, sheet.at)
  sheet.held = 0
}

function hold(sheet: Sheet, more: number): void {
  if (sheet.held + more <= sheet.open.length) return
  const larger = Buffer.allocUnsafeSlow((sheet.held + more) * 2)
  sheet.open.copy(larger, 0, 0, sheet.held)
  sheet.open = larger
}

function makeRoom(sheet: Sheet, more: number): void {
  if (sheet.at + more <= sheet.room.length) return
  const larger = Buffer.from(new ArrayBuffer((sheet.at + more) * 2))
  sheet.room.copy(larger, 0, 0, sheet.at)
  sheet.room = larger
}
