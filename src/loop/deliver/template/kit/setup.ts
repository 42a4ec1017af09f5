import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { templateKitContract } from './contract.ts'
import { get, keepBlock, saveBlock } from './service.ts'

/** Blocks of mails that are used again, in the set-up. */
export const mailBlocksSetup: SetupPart = {
  folder: 'mail-blocks',
  read: async (ctx) =>
    (await get(ctx)).blocks.map(({ id, name, block }) => ({ id, name, value: { name, block } as unknown as JsonObject })),
  write: async (ctx, { id, value }) => {
    const given = takes(templateKitContract.saveBlock).parse(value)
    return (await (id === null ? saveBlock(ctx, given) : keepBlock(ctx, { id, ...given }))).id
  },
}
