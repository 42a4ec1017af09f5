import { z } from 'zod'
import { done, endpoint, uuid } from '#kernel/endpoint.ts'

/** What a folder lets somebody do, beneath what their role lets them do: it narrows, it never widens. */
export const FOLDER_LEVELS = ['none', 'view', 'edit'] as const
export type FolderLevel = (typeof FOLDER_LEVELS)[number]

const level = z.enum(['view', 'edit'])

/** Whom a folder is shared with. Whoever made it and the owner role always may. */
export const sharing = z.object({
  everyone: z.enum(FOLDER_LEVELS).meta({ description: 'what everybody in the company may do' }),
  users: z
    .array(z.object({ userId: uuid, level }))
    .max(200)
    .default([]),
  roles: z
    .array(z.object({ role: z.enum(['owner', 'marketer', 'sales', 'viewer']), level }))
    .max(4)
    .default([]),
})
export type Sharing = z.infer<typeof sharing>

export const folder = z.object({
  id: uuid,
  parentId: uuid.nullable(),
  name: z.string(),
  sharing: sharing.nullable().meta({ description: 'null: as the folder above; at the top everybody may' }),
  mine: z.enum(['view', 'edit']).meta({ description: 'what the asker may do here' }),
  templates: z.number().int().meta({ description: 'templates lying directly in it' }),
})
export type Folder = z.infer<typeof folder>

const name = z.string().trim().min(1).max(80)

export const templateFoldersContract = {
  list: endpoint({
    method: 'GET',
    path: '/template-folders',
    permission: 'templates.read',
    summary: 'Template folders the asker may see',
    input: z.object({}),
    output: z.object({ items: z.array(folder), loose: z.number().int().meta({ description: 'templates in no folder' }) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/template-folders',
    permission: 'templates.write',
    summary: 'Make a template folder',
    input: z.object({ name, parentId: uuid.nullable().default(null), sharing: sharing.nullable().default(null) }),
    output: folder,
  }),
  update: endpoint({
    method: 'PUT',
    path: '/template-folders/{id}',
    permission: 'templates.write',
    summary: 'Rename, move or share a template folder',
    input: z.object({ id: uuid, name, parentId: uuid.nullable(), sharing: sharing.nullable() }),
    output: folder,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/template-folders/{id}',
    permission: 'templates.write',
    summary: 'Remove a folder; what lies in it moves to the folder above',
    input: z.object({ id: uuid }),
    output: done,
  }),
  place: endpoint({
    method: 'POST',
    path: '/template-folders/place',
    permission: 'templates.write',
    summary: 'Move templates into a folder, or out of all',
    input: z.object({ ids: z.array(uuid).min(1).max(200), folderId: uuid.nullable() }),
    output: z.object({ moved: z.number().int() }),
  }),
}
