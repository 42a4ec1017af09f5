// People on their way: why each stands where they stand. Browser-safe.
import { z } from 'zod'
import { instant } from '#kernel/endpoint.ts'

/**
 * Why somebody is where they are.
 * - `parked`: a fault of theirs stopped everything about them; `what` is the fault
 * - `paused`: the scenario is
 * - `capped`, `quiet`: their mail waits for its turn or its hours, `until` then
 * - `unreachable`: their mail may not go out; `what` is why (no basis, stopped, bounced …)
 * - `mailFault`: their mail could not be made or sent; `what` is the fault
 * - `queued`: their mail stands in the queue
 * - `callFault`: a webhook or a chat did not take it; `what` is what it said
 * - `leftOut`: the step did not do its work; `what` is the outcome
 * - `moving`: something happened and is being worked off
 * - `wait`, `event`, `task`: what the step is for, `until` when it goes on by time
 */
export const HOLDS = [
  'parked',
  'paused',
  'capped',
  'quiet',
  'unreachable',
  'mailFault',
  'queued',
  'callFault',
  'leftOut',
  'moving',
  'wait',
  'event',
  'task',
] as const
export const hold = z.object({
  kind: z.enum(HOLDS),
  until: instant.nullable(),
  what: z.string().nullable(),
  /** The step whose mail or call it is about, where that is another than the one they stand at. */
  step: z.string().nullable(),
})
export type Hold = z.output<typeof hold>

/** Ways of a mail step that are no lines of the graph: the people behind what became of its mails. */
const MAIL_WAYS = ['mail.sent', 'mail.opened', 'mail.clicked', 'mail.held'] as const
export type MailWay = (typeof MAIL_WAYS)[number]
export const mailWayOf = (way: string | undefined): MailWay | undefined => MAIL_WAYS.find((one) => one === way)
