// From what a notice says to what is said of a mail. Pure.
import { type Finding, findingOf } from '../bounces/decide.ts'
import type { Failure } from '../bounces/notice.ts'
import type { Said } from '../bounces/service.ts'

/** A failure told in fields, by a relay's webhook. */
export function toldFailure(told: {
  readonly address: string
  readonly status: string | null
  readonly reply: number | null
  readonly said: string
  readonly delayed?: boolean
}): Finding | null {
  return findingOf({
    address: told.address.toLowerCase(),
    action: told.delayed ? 'delayed' : 'failed',
    status: told.status,
    reply: told.reply,
    command: 'RCPT',
    said: told.said.slice(0, 2_000),
    around: '',
  })
}

/** What failures of a notice say, each under a key of its own. */
export function saidOf(
  failures: readonly Failure[],
  about: {
    readonly key: string
    readonly kind: 'failed' | 'complained'
    readonly to: readonly string[]
    readonly messageId: string | null
    readonly at: Date
  },
): Said[] {
  return failures.flatMap((failure, i) => {
    const finding = about.kind === 'failed' ? findingOf(failure) : null
    if (about.kind === 'failed' && !finding) return []
    return [
      { key: `${about.key}#${i}`, kind: about.kind, address: failure.address, to: about.to, about: about.messageId, finding, at: about.at },
    ]
  })
}
