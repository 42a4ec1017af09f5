// Notices without a delivery report: which addresses the text names, and what it says of each. Pure.
import { commandIn, replyIn, statusIn } from './marks.ts'
import { addressIn, COPY, type Failure, type Original } from './notice.ts'

/** An address at the head of a line, with or without brackets, and what stands behind it. */
const HEAD = /^[ \t*>-]{0,8}<?([^\s<>"'();:,|]+@[a-z0-9][a-z0-9.-]*[a-z0-9])>?[ \t]*(?:[:.[]|$|\.\.\.|\(|<mailto)/i
/** Words before the address that say whose it is. */
const NAMED =
  /(?:RCPT TO|Recipient(?: address)?|Original address|Addressee|To|mailbox exceeds allowed size|user|following address(?:es)?|宛先|permanent errors)\s*:\s*<?([^\s<>"'();:,]+@[a-z0-9.-]+[a-z0-9])>?/i
const QUOTED = /^\s*[45]\d\d[ -].{0,20}<([^\s<>]+@[^\s<>]+)>/

interface Block {
  readonly address: string
  text: string
  /** Said all on its line: what follows is about somebody else. */
  readonly whole: boolean
}

/** One failure per address named; one without an address when the text names none. */
export function failuresInText(full: string, failed: string, original: Original | null): Failure[] {
  const text = full.split(COPY)[0] ?? full
  const blocks = blocksOf(text)
  const listed = [...failed.matchAll(/[^\s<>,]+@[^\s<>,]+/g)].map((match) => match[0].toLowerCase())
  const named = listed.length ? listed : blocks.length ? [...new Set(blocks.map((block) => block.address))] : [fallback(text, original)]
  return named.slice(0, 100).map((address) =>
    failureOf(
      address,
      blocks
        .filter((block) => block.address === address)
        .map((block) => block.text)
        .join('\n') || text,
      text,
      named.length < 2,
    ),
  )
}

function failureOf(address: string, said: string, text: string, alone: boolean): Failure {
  const delayed =
    /delayed|has not yet been delivered|will (?:be retried|keep trying)|delivery attempts will continue|no action is required|still being retried|temporary problem|will retry/i.test(
      text,
    )
  const final = /(?:permanent error|given up|giving up|could not be delivered|not going to try|failed permanently|has failed)/i.test(text)
  return {
    address,
    action: delayed && !final ? 'delayed' : 'failed',
    status: statusIn(said) ?? statusIn(text),
    reply: replyIn(said) ?? replyIn(text),
    command: commandIn(said) ?? (alone ? commandIn(text) : null),
    said: said.trim().slice(0, 2_000),
    around: text.slice(0, 4_000),
  }
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  for (const line of text.replace(/\r/g, '').split('\n')) {
    const address = (HEAD.exec(line)?.[1] ?? QUOTED.exec(line)?.[1] ?? NAMED.exec(line)?.[1] ?? '').toLowerCase()
    const last = blocks.at(-1)
    if (address && last?.address !== address && !isSender(line))
      blocks.push({ address, text: `${before(text, line)}${line}\n`, whole: QUOTED.test(line) })
    else if (last && !last.whole) last.text += `${line}\n`
  }
  return blocks
}

const isSender = (line: string): boolean => /^\s*(?:from|mail from|sender|reply-to|a message sent by)\b/i.test(line)

/** Old sendmail says why in the lines before the address. */
function before(text: string, line: string): string {
  if (!/^\s*[45]\d\d/.test(line)) return ''
  const at = text.indexOf(line)
  return text
    .slice(Math.max(0, at - 250), at)
    .split('\n')
    .slice(-3)
    .join('\n')
}

function fallback(text: string, original: Original | null): string {
  return addressIn(original?.headers['to'] ?? '') || addressIn(/<([^\s<>]+@[^\s<>]+)>/.exec(text)?.[0] ?? '')
}
