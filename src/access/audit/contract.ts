import { z } from 'zod'
import { endpoint, instant, page, pageQuery } from '#kernel/endpoint.ts'
import { HIDDEN } from '../vocabulary.ts'

/** One line of the audit log: who did what to which thing, when. */
export const auditEntry = z.object({
  id: z.string(),
  at: instant,
  actorKind: z.enum(['user', 'key', 'system', 'public']),
  actorId: z.string().nullable(),
  actorName: z.string(),
  action: z.string(),
  subjectKind: z.string().nullable(),
  subjectId: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).meta({ description: `what was asked for; "${HIDDEN}" stands for words about a person` }),
})
export type AuditEntry = z.infer<typeof auditEntry>

export const auditContract = {
  list: endpoint({
    method: 'GET',
    path: '/audit',
    permission: 'audit.read',
    summary: 'The audit log, newest first',
    input: z.object({
      ...pageQuery,
      actorId: z.string().max(100).optional(),
      action: z.string().max(100).optional().describe('An action, or its beginning: users, users.invite'),
      subjectKind: z.string().max(100).optional(),
      subjectId: z.string().max(100).optional(),
      from: instant.optional(),
      to: instant.optional(),
    }),
    output: page(auditEntry),
  }),
}
