import './deliver.css'
import './preview.css'
import { Alert, Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Copy, Pause, Play, Repeat, Trash2, TriangleAlert, X } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { ExportButton } from '../lists/ExportButton.tsx'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { ApprovalBar } from './ApprovalBar.tsx'
import { TONES } from './NewslettersPage.tsx'
import { MailReport } from './report/MailReport.tsx'
import { SendDrawer } from './SendDrawer.tsx'
import { TrialResult } from './TrialResult.tsx'
import { PersonaResults } from './templates/PersonaResults.tsx'
import { useSubject } from './useSubject.ts'

/** `at`: the hour its issue is planned for. */
const schema = viewOf({ edit: maybeText, at: maybeText })
type Report = Awaited<ReturnType<typeof client.newsletters.get>>

/** One newsletter: its progress, its figures, and the people behind each of them. */
export function NewsletterPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('deliver')
  const report = useQuery(api.newsletters.get.queryOptions({ input: { id } }))
  const [search, setSearch] = useSearchOf(schema)
  useLive('newsletter', (told) => {
    const { id: which } = (told ?? {}) as { id?: string }
    if (which === undefined || which === id) void Promise.all([again(api.newsletters.key()), again(api.mailReports.key())])
  })
  const row = report.data
  return (
    <>
      <PageTop
        title={row?.name ?? t('newsletters')}
        crumb={t('newsletters')}
        crumbTo="/newsletters"
        note={row && <Chip tone={TONES[row.status]}>{t(`status.${row.status}`)}</Chip>}
      >
        {row && row.status !== 'draft' && <ExportButton source="deliveries" title={row.name} filter={{ newsletter: row.id }} />}
        {row && <Acts row={row} onEdit={() => setSearch({ edit: 'yes' })} />}
      </PageTop>
      <Page>
        {report.isPending && <Skeletons rows={6} height={80} />}
        <ErrorNote error={report.error} retry={report.refetch} />
        {row && <Figures row={row} />}
      </Page>
      {row && row.status === 'draft' && (
        <SendDrawer
          opened={search.edit !== undefined}
          at={search.at}
          onClose={() => setSearch({ edit: undefined })}
          draft={{
            id: row.id,
            name: row.name,
            templateId: row.templateId,
            include: row.include,
            exclude: row.exclude,
            topicId: row.topicId,
            onWeb: row.onWeb,
            test: row.test,
            sender: row.sender,
            approved: row.approval.approvedBy !== null,
          }}
        />
      )}
    </>
  )
}

function Acts({ row, onEdit }: { row: Report; onEdit: () => void }) {
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const toast = useToasts()
  const navigate = useNavigate()
  const { may } = useSession()
  const [asking, setAsking] = useState(false)
  if (!may('newsletters.write')) return null
  const run = (act: Promise<unknown>) => act.then(() => again(api.newsletters.key()), toast.failed)
  const remove = () =>
    client.newsletters.remove({ id: row.id }).then(() => {
      toast.done(t('deleted'))
      void again(api.newsletters.key())
      void navigate({ to: '/newsletters' as string })
    }, toast.failed)
  const resend = () =>
    client.mailReports
      .again({
        id: row.id,
        name: n('againName', { name: row.name }).slice(0, 120),
        segmentName: n('againSegment', { name: row.name }).slice(0, 120),
      })
      .then((made) => {
        toast.done(n('againDone'))
        void again(api.newsletters.key())
        void navigate({ to: `/newsletters/${made.id}` as string, search: { edit: 'yes' } as never })
      }, toast.failed)
  const copy = () =>
    client.newsletters.copy({ id: row.id }).then((made) => {
      void again(api.newsletters.key())
      void navigate({ to: `/newsletters/${made.id}` as string, search: { edit: 'yes' } as never })
    }, toast.failed)
  const stoppable = row.status === 'sending' || row.status === 'paused' || row.status === 'scheduled'
  return (
    <>
      <Button variant="default" leftSection={<Copy size={14} />} className="hide-s" onClick={copy}>
        {n('copy')}
      </Button>
      {row.status === 'draft' && (
        <>
          <Button variant="default" leftSection={<Trash2 size={14} />} onClick={remove}>
            {t('deleteDraft')}
          </Button>
          <Button onClick={onEdit}>{t('editDraft')}</Button>
        </>
      )}
      {(row.status === 'finished' || row.status === 'sending') && row.counts.sent > 0 && may('segments.write') && (
        <Button variant="default" leftSection={<Repeat size={14} />} className="hide-s" onClick={resend}>
          {n('again')}
        </Button>
      )}
      {row.status === 'sending' && (
        <Button variant="default" leftSection={<Pause size={14} />} onClick={() => run(client.newsletters.pause({ id: row.id }))}>
          {t('pause')}
        </Button>
      )}
      {row.status === 'paused' && (
        <Button leftSection={<Play size={14} />} onClick={() => run(client.newsletters.resume({ id: row.id }))}>
          {t('resume')}
        </Button>
      )}
      {stoppable && (
        <Button variant="default" leftSection={<X size={14} />} onClick={() => setAsking(true)}>
          {t('cancel')}
        </Button>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={<b>{t('cancelTitle')}</b>}
        closeButtonProps={{ 'aria-label': t('keep') }}
      >
        <div className="stack">
          <div>{t('cancelText', { n: row.counts.waiting || row.audience || 0 })}</div>
          <div className="settings-foot">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('keep')}
            </Button>
            <Button
              color="red"
              onClick={() => {
                setAsking(false)
                void run(client.newsletters.cancel({ id: row.id }))
              }}
            >
              {t('cancel')}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  )
}

function Figures({ row }: { row: Report }) {
  const subjectOf = useSubject()
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const f = useFormats()
  const { counts } = row
  const done = counts.total - counts.waiting
  const whole = row.expanded ? counts.total : Math.max(counts.total, row.audience ?? 0)
  return (
    <div className="stack">
      {row.status === 'paused' && row.heldReason && (
        <Alert color="red" icon={<TriangleAlert size={16} />} title={t('held.title')}>
          {t(`held.${row.heldReason}`)}
        </Alert>
      )}
      {(row.status === 'sending' || row.status === 'paused') && (
        <Card>
          <ProgressBar label={t('progress')} done={done} total={whole} tone={row.status === 'paused' ? 'amber' : 'accent'} />
        </Card>
      )}
      <div className="muted newsletter-of">
        <span>{subjectOf(row.subject)}</span>
        <Link to={`/templates/${row.templateId}` as string}>{row.templateName}</Link>
        {row.onWeb && row.startedAt && (
          <a href={`/n/${row.id}`} target="_blank" rel="noreferrer">
            {n('openWeb')}
          </a>
        )}
        <span>{row.startedAt ? f.instant(row.startedAt) : row.sendAt ? f.instant(row.sendAt) : null}</span>
      </div>
      <ApprovalBar row={row} />
      <TrialResult row={row} />
      <MailReport of={{ id: row.id }} name={row.name} />
      {row.counts.sent > 0 && <PersonaResults id={row.templateId} newsletterId={row.id} />}
    </div>
  )
}
