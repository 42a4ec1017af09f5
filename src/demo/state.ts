import { z } from 'zod'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { readSetting } from '#kernel/settings.ts'

export const DEMO_SETTING = 'demo'
export const OWNER_MAIL = 'demo@sample.example.co.jp'
/** The demo company's database on the embedded server; its own never meets the demo's data. */
export const DEMO_DATABASE = 'hagukumi_demo'

const schema = z.object({
  owner: z.string(),
  sellers: z.array(z.string()),
  site: z.string(),
  writeKey: z.string(),
  form: z.string(),
  hotSegment: z.string(),
  password: z.string(),
  builtAt: z.string().optional(),
})
export type DemoState = z.output<typeof schema>

/** What the demo is made of, or null where there is none. */
export function readDemo(house: House): Promise<DemoState | null> {
  return withRead(house, { kind: 'system', name: 'demo' }, (ctx) => readSetting(ctx, DEMO_SETTING, schema.nullable(), null))
}

/** Whether this database is the demo company's. */
export async function isDemo(ctx: Ctx): Promise<boolean> {
  return (await readSetting(ctx, DEMO_SETTING, schema.nullable(), null)) !== null
}
