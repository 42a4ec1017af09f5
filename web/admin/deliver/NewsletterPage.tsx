import './deliver.css'
import './preview.css'
import { Alert, Button, Modal } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Pause, Play, Trash2, TriangleAlert, X } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { ExportButton } from '../lists/ExportButton.tsx'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card, Page, Pairs } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeOneOf, maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { TONES } from './NewslettersPage.tsx'
import { useReason } from './ReasonList.tsx'
import { SendDrawer } from './SendDrawer.tsx'

const OF = [
  'all',
  'waiting',
  'sent',
  'refused',
  'unknown',
  'suppressed',
  'cancelled',
  'opened',
  'openedMachine',
  'clicked',
  'clickedMachine',
  'stopped',
  'converted',
] as const
type Of = (typeof OF)[number]
const schema = viewOf({
  of: maybeOneOf(OF),
  reason: maybeText,
  edit: maybeText,
})
type Report = Awaited<ReturnType<typeof client.newsletters.get>>

/** One newsletter: its progress, its figures, and the people behind each of them. */
export function NewsletterPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('deliver')
  const report = useQuery(api.newsletters.get.queryOptions({ input: { id } }))
  const [search, setSearch] = useSearchOf(schema)
  useLive('newsletter', (told) => {
    const { id: which } = (told ?? {}) as { id?: string }
    if (which === undefined || which === id) void again(api.newsletters.key())
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
        {row && <Figures row={row} open={(of, reason) => setSearch({ of, reason })} />}
      </Page>
      {row && (
        <PeopleDrawer id={id} of={search.of} reason={search.reason} onClose={() => setSearch({ of: undefined, reason: undefined })} />
      )}
      {row && row.status === 'draft' && (
        <SendDrawer
          opened={search.edit !== undefined}
          onClose={() => setSearch({ edit: undefined })}
          draft={{
            id: row.id,
            name: row.name,
            templateId: row.templateId,
            include: row.include,
            exclude: row.exclude,
            topicId: row.topicId,
          }}
        />
      )}
    </>
  )
}

