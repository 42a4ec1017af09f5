import { serve } from '#kernel/serve.ts'
import { allFacts } from '../facts.ts'
import { fieldsContract } from './contract.ts'
import { archiveField, changeField, createField, listFields } from './service.ts'

export const fieldsRoutes = serve(fieldsContract, {
  list: (ctx) => listFields(ctx),
  facts: async (ctx) => ({
    items: (await allFacts(ctx)).map(({ name, type, words, group, options }) => ({
      name,
      type,
      ...words,
      group,
      options: [...(options ?? [])],
    })),
  }),
  create: (ctx, input) => createField(ctx, input),
  update: (ctx, input) => changeField(ctx, input),
  archive: (ctx, input) => archiveField(ctx, input),
})
