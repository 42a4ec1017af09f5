import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { eraseDue } from './service.ts'

const PAGE = 50

/** Every night: leads that lay in the trash for their days are erased for good. */
export const emptyTrash = defineJob({
  name: 'identify.trash',
  schema: z.object({}),
  cron: '40 18 * * *',
  expireSeconds: 7_200,
  run: async (house) => {
    for (let n = PAGE; n === PAGE; ) n = await withTx(house, { kind: 'system', name: 'trash' }, (ctx) => eraseDue(ctx, PAGE))
  },
})
