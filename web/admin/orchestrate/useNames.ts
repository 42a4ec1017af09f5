// Names of what a scenario refers to, for pickers and for the sentences on its nodes.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../api.ts'
import { useSession } from '../session.ts'
import { useLanguage } from '../words/words.tsx'

/** One choice of a picker. */
export interface Choice {
  readonly value: string
  readonly label: string
}

const MOST = 200
const EASY = { staleTime: 60_000, retry: false } as const
const named = (items: readonly { id: string; name: string }[] | undefined): Choice[] =>
  items?.map(({ id, name }) => ({ value: id, label: name })) ?? []

/** Loads all pickers' choices once per page; each is empty until it is there, or for good where the role may not see it. */
export function useNames() {
  const { language } = useLanguage()
  const { vocabulary, forms, templates, fields } = useBasics()
  const more = useMore()
  return useMemo(() => {
    const facts = vocabulary?.facts.map((fact) => ({ ...fact, label: fact[language] })) ?? []
    // A score is called as its total is, without the word for the total.
    const scores = facts.flatMap(({ name, label }) => {
      const value = /^score\.(.+)\.total$/.exec(name)?.[1]
      return value ? [{ value, label: label.replace(/(：|: )[^：:]*$/, '') }] : []
    })
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
      scores: scores.length ? scores : [{ value: 'main', label: 'main' }],
      stages: more.stages?.items.map((one) => ({ value: one.key, label: one[language] })) ?? [],
      products: more.products?.items.map((one) => ({ value: one.key, label: one[language] || one.ja })) ?? [],
      campaigns: more.campaigns?.items.map((one) => ({ value: one.id, label: one.name, statuses: one.statuses })) ?? [],
      colleagues: more.colleagues?.items.filter((one) => one.active).map((one) => ({ value: one.id, label: one.name })) ?? [],
      groups: more.plan?.groups.map((one) => ({ value: one.id, label: one.name })) ?? [],
      scenarios: named(more.scenarios?.items),
      personas: more.personas?.items.map((one) => ({ value: one.id, label: one.name, segment: one.segmentId })) ?? [],
    }
  }, [vocabulary, forms, templates, fields, more, language])
}

function useBasics() {
  return {
    vocabulary: useQuery({ ...api.segments.vocabulary.queryOptions({ input: {} }), ...EASY }).data,
    forms: useQuery({ ...api.forms.list.queryOptions({ input: { limit: MOST } }), ...EASY }).data,
    templates: useQuery({ ...api.templates.list.queryOptions({ input: { limit: MOST } }), ...EASY }).data,
    fields: useQuery({ ...api.fields.list.queryOptions({ input: {} }), ...EASY }).data,
  }
}

/** What only some kinds refer to. */
function useMore() {
  const { may } = useSession()
  const plan = useQuery({ ...api.assignment.read.queryOptions({ input: {} }), ...EASY, enabled: may('assignment.read') }).data
  const stages = useQuery({ ...api.deals.stages.queryOptions({ input: {} }), ...EASY, enabled: may('deals.read') }).data
  const products = useQuery({ ...api.fields.products.queryOptions({ input: {} }), ...EASY }).data
  const campaigns = useQuery({ ...api.campaigns.list.queryOptions({ input: { limit: MOST } }), ...EASY, enabled: may('plan.read') }).data
  const colleagues = useQuery({ ...api.users.colleagues.queryOptions({ input: {} }), ...EASY }).data
  const scenarios = useQuery({ ...api.scenarios.list.queryOptions({ input: { limit: MOST } }), ...EASY }).data
  const personas = useQuery({ ...api.personas.list.queryOptions({ input: {} }), ...EASY, enabled: may('segments.read') }).data
  return useMemo(
    () => ({ plan, stages, products, campaigns, colleagues, scenarios, personas }),
    [plan, stages, products, campaigns, colleagues, scenarios, personas],
  )
}

export type Names = ReturnType<typeof useNames>

/** The label of a value, or an empty text. */
export function labelOf(choices: readonly Choice[], value: string): string {
  return choices.find((one) => one.value === value)?.label ?? ''
}
