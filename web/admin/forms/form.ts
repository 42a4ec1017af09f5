import type { FormField, FormSpec } from '#loop/capture/forms/contract.ts'
import type { client } from '../api.ts'

export type FormLine = Awaited<ReturnType<typeof client.forms.list>>['items'][number]
export type FormDetail = Awaited<ReturnType<typeof client.forms.get>>
export type { FormField, FormSpec }

export const TEMPLATES = ['inquiry', 'document', 'newsletter', 'blank'] as const
export type Template = (typeof TEMPLATES)[number]
export const STATUS_TONE = { draft: 'grey', published: 'green', closed: 'amber' } as const
export const KINDS = ['text', 'email', 'tel', 'textarea', 'select', 'radio', 'multi', 'checkbox', 'number', 'date'] as const

interface Definition {
  readonly key: string
  readonly type: string
  readonly ja: string
  readonly en: string
  readonly options: readonly { value: string; ja: string; en: string; archived?: boolean | undefined }[]
  readonly custom: boolean
}

const KIND_OF: Readonly<Record<string, FormField['kind']>> = {
  number: 'number',
  money: 'number',
  date: 'date',
  datetime: 'date',
  boolean: 'checkbox',
  choice: 'select',
  multi: 'multi',
  longText: 'textarea',
  mail: 'email',
  phone: 'tel',
}

/** A question that asks for a field of the person. */
export function questionFor(field: Definition, taken: readonly string[]): FormField {
  const kind = field.key === 'mail' ? 'email' : field.key === 'phone' ? 'tel' : (KIND_OF[field.type] ?? 'text')
  return {
    id: freeId(field.key.toLowerCase().replace(/[^a-z0-9_]/g, ''), taken),
    key: field.custom ? `attrs.${field.key}` : field.key,
    kind,
    label: { ja: field.ja, en: field.en },
    required: field.key === 'mail',
    half: false,
    options: field.options.filter((one) => !one.archived).map(({ value, ja, en }) => ({ value, ja, en })),
  }
}

/** A question whose answer stays with the submission. */
export function freeQuestion(label: string, taken: readonly string[]): FormField {
  const id = freeId('question', taken)
  return { id, key: `answer.${id}`, kind: 'textarea', label: { ja: label, en: '' }, required: false, half: false, options: [] }
}

function freeId(wanted: string, taken: readonly string[]): string {
  const base = /^[a-z]/.test(wanted) ? wanted : `q${wanted}`
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}${n}`
    if (!taken.includes(id)) return id
  }
}

/** Options as lines of text, and back. A value once given stays when only the words change. */
export const optionLines = (field: FormField): string => field.options.map((one) => (one.en ? `${one.ja} | ${one.en}` : one.ja)).join('\n')
export function optionsFrom(text: string, before: FormField['options']): FormField['options'] {
  return text
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()))
    .filter(([ja]) => ja)
    .map(([ja = '', en = ''], index) => ({ value: before.find((one) => one.ja === ja)?.value ?? before[index]?.value ?? ja, ja, en }))
    .filter((one, index, all) => all.findIndex((other) => other.value === one.value) === index)
}
