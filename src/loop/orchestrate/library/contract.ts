// The library: scenarios to start from, with what they bring along. Browser-safe.
import { z } from 'zod'
import { uuid } from '#kernel/endpoint.ts'
import { graph } from '../graph/contract.ts'

/** Scenarios to start from; their steps come ready, with mails that only want reading over. */
export const STARTERS = [
  'blank',
  'hotLead',
  'card',
  'exhibition',
  'stepMail',
  'ebook',
  'whitepaper',
  'consideration',
  'personas',
  'newsletter',
  'seminar',
  'webinar',
  'trial',
  'lostDeal',
  'similarProduct',
  'sleeping',
  'winBack',
] as const
export const starter = z.enum(STARTERS)
export type Starter = z.output<typeof starter>

/** What somebody comes to the library for. */
export const PURPOSES = ['request', 'event', 'nurture', 'sales', 'deal', 'revive', 'trial'] as const
export type Purpose = (typeof PURPOSES)[number]

/** What is chosen before a scenario is made from the library; what is left out can be chosen in the editor. */
export const ASKS = ['form', 'segment', 'product', 'link'] as const
export const chosen = z.object({
  /** A form that lets people in, or `new` for one that is made and published along. */
  form: z.union([uuid, z.literal('new')]).optional(),
  /** The segment whose people enter. */
  segment: uuid.optional(),
  /** The key of the product that the deals were about. */
  product: z.string().max(80).optional(),
  /** Where the buttons of the mails lead; the company's site when it is not said. */
  link: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
})
export type Chosen = z.output<typeof chosen>

const named = z.object({ id: z.string(), name: z.string() })
export const libraryItem = z.object({
  id: starter,
  purposes: z.array(z.enum(PURPOSES)),
  name: z.string(),
  text: z.string().describe('What it is for'),
  enters: z.string().describe('Who enters, and when'),
  needs: z.array(z.string()).describe('What must be there for it to work'),
  /** The longest way through, in days. */
  days: z.number().int(),
  asks: z.array(z.enum(ASKS)),
  /** Made along: segments, a score, a date field, and a form where `new` is chosen. */
  segments: z.array(named),
  score: named.nullable(),
  field: z.string().nullable(),
  form: named.nullable(),
  mails: z.array(named.extend({ subject: z.string(), lines: z.array(z.string()), button: z.string().nullable() })),
  /** The steps as they will be; ids of what is not made yet stand for `segments` and `mails`. */
  graph,
})
export type LibraryItem = z.output<typeof libraryItem>

/** Everything in the library, and where buttons of mails lead unless it is said otherwise. */
export const libraryShown = z.object({ items: z.array(libraryItem), link: z.string() })
