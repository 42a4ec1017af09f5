import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { linesContract } from './contract.ts'
import { create, list, update } from './service.ts'

const lacking = z.object({ ownerId: z.string().nullish() })

/** Lines of newsletters in the set-up: their rhythm and rules; issues are planned where they appear. */
export const linesSetup: SetupPart = {
  folder: 'newsletter-lines',
  mayLack: ['colleagues'],
  read: async (ctx) =>
    (await list(ctx)).items
      .filter((line) => !line.archived)
      .map((line) => ({ id: line.id, name: line.name, value: takes(linesContract.create).parse(line) as unknown as JsonObject })),
  write: async (ctx, { id, value }) => {
    const given = takes(linesContract.create).parse({ ...value, ownerId: lacking.parse(value).ownerId || null })
    if (id === null) return (await create(ctx, given)).id
    await update(ctx, { id, ...given })
    return id
  },
}
