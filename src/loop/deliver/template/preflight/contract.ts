import { z } from 'zod'
import { endpoint, uuid } from '#kernel/endpoint.ts'
import { CHARSETS, draft } from '../contract.ts'

/** Where something stands in a mail. */
const place = z.object({
  part: z.enum(['subject', 'preheader', 'block', 'text', 'sender']),
  block: z.number().int().nullable().meta({ description: 'which block, counted from 1' }),
  blockId: z.string().nullable(),
})
export type Place = z.infer<typeof place>

const finding = place.extend({
  char: z.string(),
  code: z.string().meta({ description: 'its code points: U+2460' }),
  kind: z
    .enum(['lost', 'twin'])
    .meta({ description: 'lost: there is none in the charset; twin: it goes out, and some readers show its look-alike' }),
  count: z.number().int(),
  swap: z.string().nullable().meta({ description: 'what is proposed in its place; empty: leave it out; null: nothing is known' }),
  excerpt: z.string(),
})
export type Finding = z.infer<typeof finding>

const audience = z.object({ include: z.array(uuid).min(1).max(50), exclude: z.array(uuid).max(50).default([]) })

const falling = z.object({
  personId: uuid,
  name: z.string(),
  company: z.string(),
  field: z.string().meta({ description: 'the merge field, or `to` for the name above the mail' }),
  value: z.string(),
  chars: z.array(z.string()),
})
export type Falling = z.infer<typeof falling>

const LINK_FATES = ['ok', 'moved', 'gone', 'denied', 'broken', 'away', 'refused', 'skipped'] as const
const link = z.object({
  url: z.string(),
  places: z.array(place),
  isPicture: z.boolean(),
  fate: z.enum(LINK_FATES).meta({
    description:
      'ok; moved: leads elsewhere for good; gone: 404 or 410; denied: asks for a sign-in or turns machines away; broken: the server fails; away: no answer; refused: an address that is not asked; skipped: beyond the limit',
  }),
  status: z.number().int().nullable(),
  to: z.string().nullable().meta({ description: 'where it ends, when that is elsewhere' }),
  detail: z.string(),
})
export type LinkReport = z.infer<typeof link>

/** Looks at a mail before it goes out. */
export const templateCheckContract = {
  charset: endpoint({
    method: 'POST',
    path: '/template-charset',
    permission: 'templates.read',
    summary: 'What of a mail ISO-2022-JP cannot carry, where it stands, and what would be sent',
    input: z.object({
      draft,
      audience: z
        .union([z.literal('leads'), audience])
        .optional()
        .meta({ description: 'whose merge fields are looked at: all leads, or segments; left out: nobody’s' }),
    }),
    output: z.object({
      wanted: z.enum(CHARSETS).meta({ description: 'what the mail or the mail settings ask for' }),
      sentAs: z.enum(CHARSETS).meta({ description: 'what its own words go out in' }),
      findings: z.array(finding),
      mended: draft.meta({ description: 'the same with all that is proposed' }),
      people: z
        .object({
          looked: z.number().int(),
          more: z.boolean().meta({ description: 'there are others, whom nobody has looked at' }),
          falling: z.number().int().meta({ description: 'people whose mail would go in UTF-8' }),
          items: z.array(falling),
        })
        .nullable(),
    }),
  }),
  links: endpoint({
    method: 'POST',
    path: '/template-links',
    permission: 'templates.write',
    summary: 'Fetch the links and pictures of a mail and say which are broken',
    input: z.object({ draft }),
    output: z.object({ items: z.array(link), broken: z.number().int() }),
  }),
}
