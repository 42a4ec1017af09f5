// The marks a server's words carry: enhanced status, reply code, and the command that was answered. Pure.
import type { Failure } from './notice.ts'

/** The enhanced status in some words (RFC 3463), or null. Addresses with four numbers are none. */
export function statusIn(said: string): string | null {
  const text = said.replace(/=\s+(?=\d)/g, '')
  for (const match of text.matchAll(/(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/g))
    if (match[1] && !/^[245]\.0\.0$/.test(match[1])) return match[1]
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)/.exec(text)?.[1] ?? null
}

/** Text as the database keeps it: without NUL, and no half of a letter. What comes from outside, or was cut, may have both. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

/** The three digits of an SMTP reply, or null. */
export function replyIn(said: string): number | null {
  const found = /(?:^|[\s:;'"<(-])([45][0-5]\d)(?=[\s-]|$)/.exec(said)?.[1]
  return found ? Number(found) : null
}

/** Which command the refusal answered, as far as the notice tells. */
export function commandIn(text: string): Failure['command'] {
  if (
    /in\s+reply\s+to\s+(?:end\s+of\s+)?DATA\b|after (?:end of )?data|message \(DATA\)|end of data|>>> ?(?:\.|DATA)\s*\n\s*<<<|SMTP command\s*\n\s*DATA/i.test(
      text,
    )
  )
    return 'DATA'
  if (/in\s+reply\s+to\s+MAIL\s+FROM|after MAIL FROM|>>> ?MAIL FROM[^\n]*\n\s*<<< ?[45]|sender was rejected/i.test(text)) return 'MAIL'
  if (/in\s+reply\s+to\s+RCPT\s+TO|after RCPT TO|SMTP:RCPT|>>> ?RCPT TO[^\n]*\n\s*<<< ?[45]|does not like recipient/i.test(text))
    return 'RCPT'
  if (/refused to talk|initial connection|after connect|greeting|while connecting|in reply to (?:EHLO|HELO)/i.test(text)) return 'CONN'
  return null
}
