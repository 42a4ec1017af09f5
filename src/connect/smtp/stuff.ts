// A message as it goes over the wire: dots doubled at the start of lines, the end marked. Pure.

const LF = 10
const DOT = 46
const CR = 13
const ONE_DOT = Buffer.from('.')

/**
 * The message, dot-stuffed (RFC 5321 §4.5.2), with its final dot and what is to follow behind it. Nothing is copied: it is told in pieces,
 * nearly always two. A line begins after any LF, also a bare one: servers differ in what ends a line, and none may find an end that is not ours.
 * @param behind commands of the next transaction, ASCII
 * @param head what stands before it, ending with a line end
 */
export function stuffed(message: Buffer, behind: string, head?: Buffer): Buffer[] {
  const closed = message.length === 0 || (message[message.length - 1] === LF && message[message.length - 2] === CR)
  const end = Buffer.from(`${closed ? '.\r\n' : '\r\n.\r\n'}${behind}`, 'latin1')
  return [...(head ? doubled(head) : []), ...doubled(message), end]
}

function doubled(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let from = 0
  for (const dot of lineDots(bytes)) {
    pieces.push(bytes.subarray(from, dot), ONE_DOT)
    from = dot
  }
  pieces.push(bytes.subarray(from))
  return pieces
}

/** Where a dot stands at the start of a line. */
function lineDots(bytes: Buffer): number[] {
  // Base64 has none at all, and one byte is looked for much faster than two.
  if (!bytes.includes(DOT)) return []
  const found = bytes[0] === DOT ? [0] : []
  for (let at = bytes.indexOf('\n.'); at >= 0; at = bytes.indexOf('\n.', at + 2)) found.push(at + 1)
  return found
}
