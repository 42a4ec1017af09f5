import type { Reaction } from '#kernel/pass.ts'
import { PLAN_EVENTS, TOUCH_EVENTS } from './decide.ts'
import { fold } from './service.ts'

const LEADS = ['lead.created', 'lead.named', 'lead.adopted', 'lead.released', 'owner.assigned']

/** Keeps true when each lead was last touched, who has it, and which plan it is in. */
export const neglectReactions: readonly Reaction[] = [
  {
    name: 'nobody forgotten: touches and plans',
    on: [...new Set([...TOUCH_EVENTS, ...PLAN_EVENTS, ...LEADS])],
    run: (ctx, _pass, news) => fold(ctx, news),
  },
]
