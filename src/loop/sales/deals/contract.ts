import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { leadBrief } from '../signals/contract.ts'
import { LOST_REASON_VALUES } from './vocabulary.ts'

const name = z.string().trim().min(1).max(200)
const amount = z.number().int().min(0).max(1_000_000_000_000).nullable().describe('Yen')
const day = z.iso
  .date()
  .refine((text) => text >= '1900-01-01' && text <= '2999-12-31', 'no day we can plan with')
  .nullable()
const note = z.string().trim().max(2_000).nullable()

const products = z.array(z.string().min(1).max(100)).max(30).describe('Keys of products')

export const dealStage = z.object({
  key: z.string().regex(/^[a-z0-9_]{1,40}$/),
  ja: z.string().trim().min(1).max(40),
  en: z.string().trim().min(1).max(40),
  probability: z.number().int().min(0).max(100),
  meeting: z.boolean().describe('A meeting (商談) took place'),
})

export const deal = z.object({
  id: uuid,
  name: z.string(),
  companyName: z.string().nullable(),
  amount: z.number().nullable(),
  stage: z.string(),
  state: z.enum(['open', 'won', 'lost']),
  expectedClose: z.string().nullable(),
  ownerId: uuid.nullable(),
  lostReason: z.enum(LOST_REASON_VALUES).nullable(),
  products,
  openedAt: instant,
  stageSince: instant,
  closedAt: instant.nullable(),
  changedAt: instant,
  people: z.array(leadBrief.extend({ main: z.boolean() })),
})
export type Deal = z.infer<typeof deal>

const state = z.enum(['open', 'won', 'lost'])
const owner = z.union([z.enum(['me', 'none']), uuid])

export const dealsContract = {
  list: endpoint({
    method: 'GET',
    path: '/deals',
    permission: 'deals.read',
    summary: 'Deals, the last changed first',
    input: z.object({
      ...pageQuery,
      state: state.optional(),
      stage: z.string().max(40).optional(),
      owner: owner.optional(),
      leadId: uuid.optional(),
      q: z.string().max(200).optional(),
    }),
    output: page(deal),
  }),
  board: endpoint({
    method: 'GET',
    path: '/deals/board',
    permission: 'deals.read',
    summary: 'Open deals by stage with number and sum of all, and the last 50 of each',
    input: z.object({ owner: owner.optional() }),
    output: z.object({ columns: z.array(z.object({ stage: dealStage, n: z.number(), sum: z.number(), items: z.array(deal) })) }),
  }),
  numbers: endpoint({
    method: 'GET',
    path: '/deals/numbers',
    permission: 'deals.read',
    summary: 'Number and worth of deals (案件), meetings (商談), won and lost between two days',
    input: z.object({ from: instant, to: instant }),
    output: z.object({
      opened: z.number(),
      meetings: z.number(),
      won: z.number(),
      wonAmount: z.number(),
      lost: z.number(),
      open: z.number(),
      openAmount: z.number(),
      expectedAmount: z.number(),
    }),
  }),
  stages: endpoint({
    method: 'GET',
    path: '/deals/stages',
    permission: 'deals.read',
    summary: 'The stages of open deals',
    input: z.object({}),
    output: z.object({ items: z.array(dealStage) }),
  }),
  saveStages: endpoint({
    method: 'PUT',
    path: '/deals/stages',
    permission: 'settings.write',
    summary: 'Change the stages; one that open deals stand at cannot be left out',
    input: z.object({ items: z.array(dealStage).min(1).max(15) }),
    output: z.object({ items: z.array(dealStage) }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/deals/{id}',
    permission: 'deals.read',
    summary: 'One deal with its people and the history of its stages',
    input: z.object({ id: uuid }),
    output: deal.extend({
      note: z.string().nullable(),
      lostNote: z.string().nullable(),
      madeBy: z.string(),
      history: z.array(z.object({ id: uuid, from: z.string().nullable(), to: z.string(), at: instant, by: z.string() })),
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/deals',
    permission: 'deals.write',
    summary: 'Make a deal from leads; the first one is the main contact',
    input: z.object({
      leadIds: z.array(uuid).min(1).max(50),
      name: name.optional(),
      companyName: z.string().trim().max(200).nullable().optional(),
      amount: amount.optional(),
      stage: z.string().max(40).optional(),
      expectedClose: day.optional(),
      ownerId: uuid.nullable().optional(),
      note: note.optional(),
      products: products.optional(),
    }),
    output: z.object({ id: uuid }),
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/deals/{id}',
    permission: 'deals.write',
    summary: 'Change a deal; what is left out stays',
    input: z.object({
      id: uuid,
      name: name.optional(),
      companyName: z.string().trim().max(200).nullable().optional(),
      amount: amount.optional(),
      expectedClose: day.optional(),
      ownerId: uuid.nullable().optional(),
      note: note.optional(),
      products: products.optional(),
    }),
    output: done,
  }),
  move: endpoint({
    method: 'POST',
    path: '/deals/{id}/move',
    permission: 'deals.write',
    summary: 'Move an open deal to another stage',
    input: z.object({ id: uuid, stage: z.string().max(40) }),
    output: done,
  }),
  win: endpoint({
    method: 'POST',
    path: '/deals/{id}/win',
    permission: 'deals.write',
    summary: 'The deal is won: its leads are customers',
    input: z.object({ id: uuid, amount: amount.optional() }),
    output: done,
  }),
  lose: endpoint({
    method: 'POST',
    path: '/deals/{id}/lose',
    permission: 'deals.write',
    summary: 'The deal is lost; a reason is needed',
    input: z.object({ id: uuid, reason: z.enum(LOST_REASON_VALUES), note: note.optional() }),
    output: done,
  }),
  reopen: endpoint({
    method: 'POST',
    path: '/deals/{id}/reopen',
    permission: 'deals.write',
    summary: 'A closed deal goes on where it stood',
    input: z.object({ id: uuid }),
    output: done,
  }),
  addPerson: endpoint({
    method: 'POST',
    path: '/deals/{id}/people',
    permission: 'deals.write',
    summary: 'Another lead takes part',
    input: z.object({ id: uuid, leadId: uuid }),
    output: done,
  }),
  removePerson: endpoint({
    method: 'DELETE',
    path: '/deals/{id}/people/{leadId}',
    permission: 'deals.write',
    summary: 'A lead takes no part any more',
    input: z.object({ id: uuid, leadId: uuid }),
    output: done,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/deals/{id}',
    permission: 'deals.write',
    summary: 'Take a deal away; it can be restored',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/deals/{id}/restore',
    permission: 'deals.write',
    summary: 'Bring a removed deal back',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
