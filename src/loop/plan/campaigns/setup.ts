import type { Ctx } from '#kernel/ctx.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { type Campaign, campaignsContract } from './contract.ts'
import { create, list, update } from './service.ts'

async function allCampaigns(ctx: Ctx): Promise<Campaign[]> {
  const all: Campaign[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await list(ctx, { limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    all.push(...items)
    if (next === null) return all
    cursor = next
  }
}

/** Campaigns in the set-up, without their members. */
export const campaignsSetup: SetupPart = {
  folder: 'campaigns',
  read: async (ctx) =>
    (await allCampaigns(ctx)).map(({ id, name, kind, startsOn, endsOn, source, note, statuses }) => ({
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
