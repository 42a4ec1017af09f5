import { serve } from '#kernel/serve.ts'
import { fieldsContract } from './contract.ts'
import { archiveField, changeField, createField, listFields } from './service.ts'

export const fieldsRoutes = serve(fieldsContract, {
  list: (ctx) => listFields(ctx),
  create: (ctx, input) => createField(ctx, input),
  update: (ctx, input) => changeField(ctx, input),
  archive: (ctx, input) => archiveField(ctx, input),
})
