import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

export const task = z.object({
  leadId: uuid,
  id: uuid,
  leadName: z.string(),
  companyName: z.string().nullable(),
  title: z.string(),
  body: z.string().nullable(),
  dueAt: instant.nullable(),
  assigneeId: z.string().nullable(),
  assigneeName: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  doneAt: instant.nullable(),
  doneBy: z.string().nullable(),
  results: z.array(z.object({ key: z.string(), name: z.string() })).describe('How it can end; one is chosen when it is done'),
  result: z.string().nullable().describe('The key of the one chosen'),
})
export type Task = z.infer<typeof task>

const title = z.string().trim().min(1).max(200)
const what = {
  body: z.string().trim().max(5_000).nullable().optional(),
  dueAt: instant.nullable().optional(),
  assigneeId: uuid.nullable().optional().describe('Who does it; whoever makes it when absent'),
}
const one = { leadId: uuid, id: uuid }

/** A task falls due: `task.due` in the journal, with `task`, `title` and `assignee`. */
export const tasksContract = {
  list: endpoint({
    method: 'GET',
    path: '/tasks',
    permission: 'leads.read',
    summary: 'Tasks: open ones by due date, the undated last; done ones newest first',
    input: z.object({
      ...pageQuery,
      assignee: z.union([z.enum(['me', 'none']), uuid]).optional(),
      leadId: uuid.optional(),
      state: z.enum(['open', 'done']).default('open'),
    }),
    output: page(task),
  }),
  get: endpoint({
    method: 'GET',
    path: '/tasks/{leadId}/{id}',
    permission: 'leads.read',
    summary: 'One task',
    input: z.object(one),
    output: task,
  }),
  add: endpoint({
    method: 'POST',
    path: '/tasks',
    permission: 'leads.write',
    summary: 'Make a task about a lead',
    input: z.object({ leadId: uuid, title, ...what }),
    output: task,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/tasks/{leadId}/{id}',
    permission: 'leads.write',
    summary: 'Change a task, put it off, tick it or open it again; one that asks how it went is ticked with a result',
    input: z.object({ ...one, title: title.optional(), ...what, done: z.boolean().optional(), result: z.string().max(1).optional() }),
    output: task,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/tasks/{leadId}/{id}',
    permission: 'leads.write',
    summary: 'Take a task away; `restore` brings it again',
    input: z.object(one),
    output: z.object({ removed: z.boolean() }),
  }),
  restore: endpoint({
    method: 'POST',
    path: '/tasks/{leadId}/{id}/restore',
    permission: 'leads.write',
    summary: 'Bring a removed task back',
    input: z.object(one),
    output: task,
  }),
}
