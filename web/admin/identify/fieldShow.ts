// How fields lie on a screen and how their values read.
import { useQuery } from '@tanstack/react-query'
import type { Entity, FieldDefinition, FieldLayout, Screen } from '#loop/identify/fields/contract.ts'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { api } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Lead } from './lead.ts'

export type Field = FieldDefinition
export const nameOfField = (field: Pick<Field, 'key' | 'custom'>): string => (field.custom ? `attrs.${field.key}` : field.key)

const beside = (key: string, ja: string, en: string, options: Field['options'], type: Field['type']): Field => ({
  ...{ entity: 'lead', key, type, ja, en, class: 'secondary', options, custom: false, required: false, unique: false },
  ...{ helpJa: '', helpEn: '', unit: 1, byHand: false, archived: false },
})
/** Fields that are no columns of forms, but lie among them on screens. */
const BESIDE: readonly Field[] = [
  beside(
    'priority',
    '優先度',
    'Priority',
    vocabulary.priorities.map((one) => ({ ...one })),
    'choice',
  ),
  beside('tags', 'タグ', 'Tags', [], 'multi'),
]

/** Whose fields a screen shows. */
export const entityOf = (screen: Screen): Entity => (screen === 'company' || screen === 'companies' ? 'company' : 'lead')

/** Fields and layout, read once and kept for some minutes. */
export function useFields(entity: Entity = 'lead') {
  const fields = useQuery({ ...api.fields.list.queryOptions({ input: { entity } }), staleTime: 300_000 })
  const layout = useQuery({ ...api.fields.layout.queryOptions({ input: {} }), staleTime: 300_000 })
  const items: readonly Field[] = fields.data ? [...fields.data.items, ...(entity === 'lead' ? BESIDE : [])] : []
  return { items, layout: layout.data, error: fields.error ?? layout.error }
}

/** What a field is called, as events and files name it (`postalCode`, `attrs.renewal`); archived ones keep their name. */
export function useFieldName(): (name: string) => string {
  const { language } = useLanguage()
  const t = useWords('identify')
  const { data } = useQuery({ ...api.fields.list.queryOptions({ input: { archived: true } }), staleTime: 300_000 })
  return (name) => {
    const field = [...(data?.items ?? []), ...BESIDE].find((one) => nameOfField(one) === name)
    return field?.[language] ?? (t.has(name as never) ? t(name as never) : name.replace(/^attrs\./, ''))
  }
}

export interface ShownSection {
  readonly id: string
  readonly ja: string
  readonly en: string
  readonly fields: readonly Field[]
}

/** Lists show what they name and nothing besides. */
export const isList = (screen: Screen): boolean => screen === 'list' || screen === 'companies'

/** The sections of a screen with their fields; fields that no section names follow at the end of the section of their class. */
export function sectionsOf(layout: FieldLayout, items: readonly Field[], screen: Screen): ShownSection[] {
  const { sections, hidden } = layout[screen]
  const byName = new Map(items.filter((one) => !one.archived).map((one) => [nameOfField(one), one]))
  const named = new Set([...sections.flatMap((one) => one.fields), ...hidden])
  const loose = isList(screen) ? [] : [...byName].filter(([name]) => !named.has(name)).map(([, field]) => field)
  return sections.map((section, index) => {
    const mine = loose.filter(
      (field) =>
        sections.findIndex((one) => one.id === field.class) === index || (index === 0 && !sections.some((one) => one.id === field.class)),
    )
    return {
      ...section,
      fields: [...section.fields.filter((name) => !hidden.includes(name)).flatMap((name) => byName.get(name) ?? []), ...mine],
    }
  })
}

/** The value a lead has of a field. */
export function fieldValue(lead: Lead, field: Field): unknown {
  if (field.custom) return lead.attrs[field.key]
  return (lead as unknown as Record<string, unknown>)[field.key]
}

const UNIT_WORDS = { 1: 'u1', 1000: 'u1000', 1000000: 'u1000000' } as const

/** A value in words; null when there is none. */
export function useFieldWords(): (field: Field, value: unknown) => string | null {
  const f = useFormats()
  const t = useWords('fields')
  const { language } = useLanguage()
  const word = (field: Field, value: unknown): string => field.options.find((one) => one.value === value)?.[language] ?? String(value)
  return (field, value) => {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return null
    if (Array.isArray(value)) return f.list(value.map((one) => word(field, one)))
    if (field.type === 'money')
      return `${f.number(Number(value) / field.unit)}${language === 'ja' ? '' : ' '}${t(`unit.${UNIT_WORDS[field.unit]}`)}`
    if (field.type === 'number') return f.number(Number(value))
    if (field.type === 'boolean') return t(value === true ? 'yes' : 'no')
    if (field.type === 'date') return f.day(String(value))
    if (field.type === 'datetime') return f.instant(String(value))
    return word(field, value)
  }
}
