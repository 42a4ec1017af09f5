import { useFormats } from '../parts/formats.ts'
import { NumberLink } from '../parts/NumberLink.tsx'

/** A number of leads that opens them; nothing to open where there is nobody. */
export function PeopleLink({ people, rule, label }: { people: number; rule: unknown; label?: string }) {
  const f = useFormats()
  if (people === 0) return <span className="num muted">0</span>
  return (
    <NumberLink to="/leads" search={{ rule: JSON.stringify(rule) }} {...(label ? { label: `${label} ${f.number(people)}` } : {})}>
      {f.number(people)}
    </NumberLink>
  )
}

/** A part of a whole in percent; a dash of nothing. */
export const shareOf = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((part / whole) * 100)}%`)
