// A message as it goes over the wire: dots doubled at the start of lines, the end marked. Pure.

const LF = 10
const DOT = 46
const END = '\r\n.\r\n'

/**
 * The message, dot-stuffed (RFC 5321 §4.5.2), with its final dot and what is to follow behind it, in one piece of memory. A line
 * begins after any LF, also a bare one: servers differ in what ends a line, and none may find an end that is not ours.
 * @param behind commands of the next transaction, ASCII
 */
export function stuffed(message: Uint8Array, behind: string): Buffer {
  const source = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const dots = lineDots(source)
  const closed = source.length === 0 || (source[source.length - 1] === LF && source[source.length - 2] === 13)
  const tail = `${closed ? END.slice(2) : END}${behind}`
  const out = Buffer.allocUnsafe(source.length + dots.length + tail.length)
  let from = 0
  let to = 0
  for (const dot of dots) {
    to += source.copy(out, to, from, dot)
    out[to++] = DOT
    from = dot
  }
  to += source.copy(out, to, from)
  out.write(tail, to, 'latin1')
  return out
}

/** Where a dot stands at the start of a line. */
function lineDots(bytes: Buffer): number[] {
  const found = bytes[0] === DOT ? [0] : []
  for (let at = bytes.indexOf('\n.'); at >= 0; at = bytes.indexOf('\n.', at + 2)) found.push(at + 1)
  return found
}
