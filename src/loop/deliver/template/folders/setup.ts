import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { templateFoldersContract } from './contract.ts'
import { create, list, update } from './service.ts'

const lacking = z.object({
  sharing: z
    .object({ users: z.array(z.object({ userId: z.string() }).loose()) })
    .loose()
    .nullish(),
})

/** Folders of mail templates in the set-up; one that lies in another waits for it. */
export const templateFoldersSetup: SetupPart = {
  folder: 'template-folders',
  mayLack: ['colleagues'],
  read: async (ctx) =>
    (await list(ctx)).items.map(({ id, name, parentId, sharing }) => ({
      id,
      name,
      value: { name, parentId, sharing } as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const { sharing } = lacking.parse(value)
    // Colleagues who are not here are left out.
    const here = sharing ? { ...sharing, users: sharing.users.filter((one) => one.userId !== '') } : null
    const given = takes(templateFoldersContract.create).parse({ ...value, sharing: here })
    return (await (id === null ? create(ctx, given) : update(ctx, { id, ...given }))).id
  },
}
