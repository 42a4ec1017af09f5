import { z } from 'zod'
import { done, endpoint } from '#kernel/endpoint.ts'

export const fieldType = z.enum(['text', 'number', 'money', 'date', 'datetime', 'boolean', 'choice', 'multi'])
export const fieldClass = z.enum(['basic', 'secondary', 'behaviour'])
const option = z.object({
  value: z.string().trim().min(1).max(100),
  ja: z.string().trim().min(1).max(100),
  en: z.string().trim().min(1).max(100),
})
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a–z, 0–9, _')

/** A field of a person: standard ones have no `custom`. `class` is the class of lead data (basic, secondary, behaviour). */
export const fieldDefinition = z.object({
  key: z.string(),
  type: fieldType,
  ja: z.string(),
  en: z.string(),
  class: fieldClass,
  options: z.array(option),
  custom: z.boolean(),
})
export type FieldDefinition = z.infer<typeof fieldDefinition>

const words = {
  ja: z.string().trim().min(1).max(100),
  en: z.string().trim().min(1).max(100),
  class: fieldClass,
  options: z.array(option).max(100).default([]),
}

export const fieldsContract = {
  list: endpoint({
    method: 'GET',
    path: '/fields',
    permission: 'fields.read',
    summary: 'The fields of people: standard and custom ones',
    input: z.object({}),
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
    input: z.object({ key, type: fieldType, ...words }),
    output: fieldDefinition,
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/fields/{key}',
    permission: 'fields.write',
    summary: 'Change words, class or options of a custom field',
    input: z.object({ key, ...words }),
    output: fieldDefinition,
  }),
  archive: endpoint({
    method: 'DELETE',
    path: '/fields/{key}',
    permission: 'fields.write',
    summary: 'Hide a custom field; its values stay',
    input: z.object({ key }),
    output: done,
  }),
}
