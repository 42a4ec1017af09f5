import type { Ctx } from '#kernel/ctx.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { formSpec } from './contract.ts'
import { createForm, getForm, listForms, saveForm } from './service.ts'

async function allForms(ctx: Ctx): Promise<{ id: string; name: string }[]> {
  const all: { id: string; name: string }[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await listForms(ctx, { cursor, limit: 200 })
    all.push(...items)
    if (next === null) return all
    cursor = next
  }
}

/** Forms in the set-up: their drafts. An imported form is published by hand. */
export const formsSetup: SetupPart = {
  folder: 'forms',
  read: async (ctx) => {
    const objects = []
    for (const { id, name } of await allForms(ctx))
      objects.push({ id, name, value: { name, spec: (await getForm(ctx, { id })).spec } as unknown as JsonObject })
    return objects
  },
  write: async (ctx, { id, name, value }) => {
    const spec = formSpec.parse(value.spec)
    const into = id ?? (await createForm(ctx, { name, template: 'blank' })).id
    await saveForm(ctx, { id: into, name, spec })
    return into
  },
}
