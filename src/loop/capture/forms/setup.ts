import type { JsonObject } from '#kernel/json.ts'
import { everyPage, type SetupPart } from '#kernel/setup.ts'
import { formSpec } from './contract.ts'
import { createForm, getForm, listForms, saveForm } from './service.ts'

/** Forms in the set-up: their drafts. An imported form is published by hand. */
export const formsSetup: SetupPart = {
  folder: 'forms',
  read: async (ctx) => {
    const objects = []
    for (const { id, name } of await everyPage((ask) => listForms(ctx, ask)))
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
