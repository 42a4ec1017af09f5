import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import {
  BellOff,
  Check,
  Download,
  Ellipsis,
  Flame,
  FormInput,
  Handshake,
  Hourglass,
  JapaneseYen,
  type LucideIcon,
  MessageCircle,
  MousePointerClick,
  Phone,
  Undo2,
  UserCheck,
  UserPlus,
  Workflow,
} from 'lucide-react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { LeadLine } from './LeadLine.tsx'
import { useColleagues } from './owners.ts'
import type { Signal } from './rows.ts'

const LOOKS: Readonly<Record<Signal['kind'], readonly [LucideIcon, Tone]>> = {
  hot: [Flame, 'red'],
  form: [FormInput, 'green'],
  click: [MousePointerClick, 'blue'],
  pricing: [JapaneseYen, 'amber'],
  download: [Download, 'teal'],
  handoff: [UserCheck, 'violet'],
  scenario: [Workflow, 'violet'],
  call: [Phone, 'green'],
  chat: [MessageCircle, 'blue'],
  assigned: [UserPlus, 'violet'],
  neglected: [Hourglass, 'amber'],
}

/** One signal: who, what, when, and what can be done about it. */
export function SignalRow({ signal, isNew }: { signal: Signal; isNew: boolean }) {
  const t = useWords('sales')
  const { nameOf } = useColleagues()
  const [Icon, tone] = LOOKS[signal.kind]
  const owner = nameOf(signal.ownerId)
  return (
    <li className={['signal', signal.seenAt && 'done', isNew && 'is-new'].filter(Boolean).join(' ')}>
      <span className="signal-icon" style={{ color: `var(--${tone}-ink)`, background: `var(--${tone}-soft)` }} aria-hidden>
        <Icon size={17} />
      </span>
      <div className="signal-what">
        <span className="row wrap">
          <b>{signal.text && signal.kind === 'scenario' ? signal.text : t(`kind.${signal.kind}`)}</b>
          {signal.urgent && !signal.seenAt && <Chip tone="red">{t('urgent')}</Chip>}
          {isNew && <Chip tone="violet">{t('fresh')}</Chip>}
        </span>
        <span className="muted clip">{useDetail(signal)}</span>
      </div>
      <LeadLine lead={signal.lead} withStage />
      <span className="signal-when muted">
        <Ago at={signal.at} />
        <span className="clip">{signal.seenBy !== null ? t('seenBy', { name: signal.seenBy }) : (owner ?? t('nobody'))}</span>
      </span>
      <Actions signal={signal} />
    </li>
  )
}

/** The one fact that says most: points, form, page or file. */
function useDetail({ kind, detail, text }: Signal): string {
  const t = useWords('sales')
  const word = (...names: string[]) => names.map((name) => detail[name]).find((value): value is string => typeof value === 'string') ?? ''
  if (kind === 'hot') return typeof detail.total === 'number' ? t('points', { n: detail.total }) : ''
  if (kind === 'form') return word('formName', 'name', 'title')
  if (kind === 'click') return [word('subject'), word('url')].filter(Boolean).join(' ・ ')
  if (kind === 'handoff') return text ?? (isReason(detail.reason) ? t(`reason.${detail.reason}`) : '')
  if (kind === 'scenario') return t('kind.scenario')
  return word('title', 'name', 'file', 'path', 'url')
}

const isReason = (value: unknown): value is 'hot' | 'score' | 'scenario' => value === 'hot' || value === 'score' || value === 'scenario'

function Actions({ signal }: { signal: Signal }) {
  const t = useWords('sales')
  const toast = useToasts()
  const navigate = useNavigate()
  const { may } = useSession()
  const reload = () => again(api.signals.key())
  const { lead, seenAt } = signal
  const ids = [{ leadId: lead.id, id: signal.id }]
  const name = lead.name || t('unnamed')
  const toggle = () =>
    (seenAt ? client.signals.unseen({ ids }) : client.signals.seen({ ids }))
      .then(() => (seenAt ? undefined : toast.undo(t('seenDone'), () => client.signals.unseen({ ids }).finally(reload))), toast.failed)
      .finally(reload)
  const mute = () =>
    client.signals
      .mute({ leadId: lead.id })
      .then(() => toast.undo(t('muted', { name }), () => client.signals.unmute({ leadId: lead.id }).finally(reload)), toast.failed)
      .finally(reload)
  const handOver = () =>
    client.handoffs
      .make({ leadId: lead.id })
      .then(() => toast.done(t('handedOver')), toast.failed)
      .finally(reload)
  return (
    <span className="signal-actions">
      {lead.phone && (
        <Tooltip label={`${t('call')} ${lead.phone}`}>
          <ActionIcon component="a" href={`tel:${lead.phone}`} variant="default" size={32} aria-label={t('call')}>
            <Phone size={15} />
          </ActionIcon>
        </Tooltip>
      )}
      {may('signals.write') && (
        <>
          <Tooltip label={seenAt ? t('unseen') : t('seen')}>
            <ActionIcon variant="default" size={32} aria-label={seenAt ? t('unseen') : t('seen')} onClick={() => void toggle()}>
              {seenAt ? <Undo2 size={15} /> : <Check size={15} />}
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('more')}>
                <Ellipsis size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<UserCheck size={15} />} onClick={() => void handOver()}>
                {t('handOver')}
              </Menu.Item>
              <Menu.Item
                leftSection={<Handshake size={15} />}
                onClick={() => void navigate({ to: '/deals' as string, search: { add: 'yes', lead: lead.id } as never })}
              >
                {t('makeDeal')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<BellOff size={15} />} onClick={() => void mute()}>
                {t('mute')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      )}
    </span>
  )
}
