// Pieces that triggers, waits and actions are written with. Browser-safe.
import { z } from 'zod'

export const id = z.string().regex(/^[\w-]{1,40}$/, 'an id of 1 to 40 letters, digits, _ or -')
export const name = z.string().max(80)
export const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time HH:MM')
/** Ids of other rooms' things; empty while a draft is not finished. */
export const ref = z.union([z.guid(), z.literal('')])

/** What every step has. */
export const base = { id, name: name.default('') }

/** A length of time; a day is 24 hours. */
export const amountOfTime = z.strictObject({ amount: z.number().int().min(1).max(10_000), unit: z.enum(['minutes', 'hours', 'days']) })

/** Weekdays, 0 Sunday … 6 Saturday; none: any. */
export const weekdays = z.array(z.number().int().min(0).max(6)).max(7)
