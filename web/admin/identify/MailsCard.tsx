import './person.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, paged } from '../api.ts'
import { useReason } from '../deliver/ReasonList.tsx'
import { useSubject } from '../deliver/useSubject.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { isAbout } from './isAbout.ts'

const TONES: Readonly<Record<string, Tone>> = {
  waiting: 'blue',
  sent: 'grey',
  opened: 'violet',
  clicked: 'green',
  refused: 'red',
  unknown: 'amber',
  suppressed: 'amber',
  cancelled: 'grey',
}

/** The mails of somebody with what became of each. */
export function MailsCard({ leadId }: { leadId: string }) {
  const subjectOf = useSubject()
  const t = useWords('person')
  const reason = useReason()
  const mails = useInfiniteQuery(paged(api.received.list, { person: leadId, limit: 5 }))
  useLive('people', (payload) => isAbout(payload, leadId) && void mails.refetch())
  const items = mails.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card title={t('mails')}>
      <ErrorNote error={mails.error} retry={mails.refetch} />
      {mails.isPending && <Skeletons rows={2} height={32} />}
      {mails.data && items.length === 0 && <p className="muted">{t('mailsEmpty')}</p>}
      <ul className="mails">
        {items.map((mail) => (
          <li key={mail.id}>
            <span className="clip" title={subjectOf(mail.subject)}>
              {subjectOf(mail.subject)}
            </span>
            <Chip tone={TONES[mail.state] ?? 'grey'}>{t(`mailState.${mail.state}`)}</Chip>
            <span className="muted mail-more">
              <Ago at={mail.at} />
              {mail.reason && ` ・ ${reason(mail.reason)}`}
            </span>
          </li>
        ))}
      </ul>
      {mails.hasNextPage && (
        <Button size="xs" variant="default" fullWidth loading={mails.isFetchingNextPage} onClick={() => void mails.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Card>
  )
}
