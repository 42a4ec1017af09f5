import type { JsonObject } from '#kernel/json.ts'
import { everyPage, type SetupPart } from '#kernel/setup.ts'
import type { Compiled } from './compile.ts'
import { draft } from './contract.ts'
import { compileOrRefuse, get, list, make, save } from './service.ts'

/** Mail templates in the set-up. */
export const templatesSetup: SetupPart = {
  folder: 'templates',
  read: async (ctx) => {
    const objects = []
    for (const { id, name } of await everyPage((ask) => list(ctx, ask)))
      objects.push({ id, name, value: { name, draft: (await get(ctx, { id })).draft } as unknown as JsonObject })
    return objects
  },
  prepare: (value) => compileOrRefuse(draft.parse(value.draft)),
  write: async (ctx, { id, name, value }, prepared) => {
    const given = { name, draft: draft.parse(value.draft) }
    return (await (id === null ? make(ctx, given, prepared as Compiled) : save(ctx, { id, ...given }, prepared as Compiled))).id
  },
}
