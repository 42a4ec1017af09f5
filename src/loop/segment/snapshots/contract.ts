// Dated lists: the members of a segment or of a filtered list, frozen. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { leadFilter } from '#loop/identify/leads/contract.ts'

const name = z.string().trim().min(1).max(120)
const note = z.string().trim().max(1_000)

const snapshot = z.object({
  id: uuid,
  name: z.string(),
  note: z.string(),
  /** The fact by which rules ask for it. */
  fact: z.string(),
  from: z
    .object({ segment: uuid.nullable(), name: z.string().nullable() })
    .describe('The segment that was frozen; null for a filtered list'),
  people: z.number().int().describe('How many were frozen'),
  left: z.number().int().describe('How many of them are still leads today'),
  takenAt: instant,
  takenBy: z.string(),
})
export type Snapshot = z.output<typeof snapshot>

export const snapshotsContract = {
  list: endpoint({
    method: 'GET',
    path: '/snapshots',
    permission: 'segments.read',
    summary: 'All dated lists, the newest first',
    input: z.object({}),
    output: z.object({ items: z.array(snapshot) }),
  }),
  take: endpoint({
    method: 'POST',
    path: '/snapshots',
    permission: 'segments.write',
    summary: 'Freezes who is in a segment now, or on a filtered list of leads',
    input: z.object({ name, note: note.default(''), segment: uuid.optional(), filter: leadFilter.optional() }),
    output: snapshot,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/snapshots/{id}',
    permission: 'segments.write',
    summary: 'Renames a dated list; who is on it stays',
    input: z.object({ id: uuid, name: name.optional(), note: note.optional() }),
    output: snapshot,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/snapshots/{id}',
    permission: 'segments.write',
    summary: 'Takes a dated list away; it can be restored for 30 days',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/snapshots/{id}/restore',
    permission: 'segments.write',
    summary: 'Brings a removed dated list back',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
