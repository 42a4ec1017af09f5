import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const text = z.string().nullable()

/** A person as the review shows them. */
export const person = z.object({
  id: uuid,
  familyName: text,
  givenName: text,
  companyName: text,
  department: text,
  title: text,
  mail: text,
  phone: text,
  ownerName: text,
  mailBasis: z.string(),
  mailStop: z.string(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
})
export type DuplicatePerson = z.infer<typeof person>

const pair = z.object({ a: person, b: person, reasons: z.array(z.string()), strength: z.number().int(), at: instant })

const run = z.object({
  id: uuid,
  act: z.enum(['merge', 'undo']),
  keep: uuid,
  lose: uuid,
  total: z.number().int(),
  moved: z.number().int(),
  startedAt: instant,
  fault: text,
})

export const duplicatesContract = {
  list: endpoint({
    method: 'GET',
    path: '/duplicates',
    permission: 'leads.read',
    summary: 'Pairs of leads who may be one person, the surest first',
    input: z.object({ reason: z.string().max(40).optional(), ...pageQuery }),
    output: page(pair),
  }),
  state: endpoint({
    method: 'GET',
    path: '/duplicates/state',
    permission: 'leads.read',
    summary: 'How many pairs wait, and how far the search through all leads is',
    input: z.object({}),
    output: z.object({
      open: z.number().int(),
      byReason: z.record(z.string(), z.number().int()),
      scan: z
        .object({
          total: z.number().int(),
          done: z.number().int(),
          found: z.number().int(),
          startedAt: instant,
          finishedAt: instant.nullable(),
        })
        .nullable(),
      runs: z.array(run),
    }),
  }),
  scan: endpoint({
    method: 'POST',
    path: '/duplicates/scan',
    permission: 'leads.write',
    summary: 'Look through all leads for duplicates, in the background',
    input: z.object({}),
    output: done,
  }),
  pair: endpoint({
    method: 'GET',
    path: '/duplicates/pair',
    permission: 'leads.read',
    summary: 'Two leads side by side, and what would move',
    input: z.object({ a: uuid, b: uuid }),
    output: z.object({
      a: person,
      b: person,
      reasons: z.array(z.string()),
      strength: z.number().int(),
      verdict: text,
      fields: z.array(z.object({ field: z.string(), a: text, b: text })),
      moves: z.object({ a: z.record(z.string(), z.number().int()), b: z.record(z.string(), z.number().int()) }),
      undoDays: z.number().int(),
    }),
  }),
  merge: endpoint({
    method: 'POST',
    path: '/duplicates/merge',
    permission: 'leads.write',
    summary: 'Say that two leads are one person; the values in `chosen` are taken from the one who goes',
    input: z.object({ keep: uuid, lose: uuid, chosen: z.array(z.string().max(80)).max(200).default([]) }),
    output: z.object({ id: uuid, adoption: uuid.nullable().describe('For undo; null while very many rows move in pages') }),
  }),
  different: endpoint({
    method: 'POST',
    path: '/duplicates/different',
    permission: 'leads.write',
    summary: 'Say that two leads are two people; remembered for ever',
    input: z.object({ a: uuid, b: uuid }),
    output: done,
  }),
  reopen: endpoint({
    method: 'POST',
    path: '/duplicates/reopen',
    permission: 'leads.write',
    summary: 'Take the verdict "two people" back',
    input: z.object({ a: uuid, b: uuid }),
    output: done,
  }),
  merges: endpoint({
    method: 'GET',
    path: '/duplicates/merges',
    permission: 'leads.read',
    summary: 'Merges that colleagues made, and until when each can be undone',
    input: z.object({ ...pageQuery }),
    output: page(
      z.object({
        id: uuid,
        lead: uuid,
        leadName: z.string(),
        lostId: uuid,
        lostName: z.string(),
        lostMail: text,
        at: instant,
        by: z.string(),
        moved: z.number().int(),
        until: instant,
        undoable: z.boolean(),
        undoneAt: instant.nullable(),
        undoneBy: text,
      }),
    ),
  }),
}
