// Names of what a scenario refers to, for pickers and for the sentences on its nodes.
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useLanguage } from '../words/words.tsx'

/** One choice of a picker. */
export interface Choice {
  readonly value: string
  readonly label: string
}

const MOST = 200
const named = (items: readonly { id: string; name: string }[] | undefined): Choice[] =>
  items?.map(({ id, name }) => ({ value: id, label: name })) ?? []

/** Loads all pickers' choices once per page; each is empty until it is there. */
export function useNames() {
  const { language } = useLanguage()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} })).data
  const forms = useQuery(api.forms.list.queryOptions({ input: { limit: MOST } })).data
  const templates = useQuery(api.templates.list.queryOptions({ input: { limit: MOST } })).data
  const fields = useQuery(api.fields.list.queryOptions({ input: {} })).data
  const facts = vocabulary?.facts.map((fact) => ({ ...fact, label: fact[language] })) ?? []
  const scores = facts.flatMap((fact) => /^score\.(.+)\.total$/.exec(fact.name)?.[1] ?? [])
  return {
    vocabulary,
    facts,
    events: vocabulary?.events ?? [],
    segments: named(vocabulary?.segments),
    forms: named(forms?.items),
    templates: named(templates?.items),
    fields:
      fields?.items
        .filter(({ key }) => key !== 'mail')
        .map((field) => ({ ...field, value: field.custom ? `attrs.${field.key}` : field.key, label: field[language] })) ?? [],
    dates: facts.filter((fact) => fact.type === 'date' || fact.type === 'time').map((fact) => ({ value: fact.name, label: fact.label })),
    scores: (scores.length ? scores : ['main']).map((name) => ({ value: name, label: name })),
  }
}

export type Names = ReturnType<typeof useNames>

/** The label of a value, or an empty text. */
export function labelOf(choices: readonly Choice[], value: string): string {
  return choices.find((one) => one.value === value)?.label ?? ''
}
