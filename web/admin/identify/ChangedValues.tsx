import { useWords } from '../words/words.tsx'
import { nameOfField, useFieldName, useFields, useFieldWords } from './fieldShow.ts'

interface ChangedValue {
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}

/** Whether an event says what its fields were before and are since; those of imports and scenarios name the fields alone. */
export const hasValues = (values: unknown): values is readonly ChangedValue[] => Array.isArray(values) && values.length > 0

/** What a colleague changed, field by field: the value before, struck through, and the one since. */
export function ChangedValues({ values }: { values: readonly ChangedValue[] }) {
  const t = useWords('identify')
  const { items } = useFields()
  const nameOf = useFieldName()
  const wordOf = useFieldWords()
  const wordsOf = (name: string, value: unknown): string => {
    const field = items.find((one) => nameOfField(one) === name)
    return (field ? wordOf(field, value) : Array.isArray(value) ? value.join(', ') : String(value ?? '')) || ''
  }
  return values.map(({ field, from, to }) => {
    const [before, since] = [wordsOf(field, from), wordsOf(field, to)]
    return (
      <span key={field} className="answer">
        <span className="muted">{nameOf(field)}</span> {before ? <s>{before}</s> : t('valueNone')} → {since || t('valueNone')}
      </span>
    )
  })
}
