import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { fieldsContract } from './contract.ts'
import { changeField, createField, customFields } from './service.ts'

/** Custom fields in the set-up, by their keys. */
export const fieldsSetup: SetupPart = {
  folder: 'fields',
  read: async (ctx) =>
    (await customFields(ctx)).map(({ custom: _custom, archived: _archived, ...field }) => ({
      id: `attrs.${field.key}`,
      name: field.key,
      value: field as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const field = takes(fieldsContract.create).parse(value)
    await (id === null ? createField(ctx, field) : changeField(ctx, field))
    return `attrs.${field.key}`
  },
}
