import './issues.css'
import { Button } from '@mantine/core'
import { CalendarPlus, TriangleAlert } from 'lucide-react'
import { Chip } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { useWords } from '../../words/words.tsx'
import { type Issue, type Open, TONES, useDays } from './plan.ts'

interface ListProps {
  issues: readonly Issue[]
  open: readonly Open[]
  /** All are of one newsletter, which is named above them. */
  isOneLine?: boolean
  mayWrite: boolean
  onIssue: (id: string) => void
  onDay: (day: string, lineId?: string) => void
}

/** Issues in the order of their days, with the days for which nothing is planned among them. */
export function IssueList({ issues, open, isOneLine = false, mayWrite, onIssue, onDay }: ListProps) {
  const t = useWords('calendar')
  const days = useDays()
  const rows = [...issues.map((issue) => ({ day: issue.day, issue })), ...open.map((slot) => ({ day: slot.day, slot }))].sort((a, b) =>
    a.day < b.day ? -1 : a.day > b.day ? 1 : 0,
  )
  if (!rows.length)
    return (
      <EmptyState small icon={CalendarPlus} title={t('noIssues')}>
        {null}
      </EmptyState>
    )
  return (
    <ul className="issue-list">
      {rows.map((row) =>
        'issue' in row ? (
          <li key={row.issue.id}>
            <button type="button" className="issue-row" onClick={() => onIssue(row.issue.id)}>
              <span className="issue-day num">{days.day(row.day)}</span>
              <span className="issue-what">
                <b>{row.issue.theme || t('noTheme')}</b>
                <span className="muted">
                  {[!isOneLine && row.issue.lineName, row.issue.content, row.issue.ownerName].filter(Boolean).join('・')}
                </span>
              </span>
              <span className="issue-state">
                {(row.issue.late || row.issue.overdue) && (
                  <span className={row.issue.overdue ? 'issue-late gone' : 'issue-late'}>
                    <TriangleAlert size={13} aria-hidden />
                    {t(row.issue.overdue ? 'alertKind.overdue' : 'alertKind.late')}
                  </span>
                )}
                <Chip tone={TONES[row.issue.state]}>{t(`state.${row.issue.state}`)}</Chip>
              </span>
            </button>
          </li>
        ) : (
          <li key={`${row.slot.lineId}${row.slot.slot}`}>
            <div className="issue-row open">
              <span className="issue-day num">{days.day(row.day)}</span>
              <span className="issue-what">
                <b className={row.slot.overdue ? 'issue-gone' : undefined}>{t(row.slot.overdue ? 'alertKind.overdue' : 'openSlot')}</b>
                {!isOneLine && <span className="muted">{row.slot.lineName}</span>}
              </span>
              {mayWrite && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('openSlotOf', { line: row.slot.lineName, day: days.day(row.day) })}
                  onClick={() => onDay(row.day, row.slot.lineId)}
                >
                  {t('planIt')}
                </Button>
              )}
            </div>
          </li>
        ),
      )}
    </ul>
  )
}
