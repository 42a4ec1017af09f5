// Faults of ours at the door, as the sender hears of them; the log has the whole story under the same reference.
import { hashedId } from '#kernel/chance.ts'
import type { House } from '#kernel/ctx.ts'
import { Refusal } from '#kernel/errors.ts'

/** One event could not be stored although those beside it could: repeating it would not help. */
export function culpritRefusal(house: House, error: unknown): Refusal {
  return new Refusal(
    'unprocessable',
    'event.unstorable',
    `This event could not be stored (reference ${noted(house, error)} in the log). The others were.`,
  )
}

/** Nothing could be stored: the sender keeps it and repeats. */
export function brokenRefusal(house: House, error: unknown): Refusal {
  return new Refusal(
    'unavailable',
    'ingest.broken',
    `Events cannot be stored now (reference ${noted(house, error)} in the log). Nothing was stored: please repeat in a moment.`,
  )
}

function noted(house: House, error: unknown): string {
  const reference = hashedId('fault', String((error as Error)?.message)).slice(0, 8)
  house.log.error({ err: error, reference }, 'an event could not be stored')
  return reference
}
