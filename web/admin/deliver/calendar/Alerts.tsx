import { Alert as Box, Button } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { useWords } from '../../words/words.tsx'
import { type Alert, useAlertWords } from './plan.ts'

/** What is missing, late or overdue, each with what to do about it. */
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
  if (!alerts.length) return null
  const isRed = alerts.some(({ kind }) => kind === 'overdue')
  return (
    <Box color={isRed ? 'red' : 'yellow'} className="line-alerts" role="status">
      <ul>
        {alerts.map((alert) => (
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
    </Box>
  )
}
