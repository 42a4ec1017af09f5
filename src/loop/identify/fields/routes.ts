import { serve } from '#kernel/serve.ts'
import { allFacts } from '../facts.ts'
import { fieldsContract } from './contract.ts'
import { arrange, readLayout } from './layout.ts'
import { findAddress } from './postal.ts'
import { addProduct, changeProduct, listProducts } from './products.ts'
import { archiveField, changeField, createField, listFields, restoreField } from './service.ts'

export const fieldsRoutes = serve(fieldsContract, {
  list: (ctx, input) => listFields(ctx, input),
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
  restore: (ctx, input) => restoreField(ctx, input),
  layout: (ctx) => readLayout(ctx),
  arrange: (ctx, input) => arrange(ctx, input),
  postal: (_ctx, input) => findAddress(input),
  products: (ctx) => listProducts(ctx),
  addProduct: (ctx, input) => addProduct(ctx, input),
  changeProduct: (ctx, input) => changeProduct(ctx, input),
})
