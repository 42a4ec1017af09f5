import { Alert as Box, Button } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useWords } from '../../words/words.tsx'
import { type Alert, useAlertWords } from './plan.ts'

const SHOWN = 4

/** What is missing, late or overdue, each with what to do about it; a long list is folded, so that the calendar stays in sight. */
export function Alerts({
  alerts,
  mayWrite,
  onIssue,
  onDay,
}: {
  alerts: readonly Alert[]
  mayWrite: boolean
  onIssue: (id: string, day: string) => void
  onDay: (day: string, lineId?: string) => void
}) {
  const t = useWords('calendar')
  const words = useAlertWords()
  const [whole, setWhole] = useState(false)
  if (!alerts.length) return null
  const shown = whole || alerts.length <= SHOWN + 1 ? alerts : alerts.slice(0, SHOWN)
  const isRed = alerts.some(({ kind }) => kind === 'overdue')
  return (
    <Box color={isRed ? 'red' : 'yellow'} className="line-alerts" role="status">
      <ul>
        {shown.map((alert) => (
          <li key={`${alert.lineId}${alert.kind}${alert.day}${alert.issueId}`}>
            <TriangleAlert size={15} aria-hidden />
            <span>{words(alert)}</span>
            {mayWrite && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${words(alert)} ${alert.issueId ? t('lookAt') : t('planIt')}`}
                onClick={() => (alert.issueId ? onIssue(alert.issueId, alert.day) : onDay(alert.day, alert.lineId))}
              >
                {alert.issueId ? t('lookAt') : t('planIt')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {shown.length < alerts.length && (
        <Button size="compact-xs" variant="subtle" color={isRed ? 'red' : 'yellow'} className="line-more" onClick={() => setWhole(true)}>
          {t('moreAlerts', { n: alerts.length - shown.length })}
        </Button>
      )}
    </Box>
  )
}
