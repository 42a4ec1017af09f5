import { everyPage, type SetupPart, takes } from '#kernel/setup.ts'
import { campaignsContract } from './contract.ts'
import { create, list, update } from './service.ts'

/** Campaigns in the set-up, without their members. */
export const campaignsSetup: SetupPart = {
  folder: 'campaigns',
  read: async (ctx) =>
    (await everyPage((ask) => list(ctx, ask))).map(({ id, name, kind, startsOn, endsOn, source, note, statuses }) => ({
      id,
      name,
      value: { name, kind, startsOn, endsOn, source, note, statuses: [...statuses] },
    })),
  write: async (ctx, { id, value }) => {
    const given = takes(campaignsContract.create).parse(value)
    if (id === null) return (await create(ctx, given)).id
    await update(ctx, { ...given, id })
    return id
  },
}
