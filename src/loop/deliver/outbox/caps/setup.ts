import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { mailCaps } from './contract.ts'
import { readCaps, save } from './service.ts'

const ID = 'caps'

/** Caps and hours of commercial mail in the set-up: one file. */
export const capsSetup: SetupPart = {
  folder: 'mail-caps',
  read: async (ctx) => [{ id: ID, name: 'caps', value: (await readCaps(ctx)) as unknown as JsonObject }],
  write: async (ctx, { value }) => {
    await save(ctx, mailCaps.parse(value))
    return ID
  },
}
