import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { segmentsContract } from './contract.ts'
import { change, create, list } from './service.ts'

/** Segments in the set-up. Whoever is let in by an import starts no scenario. */
export const segmentsSetup: SetupPart = {
  folder: 'segments',
  read: async (ctx) =>
    (await list(ctx)).items.map(({ id, name, description, audience, rule }) => ({
      id,
      name,
      value: { name, description, audience, rule } as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const given = { ...takes(segmentsContract.create).parse(value), startsScenarios: false }
    return (await (id === null ? create(ctx, given) : change(ctx, { id, ...given }))).id
  },
}
