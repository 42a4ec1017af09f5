import { useFacts } from '../identify/listColumns.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { readableSubject } from './subject.ts'

/** Subjects of templates in the user's words: `{会社名|貴社}様…`. */
export function useSubject(): (subject: string) => string {
  const t = useWords('deliver')
  const { language } = useLanguage()
  const facts = useFacts(true)
  const nameOf = (path: string): string => {
    const key = `fields.${path.replaceAll('.', '_')}` as never
    if (t.has(key)) return t(key)
    // Facts and fields of one's own: the dots of their names have a meaning in the template language.
    const plain = path.replace(/^(?:fact|lead)\./, '').replaceAll('.', '_')
    return facts.find(({ name }) => name.replace(/\W/g, '_') === plain)?.[language] ?? path
  }
  return (subject) => (subject.includes('{') ? readableSubject(subject, nameOf) : subject)
}
