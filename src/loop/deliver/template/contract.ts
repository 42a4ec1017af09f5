import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** The fields a mail may speak of: the name after `lead.` or `owner.` / `sender.` in a merge field. */
export const MERGE_FIELDS = [
  'lead.salutation',
  'lead.family_name',
  'lead.given_name',
  'lead.company',
  'lead.department',
  'lead.title',
  'lead.email',
  'owner.name',
  'owner.email',
  'sender.legal_name',
  'sender.name',
] as const
export type MergeField = (typeof MERGE_FIELDS)[number]

/** How a declared fact is called in a merge field: the dots and dashes of its name have a meaning in Liquid. */
export const factField = (name: string): string => `fact.${name.replace(/[^A-Za-z0-9_]/g, '_')}`

const FIELD_PATH = /^(?:(?:lead|owner|sender)(?:\.attrs)?\.[a-z][a-z0-9_]{0,59}|fact\.[A-Za-z][A-Za-z0-9_]{0,119})$/
const fieldPath = z.string().regex(FIELD_PATH)

const httpUrl = z
  .string()
  .trim()
  .max(2_000)
  .refine((value) => /^(?:https?:\/\/|mailto:|tel:)[^\s<>"'`\\{}]+$/i.test(value), { message: 'url' })
const imageUrl = z
  .string()
  .trim()
  .max(2_000)
  .refine((value) => value === '' || /^https?:\/\/[^\s<>"'`\\{}]+$/i.test(value), { message: 'url' })

const mark = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bold') }),
  z.object({ type: z.literal('italic') }),
  z.object({ type: z.literal('underline') }),
  z.object({ type: z.literal('link'), attrs: z.object({ href: httpUrl }) }),
])
export type Mark = z.infer<typeof mark>

const inline = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string().max(20_000), marks: z.array(mark).max(4).optional() }),
  z.object({ type: z.literal('hardBreak') }),
  z.object({
    type: z.literal('mergeField'),
    attrs: z.object({ field: fieldPath, fallback: z.string().max(200).default('') }),
    marks: z.array(mark).max(4).optional(),
  }),
])
export type Inline = z.infer<typeof inline>

const paragraph = z.object({ type: z.literal('paragraph'), content: z.array(inline).max(500).optional() })
const listItem = z.object({ type: z.literal('listItem'), content: z.array(paragraph).max(50) })
const list = z.object({ type: z.enum(['bulletList', 'orderedList']), content: z.array(listItem).max(200) })

/** Rich text as the editor keeps it (a closed subset of ProseMirror's JSON): no markup can hide in it. */
export const richText = z.object({ type: z.literal('doc'), content: z.array(z.discriminatedUnion('type', [paragraph, list])).max(500) })
export type RichText = z.infer<typeof richText>

/** Who sees a block: a comparison of a merge field, or membership of a segment. */
const condition = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('field'),
    field: fieldPath,
    op: z.enum(['is', 'isNot', 'filled', 'empty']),
    value: z.string().max(200).default(''),
  }),
  z.object({ kind: z.literal('segment'), segmentId: uuid, isIn: z.boolean() }),
])
export type Condition = z.infer<typeof condition>

const common = { id: z.string().min(1).max(60), when: condition.optional() }
const align = z.enum(['left', 'center', 'right']).default('left')
const heading = z.object({
  ...common,
  kind: z.literal('heading'),
  text: z.string().max(300),
  level: z.union([z.literal(1), z.literal(2)]).default(1),
  align,
})
const text = z.object({ ...common, kind: z.literal('text'), doc: richText })
const image = z.object({
  ...common,
  kind: z.literal('image'),
  src: imageUrl,
  alt: z.string().max(300).default(''),
  href: httpUrl.optional(),
  width: z.number().int().min(40).max(600).default(552),
})
const button = z.object({
  ...common,
  kind: z.literal('button'),
  label: z.string().max(120),
  href: httpUrl,
  align: align.default('center'),
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .default('#4f63d8'),
})
const divider = z.object({ ...common, kind: z.literal('divider') })
const space = z.object({ ...common, kind: z.literal('space'), height: z.number().int().min(4).max(120).default(24) })
const footer = z.object({ ...common, kind: z.literal('footer'), note: z.string().max(2_000).default('') })
/** An article: picture beside title, summary and link. */
const article = z.object({
  ...common,
  kind: z.literal('article'),
  src: imageUrl.default(''),
  alt: z.string().max(300).default(''),
  title: z.string().max(200),
  text: z.string().max(1_000).default(''),
  href: httpUrl,
  label: z.string().max(80).default(''),
})
export const NETWORKS = ['x', 'facebook', 'linkedin', 'youtube', 'instagram', 'line', 'note', 'web'] as const
const sns = z.object({
  ...common,
  kind: z.literal('sns'),
  align: align.default('center'),
  links: z.array(z.object({ network: z.enum(NETWORKS), href: httpUrl })).max(8),
})
/** Signed by the lead's owner; by the company where there is none. */
const signature = z.object({ ...common, kind: z.literal('signature'), note: z.string().max(1_000).default('') })
/** HTML of the author's own, byte for byte; only merge fields are filled in, and its links are not counted. */
const html = z.object({ ...common, kind: z.literal('html'), html: z.string().max(100_000) })
const leaf = z.discriminatedUnion('kind', [heading, text, image, button, divider, space])
const columns = z.object({ ...common, kind: z.literal('columns'), left: z.array(leaf).max(20), right: z.array(leaf).max(20) })

