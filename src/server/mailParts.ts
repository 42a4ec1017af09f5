// How mail leaves and how it comes back: what the mail rooms need of the outside, and what they bring.
import { openNames } from '#connect/dns/resolver.ts'
import { probeLink } from '#connect/egress/link.ts'
import { clientOf } from '#connect/egress/webhook.ts'
import { openMailbox } from '#connect/imap/mailbox.ts'
import { mailgunHook } from '#connect/mailgun/hook.ts'
import { postmarkHook } from '#connect/postmark/hook.ts'
import { deleteMailsTo } from '#connect/pretend/mailbox/queries.ts'
import { mailboxRoute } from '#connect/pretend/mailbox/route.ts'
import { mailboxRoutes } from '#connect/pretend/mailbox/routes.ts'
import { sendgridHook } from '#connect/sendgrid/hook.ts'
import { sesHook } from '#connect/ses/hook.ts'
import { smtpRoute } from '#connect/smtp/route.ts'
import type { JobKind, Ports } from '#kernel/ctx.ts'
import type { Served } from '#kernel/serve.ts'
import { personTables as bounceTables } from '#loop/deliver/bounces/tables.ts'
import { publicRoutes as feedbackPaths } from '#loop/deliver/feedback/routes.ts'
import { jobs as incomingJobs } from '#loop/deliver/incoming/jobs.ts'
import { publicRoutes as hookPaths, incomingRoutes } from '#loop/deliver/incoming/routes.ts'
import { jobs as lineJobs } from '#loop/deliver/lines/jobs.ts'
import { linesRoutes } from '#loop/deliver/lines/routes.ts'
import { jobs as newsletterJobs } from '#loop/deliver/newsletter/jobs.ts'
import { publicRoutes as newsletterPaths, newslettersRoutes } from '#loop/deliver/newsletter/routes.ts'
import { segmentReaders } from '#loop/deliver/newsletter/service.ts'
import { jobs as capsJobs } from '#loop/deliver/outbox/caps/jobs.ts'
import { capsRoutes } from '#loop/deliver/outbox/caps/routes.ts'
import { readAddress } from '#loop/deliver/sender/address.ts'
import { checkDomainJob } from '#loop/deliver/sender/domain/jobs.ts'
import { personTables as deliverTables } from '#loop/deliver/tables.ts'
import { publicRoutes as imagePaths, mailImagesRoutes } from '#loop/deliver/template/images/routes.ts'
import { templateKitRoutes } from '#loop/deliver/template/kit/routes.ts'
import { templateCheckRoutes } from '#loop/deliver/template/preflight/routes.ts'
import { jobs as truthJobs } from '#loop/deliver/truth/jobs.ts'
import { personTables as hitTables } from '#loop/deliver/truth/tables.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import { mailReportsRoutes } from '#loop/measure/mails/routes.ts'
import type { PublicRoutes } from './http.ts'

export const mailPorts: Pick<Ports, 'mailRoutes' | 'names' | 'mailHooks' | 'openMailbox' | 'linkProbe' | 'segmentReaders' | 'forgetMails'> =
  {
    mailRoutes: { smtp: smtpRoute, mailbox: mailboxRoute },
    names: openNames(),
    mailHooks: {
      ses: sesHook((house, url) => clientOf(house).send({ method: 'GET', url })),
      sendgrid: sendgridHook,
      mailgun: mailgunHook,
      postmark: postmarkHook,
    },
    openMailbox,
    linkProbe: probeLink,
    segmentReaders,
    forgetMails: (ctx, addresses) =>
      deleteMailsTo(
        ctx.db,
        addresses.flatMap((address) => [address, readAddress(address)?.wire ?? address]),
      ),
  }

export const mailPaths: readonly PublicRoutes[] = [feedbackPaths, hookPaths, newsletterPaths, imagePaths]
export const mailJobs: readonly JobKind[] = [...newsletterJobs, ...lineJobs, ...incomingJobs, ...capsJobs, ...truthJobs, checkDomainJob]
export const mailTables: readonly PersonTable[] = [...deliverTables, ...bounceTables, ...hitTables]
/** Rooms of the API by the name they have in the contract. */
export const mailRooms: Readonly<Record<string, Served>> = {
  newsletters: newslettersRoutes,
  lines: linesRoutes,
  mailReports: mailReportsRoutes,
  incoming: incomingRoutes,
  mailCaps: capsRoutes,
  templateKit: templateKitRoutes,
  templateCheck: templateCheckRoutes,
  mailImages: mailImagesRoutes,
  mailbox: mailboxRoutes,
}
