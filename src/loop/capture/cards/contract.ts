import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { CARD_FIELDS } from './kinds/contract.ts'

/** Photos of one batch, bytes of one photo, and what is taken. */
export const MOST_PHOTOS = 100
export const LARGEST_PHOTO = 20 * 1024 * 1024

const share = z.number().min(-0.05).max(1.05)
const point = z.object({ x: z.number(), y: z.number() })
export type Point = z.infer<typeof point>
const corner = z.object({ x: share, y: share })
/** Clockwise from where the card's top left is, in shares of the photo. */
export const quad = z.tuple([corner, corner, corner, corner])
export type Quad = readonly [Point, Point, Point, Point]

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
export type Box = z.infer<typeof box>
export const sides = ['front', 'back'] as const

const readField = z.object({
  value: z.string(),
  confidence: z.number().min(0).max(1),
  /** Where on the straightened card it stands, in its pixels; null when a QR code said it. */
  box: box.nullable(),
  side: z.enum(sides),
})
export type ReadField = z.infer<typeof readField>
export const cardFields = z.partialRecord(z.enum(CARD_FIELDS), readField)
export type CardFields = z.infer<typeof cardFields>

const seenSide = z.object({ width: z.number(), height: z.number(), corners: quad.nullable(), confidence: z.number() })
export const seenSides = z.object({ front: seenSide.optional(), back: seenSide.optional() })
export type SeenSides = z.infer<typeof seenSides>

export const cardStates = ['waiting', 'queued', 'reading', 'review', 'confirmed', 'discarded'] as const
/** Why a card has to be typed in by hand: its reader died or hung twice, the picture cannot be opened, nothing was found on it. */
export const failures = ['reader', 'unreadable', 'nothing'] as const

const batchFields = {
  source: z.string().trim().max(200).default('').describe('Where the cards come from: the lead source of everybody in it'),
  campaignId: uuid.nullable().default(null).describe('The campaign (exhibition, seminar) they become members of'),
  exchangedOn: z.iso.date(),
  exchangedBy: uuid.nullable().default(null),
  starts: z.boolean().describe('Confirming starts scenarios'),
  overwrites: z.boolean().describe('What the card says replaces what is stored; else it fills gaps only'),
}
const batch = z.object({
  id: uuid,
  source: z.string(),
  campaignId: uuid.nullable(),
  campaignName: z.string().nullable(),
  exchangedOn: z.string(),
  exchangedBy: uuid.nullable(),
  exchangedByName: z.string(),
  starts: z.boolean(),
  overwrites: z.boolean(),
  state: z.enum(['open', 'cancelled']),
  createdAt: instant,
  madeBy: z.string(),
  counts: z.object({
    total: z.number().int(),
    unread: z.number().int(),
    review: z.number().int(),
    confirmed: z.number().int(),
    discarded: z.number().int(),
    perSecond: z.number().nullable(),
  }),
})
export type CardBatch = z.infer<typeof batch>

const summary = z.object({
  id: uuid,
  batchId: uuid,
  status: z.enum(cardStates),
  version: z.number().int(),
  name: z.string(),
  companyName: z.string(),
  /** The least sure of the fields that matter; null while unread. */
  confidence: z.number().nullable(),
  failure: z.enum(failures).nullable(),
  readable: z.boolean(),
})
export type CardSummary = z.infer<typeof summary>

const likeness = z.enum(['mail', 'phone', 'nameCompany'])
const duplicate = z.object({
  id: uuid,
  name: z.string(),
  companyName: z.string().nullable(),
  title: z.string().nullable(),
  mail: z.string().nullable(),
  phone: z.string().nullable(),
  reasons: z.array(likeness),
})
export type CardDuplicate = z.infer<typeof duplicate>

const detail = summary.extend({
  batch,
  fields: cardFields,
  seen: seenSides,
  hasBack: z.boolean(),
  duplicates: z.array(duplicate),
  leadId: uuid.nullable(),
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
})
export type CardDetail = z.infer<typeof detail>

const text = z.string().trim().max(500).default('')
export const cardValues = z.object({
  companyName: text,
  department: text,
  title: text,
  familyName: text,
  givenName: text,
  familyKana: text,
  givenKana: text,
  mail: text,
  phone: text,
  directPhone: text,
  mobile: text,
  fax: text,
  postalCode: text,
  address: text,
  website: text,
})
export type CardValues = z.infer<typeof cardValues>

const one = z.object({ id: uuid })

