import { useFormats } from '../parts/formats.ts'
import type { reach as reachWords } from '../words/ja/reach.ts'
import { useWords } from '../words/words.tsx'

const KNOWN = [
  'gone',
  'no_address',
  'invalid',
  'on_hold',
  'unsubscribed',
  'stopped',
  'bounced',
  'complained',
  'no_basis',
  'held_out',
  'topic',
  'paused',
  'capped',
  'quiet',
  'scenario_ended',
  'step_removed',
] as const
type Reason = (typeof KNOWN)[number]
const isKnown = (reason: string): reason is Reason => (KNOWN as readonly string[]).includes(reason)

/** What we say ourselves of a connection; whatever else stands there was said by a server or a network. */
const OURS: Readonly<Record<string, 'answerLost' | 'closed' | 'noAnswer' | 'resting'>> = {
  'the sender stopped before the answer came': 'answerLost',
  'the mail server closed the connection': 'closed',
  'the mail server did not answer': 'noAnswer',
  'every mail route rests': 'resting',
}

/** What else a delivery keeps as its reason. Replies of servers are none of these and stand as they were said. */
const CODES: Readonly<Record<string, Code>> = {
  'newsletter.cancelled': 'newsletterCancelled',
  cancelled: 'cancelled',
  run_merged: 'runMerged',
  'template.missing': 'templateMissing',
  'sender.address': 'senderAddress',
  'sender.legal': 'senderLegal',
  'address.malformed': 'addressMalformed',
  pace: 'pace',
  recheck: 'recheck',
  'settled by hand': 'settledByHand',
  'restored from a backup: it may have been sent since': 'restored',
}
type Code = keyof typeof reachWords.code
const GAVE_UP = /^gave up after (\d+) tries: /

/** What the sender puts before the words of a template that could not be made into a letter. */
const TEMPLATE = 'template: '

/** The words of a reason; what a mail server said stands as it was said. */
export function useReason() {
  const t = useWords('deliver')
  const reach = useWords('reach')
  const words = (reason: string): string => {
    const code = CODES[reason]
    if (code) return reach(`code.${code}`)
    const gaveUp = GAVE_UP.exec(reason)
    if (gaveUp) return reach('gaveUp', { n: Number(gaveUp[1]), reason: words(reason.slice(gaveUp[0].length)) })
    if (isKnown(reason)) return t(`reason.${reason}`)
    const ours = OURS[reason]
    if (ours) return reach(`sent.${ours}`)
    return reason.startsWith(TEMPLATE) ? reach('templateError', { reason: reason.slice(TEMPLATE.length) }) : reason
  }
  return words
}

/** Why some people get nothing, with how many. */
export function ReasonList({ reasons }: { reasons: readonly { readonly reason: string; readonly count: number }[] }) {
  const words = useReason()
  const f = useFormats()
  return (
    <ul className="reason-list">
      {reasons.map(({ reason, count }) => (
        <li key={reason}>
          {words(reason)} <b className="num">{f.number(count)}</b>
        </li>
      ))}
    </ul>
  )
}
