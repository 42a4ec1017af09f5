// The values of the form by which a lead is added or edited.
import type { useForm } from '@mantine/form'
import { instantOf, localOf } from '../parts/zone.ts'
import type { Lead } from './lead.ts'

export type LeadForm = Pick<ReturnType<typeof useForm<LeadValues>>, 'getInputProps' | 'setFieldValue' | 'getValues'>

export interface LeadValues extends Record<string, unknown> {
  mail: string
  fields: Record<string, string>
  /** Custom fields by key: texts, and lists for many choices. */
  attrs: Record<string, string | string[]>
  tags: string[]
  priority: string | null
}

const TEXTS = [
  ...['familyName', 'givenName', 'familyKana', 'givenKana', 'salutation', 'companyName', 'department', 'title', 'roleLevel'],
  ...['phone', 'website', 'contactMail', 'postalCode', 'prefecture', 'city', 'address', 'building'],
  ...['industry', 'industryGroup', 'employeeBand', 'budget', 'products'],
]

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join('、') : value === null || value === undefined ? '' : String(value)

/** The values of a lead for its form; a new one when nothing is given. */
export function valuesOf(lead?: Lead): LeadValues {
  const given = (lead ?? {}) as Readonly<Record<string, unknown>>
  return {
    mail: lead?.mailTyped ?? lead?.mail ?? '',
    fields: Object.fromEntries(TEXTS.map((key) => [key, textOf(given[key])])),
    attrs: attrsIn(lead?.attrs ?? {}),
    tags: [...(lead?.tags ?? [])],
    priority: lead?.priority ?? null,
  }
}

/** Values of custom fields as inputs take them. */
export const attrsIn = (attrs: Readonly<Record<string, unknown>>): LeadValues['attrs'] =>
  Object.fromEntries(Object.entries(attrs).map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : inputText(value)]))

/** An instant as the company's clock shows it; anything else as text. */
function inputText(value: unknown): string {
  const text = textOf(value)
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? localOf(text) : text
}

/** What was changed of the custom fields, as the API takes it; an empty text clears. */
export function attrsChanged(
  before: Pick<LeadValues, 'attrs'>,
  after: Pick<LeadValues, 'attrs'>,
): Record<string, string | string[] | null> {
  const keys = new Set([...Object.keys(before.attrs), ...Object.keys(after.attrs)])
  return Object.fromEntries(
    [...keys]
      .filter((key) => JSON.stringify(before.attrs[key] ?? '') !== JSON.stringify(after.attrs[key] ?? ''))
      .map((key) => [key, sent(after.attrs[key])]),
  )
}

function sent(value: string | string[] | undefined): string | string[] | null {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return null
  // What the browser's input gives has no zone: it is the company's.
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) ? instantOf(value) : value
}
