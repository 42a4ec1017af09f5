import { TriangleAlert } from 'lucide-react'
import { Fragment } from 'react'
import { useWords } from '../../words/words.tsx'

const KNOWN = [
  'clipped',
  'imageMissing',
  'altMissing',
  'htmlAlt',
  'linkPlaceholder',
  'footerMissing',
  'subjectLong',
  'htmlUncounted',
] as const

interface WarnedPlace {
  readonly warning: string
  readonly blockId: string
  readonly block: number
}

/** What would harm the mail, in words; where its blocks can be chosen, each with those it is about. */
export function Warnings({
  warnings,
  places = [],
  onPlace,
}: {
  warnings: readonly string[]
  places?: readonly WarnedPlace[]
  onPlace?: (blockId: string) => void
}) {
  const t = useWords('templates')
  const known = KNOWN.filter((one) => warnings.includes(one))
  const spam = warnings.find((one) => one.startsWith('spam:'))?.slice(5)
  if (!known.length && !spam) return null
  return (
    <ul className="mail-warnings">
      {known.map((one) => (
        <li key={one}>
          <TriangleAlert size={14} aria-hidden />
          <span>
            {t(`warning.${one}`)}
            {onPlace &&
              places
                .filter(({ warning }) => warning === one)
                .map(({ blockId, block }) => (
                  <Fragment key={blockId}>
                    {' '}
                    <button type="button" className="place" onClick={() => onPlace(blockId)}>
                      {t('check.block', { n: block })}
                    </button>
                  </Fragment>
                ))}
          </span>
        </li>
      ))}
      {spam && (
        <li>
          <TriangleAlert size={14} aria-hidden />
          <span>{t('warning.spam', { words: spam })}</span>
        </li>
      )}
    </ul>
  )
}
