import { TriangleAlert } from 'lucide-react'
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

/** What would harm the mail, in words. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  const t = useWords('templates')
  const known = KNOWN.filter((one) => warnings.includes(one))
  const spam = warnings.find((one) => one.startsWith('spam:'))?.slice(5)
  if (!known.length && !spam) return null
  return (
    <ul className="mail-warnings">
      {known.map((one) => (
        <li key={one}>
          <TriangleAlert size={14} aria-hidden />
          {t(`warning.${one}`)}
        </li>
      ))}
      {spam && (
        <li>
          <TriangleAlert size={14} aria-hidden />
          {t('warning.spam', { words: spam })}
        </li>
      )}
    </ul>
  )
}
