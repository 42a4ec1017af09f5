/** What one notice says of one address. */
export interface Failure {
  /** Lower case; '' when the notice names nobody. */
  readonly address: string
  readonly action: 'failed' | 'delayed' | 'delivered'
  /** Enhanced status (RFC 3463), when there is one. */
  readonly status: string | null
  readonly reply: number | null
  /** The step of the SMTP dialogue that was refused. */
  readonly command: 'CONN' | 'MAIL' | 'RCPT' | 'DATA' | null
  /** The words of the server; at most 2,000 characters. */
  readonly said: string
  /** What the notice says around them. */
  readonly around: string
}

/** Headers of the mail that came back, as far as the notice carries them. */
export interface Original {
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Where the copy of the mail itself begins in the text of old servers. What may stand before the words is bounded: anybody may write to the
 * mailbox, and a text of empty lines must not keep the reader busy.
 */
export const COPY =
  /^(?:received|return-path|x-received|delivered-to): .*$|^.{0,12}(?:-{2,200})?[ \t\u3000]{0,40}(?:this is a copy of|below (?:this line )?is a copy|(?:enclosed|included) is a copy|original (?:message|mail)\b(?! was)|unsent message|message (?:header|text) follows|the header(?:s)? of the (?:original )?message|original mail as follows|returned message|undelivered message|message headers? follow).*$/im

/** The longest a header is read: patterns that look for an address in it are slower than its length. */
export const MOST_HEADER = 4_000

const ADDRESS = /[^\s<>"'();:,]+@[a-z0-9.-]+/i

/** The plain address in a field such as `rfc822; <a@b>`, lower case; '' when there is none. */
export function addressIn(field: string): string {
  return (ADDRESS.exec(field.slice(0, MOST_HEADER).replace(/^\s*[\w-]+\s*;/, ''))?.[0] ?? '').toLowerCase().replace(/\.$/, '')
}
