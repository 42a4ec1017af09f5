// What a scenario can do to somebody or for somebody: steps without branches that have an effect. Browser-safe.
import { z } from 'zod'
import { base, ref } from './parts.ts'

/** Ways a notice can take: to the list of signals, by mail, or into a chat through a notice channel of the house. */
export const NOTICE_WAYS = ['signal', 'mail', 'slack', 'teams', 'chatwork'] as const
export type NoticeWay = (typeof NOTICE_WAYS)[number]
export const CHAT_WAYS = ['slack', 'teams', 'chatwork'] as const
export type ChatWay = (typeof CHAT_WAYS)[number]

/** Roles whose members can be told by mail; all active ones are. */
export const NOTICE_ROLES = ['owner', 'marketer', 'sales'] as const

/** Whom a notice by mail goes to. `owner` is the lead's; a lead without one is told of to the marketers. */
export const noticeTo = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({ kind: z.literal('role'), role: z.enum(NOTICE_ROLES) }),
  z.strictObject({ kind: z.literal('address'), address: z.string().max(320) }),
])
export type NoticeTo = z.output<typeof noticeTo>

/** Who is to look after somebody: the house's assignment rules, a group of theirs in turn, one colleague, or nobody. */
export const ownerRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rules') }),
  /** A group of the assignment rules, by its id there. */
  z.strictObject({ kind: z.literal('roundRobin'), group: z.string().max(40) }),
  z.strictObject({ kind: z.literal('user'), user: ref }),
  z.strictObject({ kind: z.literal('none') }),
])
export type OwnerRule = z.output<typeof ownerRule>

/** Actions by their kind; `perform` has a doer for each. */
export const actions = [
  z.strictObject({
    ...base,
    kind: z.literal('mail'),
    template: ref,
    purpose: z.enum(['marketing', 'transactional']).default('marketing'),
    /** Whose name it carries; left out: as the mail settings say. */
    sender: z.enum(['company', 'owner']).optional(),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('field'),
    field: z.string().max(80),
    value: z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]),
  }),
  z.strictObject({ ...base, kind: z.literal('tag'), tag: z.string().max(80), remove: z.boolean().default(false) }),
  z.strictObject({ ...base, kind: z.literal('points'), score: z.string().max(80), amount: z.number().int().min(-10_000).max(10_000) }),
  z.strictObject({
    ...base,
    kind: z.literal('notify'),
    by: z.enum(NOTICE_WAYS).default('signal'),
    /** Read when it goes by mail. */
    to: noticeTo.default({ kind: 'owner' }),
    /** The notice channel; read when it goes into a chat. */
    channel: ref.default(''),
    text: z.string().max(500),
    urgent: z.boolean().default(false),
  }),
  z.strictObject({ ...base, kind: z.literal('handoff'), note: z.string().max(1_000) }),
  /** Gives an owner; whoever has one keeps it unless `replace`. */
  z.strictObject({ ...base, kind: z.literal('owner'), rule: ownerRule, replace: z.boolean().default(false) }),
  /** A status of a campaign; whoever was no member takes part from then on. */
  z.strictObject({ ...base, kind: z.literal('campaign'), campaign: ref, status: z.string().max(60) }),
  /** Asks by mail whether they want our mails (double opt-in), within the limits of such asks. */
  z.strictObject({ ...base, kind: z.literal('consent') }),
  z.strictObject({ ...base, kind: z.literal('webhook'), url: z.string().max(2_000) }),
  /** Starts another scenario for them, or takes them out of it. */
  z.strictObject({ ...base, kind: z.literal('scenario'), scenario: ref, do: z.enum(['start', 'stop']).default('start') }),
] as const
