import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { type Choice, withGone } from './segmentChoices.ts'

/** The segments there are, as a mailing chooses them. */
export function useSegmentChoices() {
  const t = useWords('deliver')
  const f = useFormats()
  const { data, error, refetch } = useQuery(api.segments.list.queryOptions({ input: {} }))
  const known = data?.items.map((one) => ({ value: one.id, label: f.aside(one.name, f.number(Number(one.members ?? 0))) }))
  return {
    error,
    refetch,
    isNone: known?.length === 0,
    /** For a field in which these are chosen, without those that are chosen in another one. */
    choices: (chosen: readonly string[], elsewhere: readonly string[] = []): Choice[] =>
      known
        ? withGone(
            known.filter(({ value }) => !elsewhere.includes(value)),
            chosen,
            t('segmentGone'),
          )
        : [],
  }
}
