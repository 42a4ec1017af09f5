import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { activity } from '../activities/contract.ts'
import { leadFile } from '../files/contract.ts'
import { leadDetail } from '../leads/contract.ts'
import { task } from '../tasks/contract.ts'
import { HISTORY_GROUPS } from './groups/contract.ts'

export const historyEntry = z.object({
  id: uuid,
  name: z.string(),
  at: instant,
  historic: z.boolean(),
  props: z.record(z.string(), z.unknown()),
  points: z.number().nullable(),
  /** Seconds a page was looked at. */
  engaged: z.number().nullable(),
  /** What a colleague recorded, as it is known now. */
  activity: activity.nullable(),
})
export type HistoryEntry = z.infer<typeof historyEntry>

export const milestone = z.object({
  kind: z.enum(['source', 'card', 'exhibition', 'seminar', 'form', 'download', 'page', 'call', 'visit', 'deal', 'won', 'lost']),
  at: instant,
  ja: z.string(),
  en: z.string(),
  /** Which file, form or deal it was. */
  what: z.string().nullable(),
})
export type Milestone = z.infer<typeof milestone>

/** The story of a relation; `skipped`: how many milestones between the first and the newest are left out. */
export const story = z.object({ items: z.array(milestone), skipped: z.number().int(), ja: z.string(), en: z.string() })

export const historyContract = {
  list: endpoint({
    method: 'GET',
    path: '/leads/{id}/history',
    permission: 'leads.read',
    summary: 'Web, mail, forms, sales and what colleagues did, on one line, newest first',
    input: z.object({
      id: uuid,
      group: z.enum(HISTORY_GROUPS).optional(),
      people: z.stringbool().optional().describe('Without what machines opened and clicked'),
      ...pageQuery,
    }),
    output: page(historyEntry),
  }),
  story: endpoint({
    method: 'GET',
    path: '/leads/{id}/story',
    permission: 'leads.read',
    summary: 'The relation with a lead in one line: how it began and what came of it',
    input: z.object({ id: uuid }),
    output: story,
  }),
  record: endpoint({
    method: 'GET',
    path: '/leads/{id}/record',
    permission: 'leads.read',
    summary: 'All about a lead in one answer: who they are, what they themselves did online, and what happened offline',
    input: z.object({ id: uuid }),
    output: z.object({
      lead: leadDetail,
      story,
      online: z.array(historyEntry),
      offline: z.array(activity),
      tasks: z.array(task),
      files: z.array(leadFile),
    }),
  }),
}