export const cardsContract = {
  batches: endpoint({
    method: 'GET',
    path: '/card-batches',
    permission: 'cards.read',
    summary: 'Batches of business cards with their progress, newest first',
    input: z.object({ ...pageQuery }),
    output: page(batch),
  }),
  begin: endpoint({
    method: 'POST',
    path: '/card-batches',
    permission: 'cards.write',
    summary: 'Begin a batch; its photos follow by POST /api/card-batches/{id}/photos',
    input: z.object(batchFields),
    output: z.object({ id: uuid }),
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/card-batches/{id}',
    permission: 'cards.write',
    summary: 'Change what is said of a batch; cards already confirmed keep what they were told',
    input: one.extend(batchFields),
    output: done,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/card-batches/{id}/cancel',
    permission: 'cards.write',
    summary: 'Stop reading a batch: cards not yet read are put away, read ones stay',
    input: one,
    output: z.object({ put: z.number().int() }),
  }),
  list: endpoint({
    method: 'GET',
    path: '/cards',
    permission: 'cards.read',
    summary: 'Cards, the oldest first; by default those waiting for a human',
    input: z.object({ ...pageQuery, state: z.enum(cardStates).default('review'), batchId: uuid.optional() }),
    output: page(summary),
  }),
  get: endpoint({
    method: 'GET',
    path: '/cards/{id}',
    permission: 'cards.read',
    summary: 'One card: what was read with confidence and place, and the leads it may belong to',
    input: one,
    output: detail,
  }),
  reread: endpoint({
    method: 'POST',
    path: '/cards/{id}/read',
    permission: 'cards.write',
    summary: 'Read a card again, within corners given by hand',
    input: one.extend({ side: z.enum(sides).default('front'), corners: quad.nullable() }),
    output: done,
  }),
  join: endpoint({
    method: 'POST',
    path: '/cards/{id}/back',
    permission: 'cards.write',
    summary: 'The photo of another card becomes the back of this one',
    input: one.extend({ other: uuid }),
    output: done,
  }),
  confirm: endpoint({
    method: 'POST',
    path: '/cards/{id}/confirm',
    permission: 'cards.write',
    summary: 'Confirm a card: a new lead, or the same person as a known one. Consent by card is recorded with its proof',
    input: one.extend({ values: cardValues, sameAs: uuid.nullable().default(null) }),
    output: z.object({ leadId: uuid, outcome: z.enum(['created', 'updated']) }),
  }),
  undo: endpoint({
    method: 'POST',
    path: '/cards/{id}/undo',
    permission: 'cards.write',
    summary: 'Take the confirmation of a card back, for 30 days: who it made goes into the trash, who it changed has again what they had',
    input: one,
    output: done,
  }),
  split: endpoint({
    method: 'POST',
    path: '/cards/{id}/split',
    permission: 'cards.write',
    summary: 'The back of a card becomes a card of its own again',
    input: one,
    output: one,
  }),
  resume: endpoint({
    method: 'POST',
    path: '/card-batches/{id}/resume',
    permission: 'cards.write',
    summary: 'Go on reading a batch that was stopped',
    input: one,
    output: z.object({ taken: z.number().int() }),
  }),
  discard: endpoint({
    method: 'POST',
    path: '/cards/{id}/discard',
    permission: 'cards.write',
    summary: 'Put a card away; its pictures go after seven days',
    input: one,
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/cards/{id}/restore',
    permission: 'cards.write',
    summary: 'Take a card back that was put away',
    input: one,
    output: done,
  }),
  ofLead: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/cards',
    permission: 'leads.read',
    summary: 'The cards of a lead, the last exchanged first',
    input: z.object({ leadId: uuid }),
    output: z.object({
      items: z.array(
        z.object({
          id: uuid,
          version: z.number().int(),
          exchangedOn: z.string(),
          exchangedByName: z.string(),
          source: z.string(),
          hasBack: z.boolean(),
          hasPicture: z.boolean(),
          mayUndo: z.boolean(),
        }),
      ),
    }),
  }),
  settings: endpoint({
    method: 'GET',
    path: '/card-settings',
    permission: 'cards.read',
    summary: 'How long pictures of confirmed cards are kept',
    input: z.object({}),
    output: z.object({ keepDays: z.number().int().nullable() }),
  }),
  saveSettings: endpoint({
    method: 'PUT',
    path: '/card-settings',
    permission: 'settings.write',
    summary: 'Days after which pictures of confirmed cards go; null keeps them as long as the lead',
    input: z.object({ keepDays: z.number().int().min(0).max(3_650).nullable() }),
    output: done,
  }),
}
