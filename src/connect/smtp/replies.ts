// What a mail server says, read from whatever pieces the network brings it in. Pure.

/** A whole reply. `code` is null when it was not one: garbage is told from an answer. */
export interface Reply {
  readonly code: number | null
  readonly text: string
}

const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/
/** What no text in the database may hold (NUL), and what nobody wants to read on a screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const legible = (text: string): string => text.replace(CONTROL, ' ')
const MOST_LINE = 8_192
const MOST_LINES = 200

export interface Reader {
  /** Takes a piece and answers the replies that are whole now. */
  read(piece: string): Reply[]
  /** Whether a piece of a reply is waiting for its rest. */
  pending(): boolean
}

/** Reads replies (RFC 5321 §4.2): many lines, split anywhere, with a lone LF forgiven. A line that is no reply is a reply without a code. */
export function replyReader(): Reader {
  let rest = ''
  let lines: string[] = []
  const take = (line: string): Reply | null => {
    const match = LINE.exec(line)
    if (!match || lines.length >= MOST_LINES) {
      lines = []
      return { code: null, text: legible(line.slice(0, 500)) }
    }
    lines.push(legible(match[3] ?? ''))
    if (match[2] === '-') return null
    const reply = { code: Number(match[1]), text: `${match[1]} ${lines.join('\n')}`.slice(0, 2_000) }
    lines = []
    return reply
  }
  return {
    pending: () => rest !== '' || lines.length > 0,
    read(piece) {
      rest += piece
      const replies: Reply[] = []
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const reply = take(rest.slice(0, rest[end - 1] === '\r' ? end - 1 : end))
        rest = rest.slice(end + 1)
        if (reply) replies.push(reply)
      }
      if (rest.length > MOST_LINE) {
        replies.push({ code: null, text: legible(rest.slice(0, 500)) })
        rest = ''
      }
      return replies
    },
  }
}

/** What an EHLO answer offers: keyword → parameters, in upper case. */
export function offersOf(reply: Reply): ReadonlyMap<string, string> {
  const [, ...lines] = reply.text.split('\n')
  return new Map(
    lines.map((line) => {
      const [word = '', ...rest] = line.trim().toUpperCase().split(/[ =]/)
      return [word, rest.join(' ')]
    }),
  )
}
