import type { JsonObject } from '#kernel/json.ts'
import type { SetupPart } from '#kernel/setup.ts'
import { companyProfile as profile } from './contract.ts'
import { companyProfile, update } from './service.ts'

/** The company profile in the set-up. */
export const companySetup: SetupPart = {
  folder: 'company',
  read: async (ctx) => [{ id: 'company', name: 'company', value: (await companyProfile(ctx)) as unknown as JsonObject }],
  write: async (ctx, { value }) => {
    await update(ctx, profile.partial().parse(value))
    return 'company'
  },
}
