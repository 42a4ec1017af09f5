/** A score with its bar; `of` is the full length (default 100), `change` the movement since a while ago. */
export function ScoreBar({ score, of = 100, change, wide }: { score: number; of?: number; change?: number | undefined; wide?: boolean }) {
  const share = Math.max(0, Math.min(1, score / of))
  const colour = share > 0.65 ? 'var(--green)' : share > 0.35 ? 'var(--accent)' : 'var(--faint)'
  return (
    <span className={wide ? 'sc num wide' : 'sc num'}>
      <b>{Math.round(score)}</b>
      <span className="bar" aria-hidden>
        <i style={{ width: `${share * 100}%`, background: colour }} />
      </span>
      {change !== undefined && change !== 0 && (
        <span className={change > 0 ? 'plus' : 'plus minus'}>
          {change > 0 ? '+' : '−'}
          {Math.abs(Math.round(change))}
        </span>
      )}
    </span>
  )
}
