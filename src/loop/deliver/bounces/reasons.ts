// Why a mail came back: our own closed list, and what follows from each. Browser-safe.

/**
 * | reason | the receiving side said |
 * |---|---|
 * | `unknown_user` | nobody has this address |
 * | `unknown_domain` | the domain or its mail server does not exist |
 * | `moved` | the address has moved away |
 * | `no_mail` | the domain takes no mail at all (null MX, "does not accept mail") |
 * | `mailbox_full` | over quota |
 * | `disabled` | the account is closed or suspended for now |
 * | `too_big` | the message, a line of it or the number of recipients is over a limit |
 * | `filtered` | the address exists or may exist, and its filter turned the mail away ("unknown user" of carriers in answer to the message itself) |
 * | `refused` | the sender's address is turned away, or only members may write there |
 * | `policy` | a rule of form or security: relaying, missing authorisation, malformed headers, "policy reasons" |
 * | `authentication` | SPF, DKIM or DMARC did not pass |
 * | `reputation` | the sending server's name is bad: block lists, low reputation, no reverse DNS |
 * | `content` | spam, virus, forbidden content |
 * | `busy` | too many connections or mails at once |
 * | `unreachable` | the server did not answer in time |
 * | `server` | the receiving machine or the one in between has a fault |
 * | `unclear` | nothing that we understand |
 */
export const BOUNCE_REASONS = [
  'unknown_user',
  'unknown_domain',
  'moved',
  'no_mail',
  'mailbox_full',
  'disabled',
  'too_big',
  'filtered',
  'refused',
  'policy',
  'authentication',
  'reputation',
  'content',
  'busy',
  'unreachable',
  'server',
  'unclear',
] as const
export type BounceReason = (typeof BOUNCE_REASONS)[number]

/** The address itself is dead: whoever is written to there will never read it. */
export const DEAD_REASONS: readonly BounceReason[] = ['unknown_user', 'unknown_domain', 'moved', 'no_mail']

/** The fault is ours (domain, server, wording), whoever is addressed: it is never held against the person. */
export const OUR_REASONS: readonly BounceReason[] = ['refused', 'policy', 'authentication', 'reputation', 'content', 'busy']
