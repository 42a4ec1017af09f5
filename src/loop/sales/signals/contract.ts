import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { STAGES } from '../stage/vocabulary.ts'
import { CHANNELS, SIGNAL_KINDS } from './vocabulary.ts'

/** Whom a signal, a hand-off or a deal is about, as far as a list shows. */
export const leadBrief = z.object({
  id: uuid,
  name: z.string(),
  companyName: z.string().nullable(),
  title: z.string().nullable(),
  phone: z.string().nullable(),
  stage: z.enum(STAGES),
})
export type LeadBrief = z.infer<typeof leadBrief>

export const signal = z.object({
  id: uuid,
  lead: leadBrief,
  kind: z.enum(SIGNAL_KINDS),
  channel: z.enum(CHANNELS),
  at: instant,
  urgent: z.boolean(),
  text: z.string().nullable().describe('What a scenario or colleague wrote'),
  detail: z.record(z.string(), z.unknown()).describe('What it was: title and url of a page, name of a form …'),
  ownerId: uuid.nullable(),
  seenAt: instant.nullable(),
  seenBy: z.string().nullable(),
})
export type Signal = z.infer<typeof signal>

const which = {
  ids: z
    .array(z.object({ leadId: uuid, id: uuid }))
    .min(1)
    .max(200),
}

export const signalsContract = {
  list: endpoint({
    method: 'GET',
    path: '/signals',
    permission: 'signals.read',
    summary: 'Reactions worth a call, newest first; people that the asking user muted are left out',
    input: z.object({
      ...pageQuery,
      channel: z.enum(CHANNELS).optional(),
      kind: z.enum(SIGNAL_KINDS).optional(),
      owner: z.union([z.enum(['me', 'none']), uuid]).optional(),
      leadId: uuid.optional(),
      open: z.boolean().optional().describe('Only those nobody has seen to'),
    }),
    output: page(signal),
  }),
  count: endpoint({
    method: 'GET',
    path: '/signals/count',
    permission: 'signals.read',
    summary: 'How many signals of the last seven days nobody has seen to, by channel',
    input: z.object({ owner: z.union([z.enum(['me', 'none']), uuid]).optional() }),
    output: z.object({ open: z.number(), byChannel: z.record(z.string(), z.number()) }),
  }),
  seen: endpoint({
    method: 'POST',
    path: '/signals/seen',
    permission: 'signals.write',
    summary: 'Mark signals as seen to',
    input: z.object(which),
    output: done,
  }),
  unseen: endpoint({
    method: 'POST',
    path: '/signals/unseen',
    permission: 'signals.write',
    summary: 'Take that back',
    input: z.object(which),
    output: done,
  }),
  mute: endpoint({
    method: 'POST',
    path: '/signals/mute',
    permission: 'signals.write',
    summary: 'No more signals of this lead for me',
    input: z.object({ leadId: uuid }),
    output: done,
  }),
  unmute: endpoint({
    method: 'POST',
    path: '/signals/unmute',
    permission: 'signals.write',
    summary: 'Signals of this lead again',
    input: z.object({ leadId: uuid }),
    output: done,
  }),
}