function Acts({ row, onEdit }: { row: Report; onEdit: () => void }) {
  const t = useWords('deliver')
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
  const stoppable = row.status === 'sending' || row.status === 'paused' || row.status === 'scheduled'
  return (
    <>
      {row.status === 'draft' && (
        <>
          <Button variant="default" leftSection={<Trash2 size={14} />} onClick={remove}>
            {t('deleteDraft')}
          </Button>
          <Button onClick={onEdit}>{t('editDraft')}</Button>
        </>
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

function Figures({ row, open }: { row: Report; open: (of: Of, reason?: string) => void }) {
  const t = useWords('deliver')
  const f = useFormats()
  const { counts } = row
  const rate = (n: number) => f.percent(counts.sent ? n / counts.sent : null)
  const share = (n: number) => t('rateOf', { rate: rate(n) })
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
      <Kpis>
        <Kpi
          label={t('counts.sent')}
          value={f.number(counts.sent)}
          hint={t('people', { n: row.audience ?? counts.total })}
          onOpen={() => open('sent')}
        />
        <Kpi label={t('counts.opened')} value={f.number(counts.opened)} hint={share(counts.opened)} onOpen={() => open('opened')} />
        <Kpi label={t('counts.clicked')} value={f.number(counts.clicked)} hint={share(counts.clicked)} onOpen={() => open('clicked')} />
        <Kpi label={t('counts.converted')} value={f.number(row.converted)} hint={share(row.converted)} onOpen={() => open('converted')} />
      </Kpis>
      <div className="two-cards">
        <div className="stack">
          <Card title={t('links')} aside={t('clickHint')}>
            {row.links.length === 0 ? (
              <span className="muted">{t('noLinks')}</span>
            ) : (
              <div className="bar-rows">
                {row.links.map((link) => (
                  <div className="bar-row" key={link.url}>
                    <a className="clip" href={link.url} target="_blank" rel="noreferrer" title={link.url}>
                      {link.url}
                    </a>
                    <span className="num nowrap">{t('people', { n: link.people })}</span>
                    <span className="muted num nowrap">
                      {t('machineOnly')} {f.number(link.machine)}
                    </span>
                  </div>
                ))}
              </div>
            )}
          </Card>
          <Reasons title={t('suppressedBy')} reasons={row.suppressedBy} open={(reason) => open('suppressed', reason)} />
          <Reasons title={t('refusedBy')} reasons={row.refusedBy} open={(reason) => open('refused', reason)} />
        </div>
        <Card title={t('state')}>
          <Pairs
            items={[
              ...(
                ['all', 'waiting', 'refused', 'unknown', 'suppressed', 'cancelled', 'openedMachine', 'clickedMachine', 'stopped'] as const
              ).map((of) => {
                const n = of === 'all' ? counts.total : counts[of]
                return [
                  t(`counts.${of}`),
                  <NumberLink key={of} onClick={() => open(of)} label={`${t(`counts.${of}`)} ${n}`}>
                    {f.number(n)}
                  </NumberLink>,
                ] as const
              }),
              [
                t('template'),
                <Link key="t" to={`/templates/${row.templateId}` as string}>
                  {row.templateName}
                </Link>,
              ],
              [t('when'), row.startedAt ? f.instant(row.startedAt) : row.sendAt ? f.instant(row.sendAt) : null],
            ]}
          />
          <p className="muted tiny">{t('openHint')}</p>
          <p className="muted tiny">{t('convertedHint')}</p>
        </Card>
      </div>
    </div>
  )
}

function Reasons({ title, reasons, open }: { title: string; reasons: Report['suppressedBy']; open: (reason: string) => void }) {
  const words = useReason()
  const f = useFormats()
  if (!reasons.length) return null
  return (
    <Card title={title}>
      <div className="bar-rows">
        {reasons.map(({ reason, count }) => (
          <div className="bar-row" key={reason}>
            <span>{words(reason)}</span>
            <NumberLink onClick={() => open(reason)} label={`${words(reason)} ${count}`}>
              {f.number(count)}
            </NumberLink>
          </div>
        ))}
      </div>
    </Card>
  )
}

function PeopleDrawer({ id, of, reason, onClose }: { id: string; of: Of | undefined; reason: string | undefined; onClose: () => void }) {
  const t = useWords('deliver')
  return (
    <SideDrawer opened={of !== undefined} onClose={onClose} title={of ? t('whoOf', { what: t(`counts.${of}`) }) : ''} wide>
      {of && <People id={id} of={of} reason={reason} />}
    </SideDrawer>
  )
}

type Person = Awaited<ReturnType<typeof client.newsletters.people>>['items'][number]

function People({ id, of, reason }: { id: string; of: Of; reason: string | undefined }) {
  const t = useWords('deliver')
  const words = useReason()
  const list = useInfiniteQuery(paged(api.newsletters.people, { id, of, limit: 100, ...(reason === undefined ? {} : { reason }) }))
  return (
    <div className="drawer-grid">
      <DataGrid<Person>
        label={t(`counts.${of}`)}
        query={list}
        rowKey={(row) => row.personId}
        href={(row) => `/leads/${row.personId}`}
        empty={<span className="muted">{t('nobody')}</span>}
        columns={[
          {
            key: 'name',
            head: t('person'),
            width: 'minmax(120px,1fr)',
            cell: (row) => <b className="clip">{row.name || row.address || '—'}</b>,
            phone: 'title',
          },
          {
            key: 'mail',
            head: t('to'),
            width: 'minmax(150px,1.2fr)',
            cell: (row) => (
              <span className="clip muted">
                {row.company ? `${row.company}　` : ''}
                {row.address}
              </span>
            ),
            phone: 'sub',
          },
          {
            key: 'state',
            head: t('state'),
            width: '90px',
            cell: (row) => (
              <span className="clip" title={words(row.reason)}>
                {row.reason && row.status === 'suppressed' ? words(row.reason) : t(`deliveryState.${row.status as 'sent'}`)}
              </span>
            ),
            phone: 'side',
          },
          {
            key: 'at',
            head: t('sentAt'),
            width: '120px',
            cell: (row) => <span className="muted">{row.sentAt ? <Ago at={row.sentAt} /> : '—'}</span>,
          },
        ]}
      />
    </div>
  )
}
