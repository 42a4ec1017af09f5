import { DndContext, type DragEndEvent, type KeyboardCoordinateGetter, useDraggable, useDroppable } from '@dnd-kit/core'
import { CircleDashed, TriangleAlert } from 'lucide-react'
import { useCarrying } from '../../parts/useCarrying.ts'
import { useWords } from '../../words/words.tsx'
import { type Issue, isMovable, type Month, type Open, TONES, useDays, weekdayOf } from './plan.ts'
import { nameOf, usePlanActs } from './usePlanActs.ts'

interface GridProps {
  data: Month
  month: string
  mayWrite: boolean
  onIssue: (id: string) => void
  onDay: (day: string, lineId?: string) => void
}

/** A month of issues. One is dragged to another day, or moved by keyboard: space, arrows, space; its form can do it too. */
export function MonthGrid({ data, month, mayWrite, onIssue, onDay }: GridProps) {
  const days = useDays()
  const acts = usePlanActs()
  const issueOf = (id: unknown) => data.issues.find((issue) => issue.id === id)
  const carrying = useCarrying(nextDay, {
    nameOf: (id) => {
      const issue = issueOf(id)
      return issue ? nameOf(issue) : ''
    },
    placeName: (day) => days.day(String(day)),
    homeOf: (id) => issueOf(id)?.day,
  })
  const drop = ({ active, over }: DragEndEvent) => {
    const issue = issueOf(active.id)
    if (issue && over && issue.day !== over.id) void acts.move(issue, String(over.id))
  }
  return (
    <DndContext {...carrying} onDragEnd={drop}>
      <div className="month">
        {data.days.slice(0, 7).map(({ day }) => (
          <div key={day} className="month-head" aria-hidden>
            {days.weekday(weekdayOf(day))}
          </div>
        ))}
        {data.days.map((day) => (
          <DayCell
            key={day.day}
            day={day}
            isToday={day.day === data.today}
            isOutside={!day.day.startsWith(month)}
            issues={data.issues.filter((issue) => issue.day === day.day)}
            open={data.open.filter((one) => one.day === day.day)}
            mayWrite={mayWrite}
            onIssue={onIssue}
            onDay={onDay}
          />
        ))}
      </div>
    </DndContext>
  )
}

function DayCell({
  day,
  isToday,
  isOutside,
  issues,
  open,
  mayWrite,
  onIssue,
  onDay,
}: {
  day: Month['days'][number]
  isToday: boolean
  isOutside: boolean
  issues: Issue[]
  open: Open[]
  mayWrite: boolean
  onIssue: (id: string) => void
  onDay: (day: string, lineId?: string) => void
}) {
  const t = useWords('calendar')
  const days = useDays()
  const { setNodeRef, isOver } = useDroppable({ id: day.day })
  const look = ['month-day', day.closed && 'off', isToday && 'today', isOutside && 'outside', isOver && 'over'].filter(Boolean).join(' ')
  const number = Number(day.day.slice(8))
  return (
    <section
      ref={setNodeRef}
      className={look}
      aria-label={[days.day(day.day), day.holiday ?? (day.closed ? t('closed') : '')].filter(Boolean).join(' ')}
    >
      <header>
        {mayWrite ? (
          <button
            type="button"
            className="month-number"
            aria-label={`${days.day(day.day)} ${t('addIssue')}`}
            aria-current={isToday ? 'date' : undefined}
            onClick={() => onDay(day.day)}
          >
            {number}
          </button>
        ) : (
          <span className="month-number" aria-current={isToday ? 'date' : undefined}>
            {number}
          </span>
        )}
        {(day.holiday || day.closed) && (
          <span className="month-off clip" title={day.holiday ?? t('closed')}>
            {day.holiday ?? (weekdayOf(day.day) % 6 === 0 ? '' : t('closed'))}
          </span>
        )}
      </header>
      {issues.map((issue) => (
        <IssueChip key={issue.id} issue={issue} mayMove={mayWrite && isMovable(issue)} onOpen={() => onIssue(issue.id)} />
      ))}
      {open.map((one) => (
        <button
          type="button"
          key={one.lineId}
          className={one.overdue ? 'issue-open gone' : 'issue-open'}
          disabled={!mayWrite}
          onClick={() => onDay(one.day, one.lineId)}
        >
          {one.overdue ? <TriangleAlert size={12} aria-hidden /> : <CircleDashed size={12} aria-hidden />}
          <span className="clip">
            {one.lineName} {t(one.overdue ? 'alertKind.overdue' : 'openSlot')}
          </span>
          <span className="sr-only">
            {days.day(one.day)} {t('planIt')}
          </span>
        </button>
      ))}
    </section>
  )
}

/** An issue on its day. The whole chip is dragged; Enter opens it, space lifts it. */
function IssueChip({ issue, mayMove, onOpen }: { issue: Issue; mayMove: boolean; onOpen: () => void }) {
  const t = useWords('calendar')
  const days = useDays()
  const { attributes, listeners, setNodeRef, transform, isDragging } = useDraggable({ id: issue.id, disabled: !mayMove })
  const tone = issue.overdue ? 'red' : TONES[issue.state]
  return (
    <button
      type="button"
      ref={setNodeRef}
      className={isDragging ? 'issue-chip lifted' : 'issue-chip'}
      data-state={issue.state}
      style={{
        color: `var(--${tone}-ink)`,
        background: `var(--${tone}-soft)`,
        ...(transform ? { transform: `translate(${transform.x}px, ${transform.y}px)`, zIndex: 5 } : {}),
      }}
      aria-describedby={mayMove ? attributes['aria-describedby'] : undefined}
      onClick={onOpen}
      {...listeners}
    >
      {(issue.late || issue.overdue) && <TriangleAlert size={12} role="img" aria-label={t(issue.overdue ? 'alertKind.overdue' : 'late')} />}
      <span className="issue-words">
        <b className="clip">{issue.theme || t('noTheme')}</b>
        <span className="clip">
          {issue.lineName}・{t(issue.overdue ? 'alertKind.overdue' : `state.${issue.state}`)}
        </span>
      </span>
      <span className="sr-only">{days.day(issue.day)}</span>
    </button>
  )
}

/** An arrow key goes to the next day or the next week, not some pixels aside. */
const nextDay: KeyboardCoordinateGetter = (event, { context, currentCoordinates }) => {
  const step = STEPS[event.code]
  if (step === undefined) return undefined
  event.preventDefault()
  const cells = [...context.droppableRects].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  const at = cells.findIndex(([id]) => id === context.over?.id)
  const to = cells[at + step]?.[1]
  return to ? { x: to.left + 6, y: to.top + 30 } : currentCoordinates
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 }
