import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useRuleWords } from '../segment/ruleWords.ts'
import { useWords } from '../words/words.tsx'

interface Asked {
  readonly kind: 'value' | 'other' | 'none' | 'times'
  readonly value?: string
  readonly from?: number
  readonly to?: number | null
}

/** Words for rows and columns, and what rules can speak of. */
export function useHeadings() {
  const t = useWords('knowing')
  const s = useWords('segment')
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  const headingOf = (fact: string, heading: Asked): string => {
    if (heading.kind === 'other') return t('other')
    if (heading.kind === 'none') return t('none')
    if (heading.kind === 'value') {
      const value = heading.value ?? ''
      if (words.fact(fact)?.type === 'boolean') return value === 'true' ? s('rule.yes') : s('rule.no')
      return words.optionName(words.fact(fact), value)
    }
    const { from = 0, to } = heading
    if (to === null || to === undefined) return t('timesMore', { from: String(from) })
    return from !== to ? t('timesRange', { from: String(from), to: String(to) }) : from === 0 ? t('timesNone') : t('timesOne')
  }
  return { vocabulary: vocabulary.data, words, headingOf }
}