/** One block of a mail. */
export const block = z.discriminatedUnion('kind', [
  heading,
  text,
  image,
  button,
  divider,
  space,
  columns,
  footer,
  article,
  sns,
  signature,
  html,
])
export type Block = z.infer<typeof block>
export type LeafBlock = z.infer<typeof leaf>

/** What a mail's words go out in. */
export const CHARSETS = ['utf-8', 'iso-2022-jp'] as const
export type MailCharset = (typeof CHARSETS)[number]

/** What a marketer writes: everything a version freezes. */
export const draft = z.object({
  subject: z.string().trim().min(1).max(300),
  preheader: z.string().max(300).default(''),
  blocks: z.array(block).max(100),
  /** The text part as the author wrote it; left out, it is made from the blocks. The legal lines are added to either. */
  text: z.string().max(50_000).optional(),
  charset: z
    .enum(CHARSETS)
    .optional()
    .meta({ description: 'left out: as the mail settings say; a mail with a character that does not fit goes in UTF-8' }),
})
export type Draft = z.infer<typeof draft>

export const templateSummary = z.object({
  id: uuid,
  name: z.string(),
  subject: z.string(),
  version: z.number().int().meta({ description: 'counts every save' }),
  edition: z.number().int().meta({ description: 'counts only what went out: an edit after a send begins the next' }),
  sent: z.boolean().meta({ description: 'a mail of this version has gone out: the next edit makes a new edition' }),
  folderId: uuid.nullable(),
  updatedAt: instant,
})
export type TemplateSummary = z.infer<typeof templateSummary>

export const templateDetail = templateSummary.extend({
  versionId: uuid,
  draft,
  warnings: z.array(z.string()),
  mine: z.enum(['view', 'edit']).meta({ description: 'what its folder lets the asker do' }),
})
export type TemplateDetail = z.infer<typeof templateDetail>

const named = { name: z.string().trim().min(1).max(120) }

/** Whom a draft is shown to before it is sent. */
export const reader = {
  personId: uuid.optional().meta({ description: 'A lead, who reads exactly what they would be sent; left out: a made-up one' }),
  segments: z
    .array(uuid)
    .max(100)
    .optional()
    .meta({ description: 'Segments and personas the made-up lead is taken to be in; left out: all that its blocks ask for' }),
}

export const templatesContract = {
  list: endpoint({
    method: 'GET',
    path: '/templates',
    permission: 'templates.read',
    summary: 'Mail templates, last changed first',
    input: z.object({
      ...pageQuery,
      search: z.string().max(100).optional(),
      folder: z
        .union([uuid, z.literal('none')])
        .optional()
        .meta({ description: 'only what lies directly in this folder; none: in no folder' }),
    }),
    output: page(templateSummary),
  }),
  get: endpoint({
    method: 'GET',
    path: '/templates/{id}',
    permission: 'templates.read',
    summary: 'One template with its current version',
    input: z.object({ id: uuid }),
    output: templateDetail,
  }),
  create: endpoint({
    method: 'POST',
    path: '/templates',
    permission: 'templates.write',
    summary: 'Make a template',
    input: z.object({ ...named, draft, folderId: uuid.nullable().default(null) }),
    output: templateDetail,
  }),
  update: endpoint({
    method: 'PUT',
    path: '/templates/{id}',
    permission: 'templates.write',
    summary: 'Save a template; after a send this makes a new version',
    input: z.object({ id: uuid, ...named, draft, basedOn: z.number().int().optional() }),
    output: templateDetail,
  }),
  copy: endpoint({
    method: 'POST',
    path: '/templates/{id}/copy',
    permission: 'templates.write',
    summary: 'Copy a template',
    input: z.object({ id: uuid }),
    output: templateDetail,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/templates/{id}',
    permission: 'templates.write',
    summary: 'Put a template away; mails already queued keep their version',
    input: z.object({ id: uuid }),
    output: done,
  }),
  versions: endpoint({
    method: 'GET',
    path: '/templates/{id}/versions',
    permission: 'templates.read',
    summary: 'All versions of a template',
    input: z.object({ id: uuid }),
    output: z.object({
      items: z.array(
        z.object({
          id: uuid,
          version: z.number().int(),
          edition: z.number().int(),
          subject: z.string(),
          createdAt: instant,
          sent: z.boolean(),
        }),
      ),
    }),
  }),
  preview: endpoint({
    method: 'POST',
    path: '/template-preview',
    permission: 'templates.read',
    summary: 'Render a draft, for a lead or for a made-up one',
    input: z.object({ draft, ...reader }),
    output: z.object({
      subject: z.string(),
      html: z.string(),
      text: z.string(),
      plain: z.string().meta({ description: 'the text part with its merge fields, to begin an own one from' }),
      bytes: z.number().int(),
      warnings: z.array(z.string()),
      places: z
        .array(z.object({ warning: z.string(), blockId: z.string(), block: z.number().int() }))
        .meta({ description: 'which blocks a warning is about, counted from 1' }),
    }),
  }),
}
