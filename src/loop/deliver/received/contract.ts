import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** What became of a mail for one person, the furthest it came. */
export const MAIL_STATES = ['waiting', 'sent', 'opened', 'clicked', 'refused', 'unknown', 'suppressed', 'cancelled'] as const

export const receivedContract = {
  list: endpoint({
    method: 'GET',
    path: '/people/{person}/mails',
    permission: 'mail.read',
    summary: 'The mails of one person with what became of each, newest first',
    input: z.object({ person: uuid, ...pageQuery }),
    output: page(
      z.object({
        id: uuid,
        subject: z.string(),
        purpose: z.enum(['marketing', 'transactional']),
        state: z.enum(MAIL_STATES),
        /** Why it was not sent or was refused; null when it went out. */
        reason: z.string().nullable(),
        at: instant,
      }),
    ),
  }),
}
