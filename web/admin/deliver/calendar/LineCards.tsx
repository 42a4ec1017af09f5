import { Link } from '@tanstack/react-router'
import { TrendingUp } from 'lucide-react'
import { Chip } from '../../parts/Chip.tsx'
import { useWords } from '../../words/words.tsx'
import { type Line, useDays, useRhythmWords } from './plan.ts'

/** Each regular newsletter in a card: the next issue, and plan against what really happened. */
export function LineCards({ lines }: { lines: readonly Line[] }) {
  return (
    <div className="line-cards">
      {lines.map((line) => (
        <LineCard key={line.id} line={line} />
      ))}
    </div>
  )
}

function LineCard({ line }: { line: Line }) {
  const t = useWords('calendar')
  const days = useDays()
  const rhythmWords = useRhythmWords()
  const { pace, next } = line
  return (
    <Link to={`/newsletter-lines/${line.id}` as string} className="card line-card">
      <span className="line-name">
        <b className="clip">{line.name}</b>
        <PaceChip line={line} />
      </span>
      <span className="muted">{[rhythmWords(line.rhythm), line.ownerName].filter(Boolean).join('・')}</span>
      <span className="line-facts">
        <span>
          <i className="muted">{t('next')}</i>
          <b>{next ? days.day(next.day) : t('noNext')}</b>
        </span>
        <span>
          <i className="muted">{t('ahead')}</i>
          <b>{t('issues', { n: line.ahead })}</b>
        </span>
        <span>
          <i className="muted">{t('recent')}</i>
          <b>{pace.recent === null ? '–' : t('days', { n: pace.recent })}</b>
        </span>
      </span>
    </Link>
  )
}

/** How the line stands, in one word. */
export function PaceChip({ line: { pace, alerts } }: { line: Pick<Line, 'pace' | 'alerts'> }) {
  const t = useWords('calendar')
  if (pace.overdueDays > 0) return <Chip tone="red">{t('overdue', { n: pace.overdueDays })}</Chip>
  if (pace.grows)
    return (
      <span title={t('growsText')}>
        <Chip tone="amber" dot={false}>
          <TrendingUp size={12} aria-hidden /> {t('grows')}
        </Chip>
      </span>
    )
  const first = alerts[0]
  if (first) return <Chip tone="amber">{t(`alertKind.${first.kind}`)}</Chip>
  if (pace.lastOn === null) return <Chip>{t('notBegun')}</Chip>
  return <Chip tone="green">{t('onPace')}</Chip>
}
