import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { companySegmentsContract } from './contract.ts'
import { change, create, list } from './service.ts'

/** Segments of companies in the set-up. */
export const companySegmentsSetup: SetupPart = {
  folder: 'company-segments',
  read: async (ctx) => (await list(ctx)).items.map(({ id, name, rule }) => ({ id, name, value: { name, rule } as unknown as JsonObject })),
  write: async (ctx, { id, value }) => {
    const given = takes(companySegmentsContract.create).parse(value)
    return (await (id === null ? create(ctx, given) : change(ctx, { id, ...given }))).id
  },
}
