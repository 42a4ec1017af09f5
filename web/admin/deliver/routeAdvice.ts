/** What a mail server, or the way to it, said (words of the system, of TLS or an SMTP reply, RFC 5321), by what can be done about it. */
const ADVICE = [
  ['adviceName', /ENOTFOUND|EAI_AGAIN/],
  ['advicePort', /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/],
  ['adviceSilent', /ETIMEDOUT|did not answer/],
  ['adviceSecurity', /wrong version number|EPROTO|STARTTLS|certificate|self.signed/i],
  ['adviceAccess', /^5(?:30|34|35)\b|authentic/i],
  ['adviceSender', /No sender address/],
] as const

/** The word that says what to do about an answer; null when only the answer itself helps. */
export function adviceFor(reply: string): (typeof ADVICE)[number][0] | null {
  return ADVICE.find(([, says]) => says.test(reply))?.[0] ?? null
}
