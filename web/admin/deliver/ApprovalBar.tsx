import { Alert, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, UserCheck } from 'lucide-react'
import type { Newsletter } from '#loop/deliver/newsletter/contract.ts'
import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** Asking for a second person's yes, and giving it. Stands over a draft where the company asks for that. */
export function ApprovalBar({ row }: { row: Newsletter }) {
  const t = useWords('newsletters')
  const toast = useToasts()
  const { may } = useSession()
  const rules = useQuery(api.newsletters.rules.queryOptions({ input: {} }))
  if (!rules.data?.approval || row.status !== 'draft') return null
  const { approval } = row
  const run = (act: Promise<unknown>) => act.then(() => again(api.newsletters.key()), toast.failed)
  if (approval.approvedBy !== null)
    return (
      <Alert color="green" icon={<CircleCheck size={16} />}>
        {t('approval.given', { name: approval.approvedBy })}
      </Alert>
    )
  return (
    <Alert
      color="yellow"
      icon={<UserCheck size={16} />}
      title={t(approval.askedBy === null ? 'approval.needed' : 'approval.asked', { name: approval.askedBy ?? '' })}
    >
      {may('newsletters.write') && (
        <div className="approval-acts">
          {approval.askedBy === null && (
            <Button size="xs" onClick={() => run(client.newsletters.askApproval({ id: row.id }))}>
              {t('approval.ask')}
            </Button>
          )}
          {approval.askedBy !== null && !approval.mine && (
            <Button size="xs" onClick={() => run(client.newsletters.approve({ id: row.id, yes: true }))}>
              {t('approval.yes')}
            </Button>
          )}
          {approval.askedBy !== null && (
            <Button size="xs" variant="default" onClick={() => run(client.newsletters.approve({ id: row.id, yes: false }))}>
              {t(approval.mine ? 'approval.takeBack' : 'approval.no')}
            </Button>
          )}
        </div>
      )}
    </Alert>
  )
}
