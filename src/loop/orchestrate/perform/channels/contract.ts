// Where notices of scenarios go besides mail: named chats. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { CHAT_WAYS } from '../../graph/actions.ts'

const name = z.string().trim().min(1).max(80)
const way = z.enum(CHAT_WAYS)

/** Secrets go in and never come out. */
const address = z.object({
  secretUrl: z
    .string()
    .trim()
    .max(2_000)
    .optional()
    .describe('The incoming webhook of Slack or Teams; a secret. For Chatwork: another API base'),
  room: z.string().trim().max(40).optional().describe('Chatwork: the number of the room'),
  token: z.string().trim().max(200).optional().describe('Chatwork: the API token; a secret'),
})

export const noticeChannel = z.object({
  id: uuid,
  name: z.string(),
  way,
  isSet: z.boolean().describe('It has an address; without one, notices are kept here to look at'),
  hint: z.string().describe('What can be told of the address without giving it away'),
  lastAt: instant.nullable(),
  lastFault: z.string().nullable().describe('Why the last notice did not get through; null when it did'),
})
export type NoticeChannel = z.output<typeof noticeChannel>

export const channelsContract = {
  list: endpoint({
    method: 'GET',
    path: '/notice-channels',
    permission: 'scenarios.read',
    summary: 'Chats that notices of scenarios can go to; no secrets',
    input: z.object({}),
    output: z.object({ items: z.array(noticeChannel) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/notice-channels',
    permission: 'scenarios.write',
    summary: 'Add a chat; without an address its notices are kept here',
    input: address.extend({ name, way }),
    output: noticeChannel,
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/notice-channels/{id}',
    permission: 'scenarios.write',
    summary: 'Change a chat; an address that is left out stays, an empty one is taken away',
    input: address.extend({ id: uuid, name: name.optional() }),
    output: noticeChannel,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/notice-channels/{id}',
    permission: 'scenarios.write',
    summary: 'Put a chat away; scenarios that use it say so',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/notice-channels/{id}/restore',
    permission: 'scenarios.write',
    summary: 'Bring a chat back that was put away',
    input: z.object({ id: uuid }),
    output: noticeChannel,
  }),
  test: endpoint({
    method: 'POST',
    path: '/notice-channels/{id}/test',
    permission: 'scenarios.write',
    summary: 'Send a notice now and say what came of it',
    input: z.object({ id: uuid }),
    output: z.object({ ok: z.boolean(), reason: z.string().nullable() }),
  }),
  kept: endpoint({
    method: 'GET',
    path: '/notice-channels/{id}/kept',
    permission: 'scenarios.read',
    summary: 'The last notices of a chat without an address',
    input: z.object({ id: uuid }),
    output: z.object({ items: z.array(z.object({ id: uuid, at: instant, text: z.string() })) }),
  }),
}
