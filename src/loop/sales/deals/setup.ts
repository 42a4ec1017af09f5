import { z } from 'zod'
import type { SetupPart } from '#kernel/setup.ts'
import { dealStage } from './contract.ts'
import { dealStages, saveStages } from './service.ts'

/** The stages of deals in the set-up. */
export const dealStagesSetup: SetupPart = {
  folder: 'deals',
  read: async (ctx) => [{ id: 'stages', name: 'stages', value: { items: (await dealStages(ctx)).map((stage) => ({ ...stage })) } }],
  write: async (ctx, { value }) => {
    await saveStages(ctx, { items: z.array(dealStage).min(1).parse(value.items) })
    return 'stages'
  },
}
