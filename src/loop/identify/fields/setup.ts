import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { type Entity, fieldsContract, SCREENS, screenLayout } from './contract.ts'
import { arrange, readLayout } from './layout.ts'
import { addProduct, changeProduct, listProducts } from './products.ts'
import { changeField, createField, customFields, placeField } from './service.ts'

const place = z.object({ position: z.number().int().min(0).max(10_000).optional() })

const partOf = (entity: Entity, folder: string, prefix: string): SetupPart => ({
  folder,
  read: async (ctx) =>
    (await customFields(ctx, entity)).map(({ custom: _custom, archived: _archived, entity: _entity, ...field }, position) => ({
      id: `${prefix}${field.key}`,
      name: field.key,
      value: { ...field, position } as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const field = { ...takes(fieldsContract.create).parse(value), entity }
    const { position } = place.parse(value)
    await (id === null ? createField(ctx, field) : changeField(ctx, field))
    if (position !== undefined) await placeField(ctx, field, position)
    return `${prefix}${field.key}`
  },
})

/** Custom fields of leads in the set-up, by their keys. */
export const fieldsSetup = partOf('lead', 'fields', 'attrs.')

/** Those of companies. */
export const companyFieldsSetup = partOf('company', 'company-fields', 'company.attrs.')

const product = takes(fieldsContract.addProduct).extend({
  key: z.string().trim().min(1).max(100),
  archived: z.boolean().default(false),
  ...place.shape,
})

/** Products in the set-up, by their keys: rules and people name them so. */
export const productsSetup: SetupPart = {
  folder: 'products',
  read: async (ctx) =>
    (await listProducts(ctx)).items.map(({ people: _people, ...one }, position) => ({
      id: `product.${one.key}`,
      name: one.key,
      value: { ...one, position } as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const given = product.parse(value)
    const { key } = id === null ? await addProduct(ctx, given) : given
    await changeProduct(ctx, { ...given, key })
    return `product.${key}`
  },
}

/** Which fields each screen shows, one file a screen. */
export const screensSetup: SetupPart = {
  folder: 'screens',
  read: async (ctx) => {
    const layout = await readLayout(ctx)
    return SCREENS.map((screen) => ({ id: `screen.${screen}`, name: screen, value: layout[screen] as unknown as JsonObject }))
  },
  write: async (ctx, { name, value }) => {
    const screen = z.enum(SCREENS).parse(name)
    await arrange(ctx, { screen, layout: screenLayout.parse(value) })
    return `screen.${screen}`
  },
}
