import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Users } from 'lucide-react'
import { useState } from 'react'
import { SEGMENT_NUMBERS, type SegmentNumber } from '#loop/measure/mails/contract.ts'
import { again, api, client } from '../../api.ts'
import { Ago } from '../../parts/Ago.tsx'
import { DataGrid } from '../../parts/DataGrid.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { SideDrawer } from '../../parts/FormDrawer.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import type { Behind, MailGoal, MailsOf } from './numbers.ts'
import { useMailReason } from './reasons.ts'
import { usePeopleBehind } from './useReport.ts'

const canBeSegment = (of: string): of is SegmentNumber => (SEGMENT_NUMBERS as readonly string[]).includes(of)

interface Props {
  mails: MailsOf
  name: string
  goal: MailGoal | undefined
  behind: Behind | null
  onClose: () => void
}

/** The people behind a number, and a segment of them. */
export function PeopleBehind({ behind, onClose, ...rest }: Props) {
  const t = useWords('newsletters')
  const [kind, setKind] = useState<'opened' | 'clicked' | null>(null)
  // Where as many opened as clicked in an hour, their points lie on each other: the list lets choose.
  const shown = behind && kind && behind.hour !== undefined ? { ...behind, of: kind } : behind
  const what = shown
    ? [
        shown.arm?.toUpperCase(),
        t(`number.${shown.of}`),
        shown.as && shown.as !== 'human' ? t(shown.as) : null,
        shown.domain,
        shown.hour === undefined ? null : t('hoursAfter', { n: shown.hour }),
        shown.link === undefined ? null : t('atLink', { n: shown.link }),
      ]
        .filter(Boolean)
        .join('・')
    : ''
  const close = () => {
    setKind(null)
    onClose()
  }
  return (
    <SideDrawer opened={behind !== null} onClose={close} title={shown ? t('peopleWho', { what }) : ''} wide>
      {shown?.hour !== undefined && (
        <SegmentedControl
          aria-label={t('byHour')}
          value={shown.of}
          onChange={(to) => setKind(to as 'opened' | 'clicked')}
          data={(['opened', 'clicked'] as const).map((value) => ({ value, label: t(`number.${value}`) }))}
        />
      )}
      {shown && <Listed key={JSON.stringify(shown)} behind={shown} {...rest} />}
    </SideDrawer>
  )
}

type Person = Awaited<ReturnType<typeof client.mailReports.people>>['items'][number]

function Listed({ mails, name, goal, behind }: Omit<Props, 'onClose' | 'behind'> & { behind: Behind }) {
  const t = useWords('newsletters')
  const d = useWords('deliver')
  const reason = useMailReason()
  const { may } = useSession()
  const list = usePeopleBehind(mails, { ...behind, goal })
  const whole =
    mails.step === undefined &&
    (behind.as ?? 'human') === 'human' &&
    behind.domain === undefined &&
    behind.hour === undefined &&
    behind.reason === undefined &&
    behind.version === undefined &&
    behind.arm === undefined
  return (
    <div className="drawer-grid">
      {whole && canBeSegment(behind.of) && may('segments.write') && (
        <MakeSegment
          id={mails.id}
          of={behind.of}
          link={behind.link}
          goal={goal}
          first={`${name} ${t(`number.${behind.of}`)}${behind.link ? ` ${behind.link}` : ''}`}
        />
      )}
      <DataGrid<Person>
        label={t(`number.${behind.of}`)}
        query={list}
        rowKey={(row) => row.id}
        href={(row) => `/leads/${row.personId}`}
        empty={<span className="muted">{t('nobody')}</span>}
        columns={[
          {
            key: 'name',
            head: d('person'),
            width: 'minmax(120px,1fr)',
            cell: (row) => <b className="clip">{row.name || row.address || '—'}</b>,
            phone: 'title',
          },
          {
            key: 'mail',
            head: d('to'),
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
            head: d('state'),
            width: '110px',
            cell: (row) => (
              <span className="clip" title={reason(row.reason, behind.of)}>
                {row.reason && (row.status !== 'sent' || behind.of === 'stopped')
                  ? reason(row.reason, behind.of)
                  : d(`deliveryState.${row.status as 'sent'}`)}
              </span>
            ),
            phone: 'side',
          },
          {
            key: 'at',
            head: d('sentAt'),
            width: '120px',
            cell: (row) => <span className="muted">{row.sentAt ? <Ago at={row.clickedAt ?? row.openedAt ?? row.sentAt} /> : '—'}</span>,
          },
        ]}
      />
    </div>
  )
}

interface MakeProps {
  id: string
  of: SegmentNumber
  link: number | undefined
  goal: MailGoal | undefined
  first: string
}

function MakeSegment({ id, of, link, goal, first }: MakeProps) {
  const t = useWords('newsletters')
  const [name, setName] = useState(first.slice(0, 120))
  const [made, setMade] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const make = (e: React.FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setFailed(null)
    client.mailReports
      .segment({ id, of, name, ...(link === undefined ? {} : { link }), ...(goal ? { goal } : {}) })
      .then((answer) => {
        setMade(answer.id)
        void again(api.segments.key())
      }, setFailed)
      .finally(() => setBusy(false))
  }
  if (made)
    return (
      <div className="make-segment" role="status">
        {t('segmentMade', { name })} <Link to={`/segments/${made}` as string}>{t('openSegment')}</Link>
      </div>
    )
  return (
    <form className="make-segment" onSubmit={make}>
      <TextInput aria-label={t('segmentName')} value={name} maxLength={120} required onChange={(e) => setName(e.currentTarget.value)} />
      <Button type="submit" variant="default" loading={busy} leftSection={<Users size={14} />}>
        {t('makeSegment')}
      </Button>
      <ErrorNote error={failed} />
    </form>
  )
}
