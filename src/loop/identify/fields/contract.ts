import { z } from 'zod'
import { done, endpoint } from '#kernel/endpoint.ts'

export const fieldType = z.enum([
  'text',
  'longText',
  'number',
  'money',
  'date',
  'datetime',
  'boolean',
  'choice',
  'multi',
  'url',
  'mail',
  'phone',
])
export const fieldClass = z.enum(['basic', 'secondary', 'behaviour'])
export const ENTITIES = ['lead', 'company'] as const
export type Entity = (typeof ENTITIES)[number]
const entity = z.enum(ENTITIES).default('lead').describe('Whose field it is')
const word = z.string().trim().min(1).max(100)
const option = z.object({ value: word, ja: word, en: word, archived: z.boolean().optional().describe('No longer offered; values stay') })
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a–z, 0–9, _')
const help = z.string().trim().max(500)
/** How many yen one of the figures shown stands for. */
const unit = z.union([z.literal(1), z.literal(1_000), z.literal(1_000_000)])

/** A field of a lead or a company: standard ones have no `custom`. `class` is the class of data (basic, secondary, behaviour). */
export const fieldDefinition = z.object({
  entity: z.enum(ENTITIES),
  key: z.string(),
  type: fieldType,
  ja: z.string(),
  en: z.string(),
  class: fieldClass,
  options: z.array(option),
  custom: z.boolean(),
  required: z.boolean().describe('Asked for when colleagues add or change one; forms and files say so themselves'),
  unique: z.boolean().describe('No two leads, or companies, have the same value'),
  helpJa: z.string(),
  helpEn: z.string(),
  unit,
  byHand: z.boolean().describe('Colleagues may write it; a behaviour field is otherwise set by rules alone'),
  archived: z.boolean(),
})
export type FieldDefinition = z.infer<typeof fieldDefinition>

const words = {
  ja: word,
  en: word,
  class: fieldClass,
  options: z.array(option).max(200).default([]),
}
const traits = {
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  helpJa: help.optional(),
  helpEn: help.optional(),
  unit: unit.optional(),
  byHand: z.boolean().optional(),
}

/** `company` and `companies` are the page and the list of companies. */
export const SCREENS = ['lead', 'add', 'list', 'company', 'companies'] as const
export type Screen = (typeof SCREENS)[number]

/** Fields under one heading, in order; custom ones are named `attrs.<key>`. */
const section = z.object({ id: z.string().min(1).max(40), ja: word, en: word, fields: z.array(z.string().min(1).max(60)).max(400) })
/** A screen's sections, and the fields it does not show. Fields named nowhere follow at the end of the section of their class. */
export const screenLayout = z.object({ sections: z.array(section).min(1).max(20), hidden: z.array(z.string().min(1).max(60)).max(400) })
export type ScreenLayout = z.infer<typeof screenLayout>
export const fieldLayout = z.object({
  lead: screenLayout,
  add: screenLayout,
  list: screenLayout,
  company: screenLayout,
  companies: screenLayout,
})
export type FieldLayout = z.infer<typeof fieldLayout>

export const product = z.object({
  key: z.string(),
  ja: z.string(),
  en: z.string(),
  pageGroups: z.array(z.string()).describe('Viewing a page of one of these groups adds this interest'),
  archived: z.boolean(),
  people: z.number().int().describe('Leads interested in it'),
})
const productGiven = { ja: word, en: word, pageGroups: z.array(word).max(50).default([]) }

export const fieldsContract = {
  list: endpoint({
    method: 'GET',
    path: '/fields',
    permission: 'fields.read',
    summary: 'The fields of leads, or of companies: standard and custom ones',
    input: z.object({ entity, archived: z.boolean().optional().describe('Archived ones too') }),
    output: z.object({ items: z.array(fieldDefinition) }),
  }),
  facts: endpoint({
    method: 'GET',
    path: '/facts',
    permission: 'fields.read',
    summary: 'Everything that may be known of a person, with its words: for rules, columns and merge fields',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({ name: z.string(), type: fieldType, ja: z.string(), en: z.string(), group: z.string(), options: z.array(option) }),
      ),
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/fields',
    permission: 'fields.write',
    summary: 'Define a custom field',
    input: z.object({ entity, key, type: fieldType, ...words, ...traits }),
    output: fieldDefinition,
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/fields/{key}',
    permission: 'fields.write',
    summary: 'Change a custom field; its type only while nobody has a value',
    input: z.object({ entity, key, type: fieldType.optional(), ...words, ...traits }),
    output: fieldDefinition,
  }),
  archive: endpoint({
    method: 'DELETE',
    path: '/fields/{key}',
    permission: 'fields.write',
    summary: 'Hide a custom field; its values stay',
    input: z.object({ entity, key }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/fields/{key}/restore',
    permission: 'fields.write',
    summary: 'Bring an archived field back, with its values',
    input: z.object({ entity, key }),
    output: done,
  }),
  layout: endpoint({
    method: 'GET',
    path: '/fields/layout',
    permission: 'fields.read',
    summary: 'Which fields each screen shows, in which sections and order',
    input: z.object({}),
    output: fieldLayout,
  }),
  arrange: endpoint({
    method: 'PUT',
    path: '/fields/layout',
    permission: 'fields.write',
    summary: 'Arrange the fields of one screen',
    input: z.object({ screen: z.enum(SCREENS), layout: screenLayout }),
    output: fieldLayout,
  }),
  postal: endpoint({
    method: 'GET',
    path: '/fields/postal/{code}',
    permission: 'fields.read',
    summary: 'The address of a Japanese postal code',
    input: z.object({ code: z.string().max(20) }),
    output: z.object({ postalCode: z.string(), prefecture: z.string(), city: z.string(), address: z.string() }),
  }),
  products: endpoint({
    method: 'GET',
    path: '/products',
    permission: 'fields.read',
    summary: 'The products that leads may be interested in',
    input: z.object({}),
    output: z.object({ items: z.array(product) }),
  }),
  addProduct: endpoint({
    method: 'POST',
    path: '/products',
    permission: 'fields.write',
    summary: 'Add a product',
    input: z.object(productGiven),
    output: z.object({ key: z.string() }),
  }),
  changeProduct: endpoint({
    method: 'PATCH',
    path: '/products/{key}',
    permission: 'fields.write',
    summary: 'Change the words, rules or place of a product, or archive it; interests of leads stay',
    input: z.object({
      key: z.string().min(1).max(100),
      ...z.object(productGiven).partial().shape,
      archived: z.boolean().optional(),
      position: z.number().int().min(0).max(10_000).optional(),
    }),
    output: done,
  }),
}
