import { Link } from '@tanstack/react-router'
import { useWords } from '../../words/words.tsx'

interface Someone {
  readonly personId: string
  readonly name: string
  readonly isLead: boolean
  readonly company: string | null
}

/** Somebody in a list of people: the name leads to their page. */
export function PersonName({ person }: { person: Someone }) {
  const p = useWords('parts')
  return (
    <>
      <Link to={`/leads/${person.personId}` as string} className="nowrap">
        {person.name || (person.isLead ? p('unknownPerson') : p('visitor'))}
      </Link>
      {person.company && <span className="muted clip">{person.company}</span>}
    </>
  )
}
