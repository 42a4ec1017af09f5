import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { get } from '../service.ts'
import { profile } from './contract.ts'
import { change, create, list, order } from './service.ts'

const given = z.object({
  name: z.string().trim().min(1).max(80),
  profile,
  segment: z.guid(),
  position: z.number().int().min(0).max(1_000).default(1_000),
})

/** Personas in the set-up. Whom one is like stands in its segment's file. */
export const personasSetup: SetupPart = {
  folder: 'personas',
  read: async (ctx) =>
    (await list(ctx)).items
      .filter((one) => one.isLive)
      .map(({ id, name, profile, segmentId }, position) => ({
        id,
        name,
        value: { name, profile: profile as unknown as JsonObject, segment: segmentId, position },
      })),
  write: async (ctx, { id, value }) => {
    const { segment, position, ...words } = given.parse(value)
    const { rule } = await get(ctx, { id: segment })
    const made = id === null ? await create(ctx, { ...words, rule, segmentId: segment }) : await change(ctx, { id, ...words, rule })
    const others = (await list(ctx)).items.map((one) => one.id).filter((one) => one !== made.id)
    await order(ctx, { ids: others.toSpliced(position, 0, made.id) })
    return made.id
  },
}
