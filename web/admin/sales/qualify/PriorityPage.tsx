import '../sales.css'
import '../handoffs.css'
import './qualify.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Clock, FileText, Phone, PhoneCall } from 'lucide-react'
import { again, api, client } from '../../api.ts'
import { useLive } from '../../live.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { ChipChoice } from '../../parts/FilterChips.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useSearchOf } from '../../parts/search.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { oneOf, viewOf } from '../../parts/view.ts'
import { useSettled } from '../../segment/useSettled.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { LeadLine } from '../LeadLine.tsx'

type Line = Awaited<ReturnType<typeof client.priority.list>>['items'][number]
type Reason = Line['reasons'][number]

const searchSchema = viewOf({ scope: oneOf(['mine', 'all'], 'all') })
const LATER = [1, 3, 7, 14] as const

/** Whom to call now, with the reason in every row. */
export function PriorityPage() {
  const t = useWords('qualify')
  const [{ scope }, setSearch] = useSearchOf(searchSchema)
  const list = useQuery({ ...api.priority.list.queryOptions({ input: { scope, limit: 100 } }), refetchInterval: 60_000 })
  const settle = useSettled(() => void again(api.priority.key()))
  useLive('priority', settle)
  useLive('handoffs', settle)
  useLive('signals', settle)
  useLive('deals', settle)
  useLive('activities', settle)
  useLive('leads', settle)
  const items = list.data?.items ?? []
  return (
    <>
      <PageTop title={t('priority')} />
      <Page>
        <p className="muted">{t('priorityHint')}</p>
        <div className="row wrap">
          <ChipChoice
            label={t('scope')}
            value={scope}
            options={[
              ['mine', t('mine')],
              ['all', t('all')],
            ]}
            onChange={(to) => setSearch({ scope: to })}
          />
          {(list.data?.snoozed ?? 0) > 0 && <span className="muted push">{t('snoozedN', { n: String(list.data?.snoozed ?? 0) })}</span>}
        </div>
        {list.isPending && <Skeletons rows={6} height={64} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data && items.length === 0 && (
          <EmptyState icon={PhoneCall} title={t('priorityEmpty')}>
            {t('priorityEmptyText')}
          </EmptyState>
        )}
        {items.length > 0 && (
          <div className="card flush">
            {items.map((line, i) => (
              <Row key={line.lead.id} line={line} place={i + 1} />
            ))}
          </div>
        )}
      </Page>
    </>
  )
}

function Row({ line, place }: { line: Line; place: number }) {
  const t = useWords('qualify')
  const { may } = useSession()
  const { lead } = line
  return (
    <article className="call-row">
      <span className="call-place num">{place}</span>
      <LeadLine lead={lead} withStage />
      <span className="call-why">
        {line.reasons.map((reason) => (
          <Why key={reason.kind} reason={reason} />
        ))}
      </span>
      <span className="call-points num">{t('points', { n: String(line.points) })}</span>
      <span className="call-acts">
        {lead.phone && (
          <ActionIcon component="a" href={`tel:${lead.phone}`} variant="light" aria-label={`${t('call')} ${lead.phone}`} title={lead.phone}>
            <Phone size={15} />
          </ActionIcon>
        )}
        <Button
          component={Link}
          to={`/leads/${lead.id}/brief`}
          size="xs"
          variant="default"
          leftSection={<FileText size={14} />}
          aria-label={`${t('open')} ${lead.name || t('unnamed')}`}
        >
          {t('open')}
        </Button>
        {may('leads.write') && <Marks lead={lead} />}
      </span>
    </article>
  )
}

function Marks({ lead }: { lead: Line['lead'] }) {
  const t = useWords('qualify')
  const toast = useToasts()
  const name = lead.name || t('unnamed')
  const reload = () => again(api.priority.key())
  const run = (act: Promise<unknown>, said: string) =>
    act.then(() => toast.undo(said, () => client.priority.back({ leadId: lead.id }).finally(reload)), toast.failed).finally(reload)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<Clock size={14} />} aria-label={`${t('later')} ${name}`}>
            {t('later')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {LATER.map((days) => (
            <Menu.Item
              key={days}
              onClick={() => void run(client.priority.snooze({ leadId: lead.id, days }), t('laterSaid', { name, n: String(days) }))}
            >
              {t('laterDays', { n: String(days) })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="xs"
        variant="light"
        leftSection={<Check size={14} />}
        aria-label={`${t('done')} ${name}`}
        onClick={() => void run(client.priority.done({ leadId: lead.id }), t('doneSaid', { name }))}
      >
        {t('done')}
      </Button>
    </>
  )
}

const TONES: Readonly<Partial<Record<Reason['kind'], Tone>>> = {
  handoffLate: 'red',
  taskLate: 'red',
  handoff: 'amber',
  taskToday: 'amber',
  hot: 'red',
  act: 'blue',
  deal: 'teal',
  dealClosing: 'teal',
  company: 'violet',
}

/** One reason and its points. */
function Why({ reason }: { reason: Reason }) {
  const t = useWords('qualify')
  const f = useFormats()
  const { kind, text } = reason
  const said =
    kind === 'act' && (text === 'form' || text === 'clicked' || text === 'visited')
      ? t(`act.${text}`)
      : kind === 'dealClosing' && text
        ? f.day(`${text}T12:00:00`)
        : (text ?? '')
  return (
    <span title={`${reason.points > 0 ? '+' : '−'}${Math.abs(reason.points)}`}>
      <Chip tone={TONES[kind] ?? 'grey'} dot={false}>
        {t(`reason.${kind}`, { text: said, when: reason.at ? f.ago(reason.at) : '', n: reason.n ?? 0 })}
      </Chip>
    </span>
  )
}
