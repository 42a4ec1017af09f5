import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { noteEmptied } from './progress.ts'
import { eraseDue } from './service.ts'

const PAGE = 200

/** Every night: leads that lay in the trash for their days are erased for good. On request: all who were put there before an instant. */
export const emptyTrash = defineJob({
  name: 'identify.trash',
  schema: z.object({ before: z.iso.datetime().optional(), by: z.string().max(200).optional() }),
  cron: '40 18 * * *',
  expireSeconds: 7_200,
  run: async (house, { before, by }) => {
    const actor = { kind: 'system', name: by ?? 'trash' } as const
    for (let n = PAGE; n > 0; )
      n = await withTx(house, actor, async (ctx) => {
        const gone = await eraseDue(ctx, before ? { by: 'at', at: new Date(before) } : { by: 'until', at: ctx.now }, PAGE)
        if (before) await noteEmptied(ctx, gone, gone === 0)
        return gone
      })
  },
})
