// Whose names stand above a mail, and whether its charset can say them. Pure.
import type { VersionSource } from '../template/queries.ts'
import { readAddress } from './address.ts'
import { headFits, type Mailbox } from './mime.ts'
import type { Claimed, Recipient } from './queries.ts'
import type { Outfit } from './settings.ts'

interface Names {
  readonly from: Mailbox
  readonly replyTo: Mailbox | null
  readonly to: Mailbox
}

/** The owner's own address where DKIM stands behind it; elsewhere the company's, under the owner's name. */
function ownersFrom({ ownerDomain, fromEmail }: Outfit, mail: string | null): string {
  const address = ownerDomain && mail ? readAddress(mail) : null
  return address?.domain === ownerDomain ? address.wire : fromEmail
}

/** Sender, answers and reader of a mail. */
export function namesOf(
  outfit: Outfit,
  row: Pick<Claimed, 'sender'>,
  version: Pick<VersionSource, 'sender_name'>,
  person: Pick<Recipient, 'owner_name' | 'owner_mail' | 'family_name' | 'given_name' | 'mail'>,
): Names {
  const byOwner = (row.sender ? row.sender === 'owner' : outfit.ownerAsSender) && person.owner_name !== null
  const ownName = byOwner ? (person.owner_name ?? '') : outfit.frame.senderName
  return {
    from: { name: version.sender_name ?? ownName, address: byOwner ? ownersFrom(outfit, person.owner_mail) : outfit.fromEmail },
    replyTo:
      byOwner && person.owner_mail
        ? { name: person.owner_name ?? '', address: person.owner_mail }
        : outfit.replyTo
          ? { name: '', address: outfit.replyTo }
          : null,
    to: { name: [person.family_name, person.given_name].filter(Boolean).join(' '), address: person.mail ?? '' },
  }
}

/** Whether a mail is wanted in ISO-2022-JP and its names fit it. */
export const wantsJis = (outfit: Outfit, row: Claimed, version: VersionSource, person: Recipient): boolean =>
  (version.charset ?? outfit.charset) === 'iso-2022-jp' && headFits({ subject: '', ...namesOf(outfit, row, version, person) })
