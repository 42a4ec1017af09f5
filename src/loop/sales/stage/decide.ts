import { STAGES, type Stage } from './vocabulary.ts'

/** What can move a lead's stage. */
export type StageCause =
  | 'nurtured'
  | 'handed'
  | 'accepted'
  | 'returned'
  | 'dealOpened'
  | 'dealWon'
  | 'dealClosed'
  | 'dealUndone'
  | 'merged'
  | 'parted'

/** What else is known when a stage is decided. */
export interface Standing {
  readonly openDeals: number
  readonly wonDeals: number
  /** Sales accepted the newest hand-off. */
  readonly accepted: boolean
  /** The newest hand-off still waits for its answer. */
  readonly waiting: boolean
}

const RULES: Readonly<Record<StageCause, (from: Stage, standing: Standing) => Stage>> = {
  nurtured: (from) => (from === 'new' ? 'nurture' : from),
  handed: (from) => (from === 'new' || from === 'nurture' ? 'mql' : from),
  accepted: (from) => (from === 'deal' || from === 'customer' ? from : 'sql'),
  returned: (from) => (from === 'mql' || from === 'sql' ? 'nurture' : from),
  dealOpened: (from) => (from === 'customer' ? from : 'deal'),
  dealWon: () => 'customer',
  // A lost or reopened deal: the stage follows from the deals that are left.
  dealClosed: (_from, { openDeals, wonDeals }) => (wonDeals > 0 ? 'customer' : openDeals > 0 ? 'deal' : 'nurture'),
  // A deal that should never have been: back to where the lead stood with sales.
  dealUndone: (_from, { openDeals, wonDeals, accepted }) =>
    wonDeals > 0 ? 'customer' : openDeals > 0 ? 'deal' : accepted ? 'sql' : 'nurture',
  // Two leads that became one stand where the one further along stood; parted again, each where its own deals and hand-offs say.
  merged: (from, standing) => further(from, standsAt(standing)),
  parted: (from, standing) => (from === 'new' ? from : standsAt(standing)),
}

/** The stage that deals and hand-offs alone say. */
function standsAt({ openDeals, wonDeals, accepted, waiting }: Standing): Stage {
  if (wonDeals > 0) return 'customer'
  if (openDeals > 0) return 'deal'
  return accepted ? 'sql' : waiting ? 'mql' : 'nurture'
}

const further = (one: Stage, other: Stage): Stage => (STAGES.indexOf(one) >= STAGES.indexOf(other) ? one : other)

/** Where a lead stands after something happened. A customer stays one unless the deal that made it one is taken back. */
export function stageAfter(
  from: Stage,
  cause: StageCause,
  standing: Standing = { openDeals: 0, wonDeals: 0, accepted: false, waiting: false },
): Stage {
  return RULES[cause](from, standing)
}

/** May a lead at this stage be handed to sales? Who is with sales already is not handed over again. */
export const mayHandOver = (stage: Stage): boolean => stage === 'new' || stage === 'nurture'
