import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import { everyPage, type SetupPart } from '#kernel/setup.ts'
import type { Compiled } from './compile.ts'
import { draft } from './contract.ts'
import { place } from './folders/service.ts'
import { compileOrRefuse, get, list, make, save } from './service.ts'

const folderOf = z.object({ folderId: z.string().nullable().optional() })

/** Mail templates in the set-up, each with the folder it lies in; a file that says nothing of a folder leaves it where it is. */
export const templatesSetup: SetupPart = {
  folder: 'templates',
  read: async (ctx) => {
    const objects = []
    for (const { id, name, folderId } of await everyPage((ask) => list(ctx, ask)))
      objects.push({ id, name, value: { name, folderId, draft: (await get(ctx, { id })).draft } as unknown as JsonObject })
    return objects
  },
  prepare: (value) => compileOrRefuse(draft.parse(value.draft)),
  write: async (ctx, { id, name, value }, prepared) => {
    const given = { name, draft: draft.parse(value.draft) }
    const { folderId } = folderOf.parse(value)
    if (id === null) return (await make(ctx, { ...given, folderId: folderId || null }, prepared as Compiled)).id
    if (folderId !== undefined) await place(ctx, { ids: [id], folderId: folderId || null })
    return (await save(ctx, { id, ...given }, prepared as Compiled)).id
  },
}
