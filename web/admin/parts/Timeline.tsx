import {
  AlarmClock,
  ArrowRightLeft,
  BadgeCheck,
  BellRing,
  Bot,
  Building2,
  CircleCheck,
  CircleX,
  Eye,
  FileDown,
  Filter,
  Flag,
  FormInput,
  Globe,
  Handshake,
  IdCard,
  LogIn,
  type LucideIcon,
  Mail,
  MailOpen,
  MailWarning,
  MailX,
  MousePointerClick,
  Pencil,
  Phone,
  Presentation,
  Send,
  Sparkles,
  StickyNote,
  Target,
  Trash2,
  Undo2,
  UserCheck,
  UserPlus,
  UserRound,
  UsersRound,
  Workflow,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'
import { addDays, dayOf } from './zone.ts'

type Look = readonly [LucideIcon, string]
const looks: Readonly<Record<string, Look>> = {
  'page.viewed': [Globe, 'accent'],
  'page.left': [Eye, 'sub'],
  'session.started': [LogIn, 'sub'],
  'link.clicked': [MousePointerClick, 'accent'],
  'file.downloaded': [FileDown, 'green'],
  'form.submitted': [FormInput, 'green'],
  'lead.named': [BadgeCheck, 'green'],
  'lead.adopted': [ArrowRightLeft, 'sub'],
  'lead.created': [UserPlus, 'green'],
  'lead.restored': [Undo2, 'green'],
  'lead.trashed': [Trash2, 'sub'],
  'field.changed': [Pencil, 'sub'],
  'owner.assigned': [UserRound, 'sub'],
  'consent.given': [CircleCheck, 'green'],
  'consent.withdrawn': [CircleX, 'red'],
  'score.changed': [Target, 'sub'],
  'segment.entered': [Filter, 'accent'],
  'segment.left': [Filter, 'sub'],
  'mail.sent': [Mail, 'sub'],
  'mail.opened': [MailOpen, 'sub'],
  'mail.clicked': [MousePointerClick, 'accent'],
  'mail.swarm': [Bot, 'sub'],
  'mail.replied': [Mail, 'accent'],
  'mail.rejudged': [MailWarning, 'sub'],
  'mail.bounced': [MailWarning, 'amber'],
  'mail.complained': [MailX, 'red'],
  'mail.unsubscribed': [MailX, 'amber'],
  'scenario.entered': [Workflow, 'accent'],
  'scenario.ended': [Workflow, 'sub'],
  'scenario.goal': [Flag, 'green'],
  'signal.raised': [BellRing, 'amber'],
  'handoff.made': [UserCheck, 'amber'],
  'handoff.accepted': [UserCheck, 'green'],
  'handoff.returned': [UserCheck, 'sub'],
  'deal.created': [Handshake, 'accent'],
  'deal.stage_changed': [Handshake, 'accent'],
  'deal.won': [Handshake, 'green'],
  'deal.lost': [Handshake, 'red'],
  'activity.call': [Phone, 'amber'],
  'activity.visit': [Building2, 'amber'],
  'activity.note': [StickyNote, 'amber'],
  'activity.meeting': [UsersRound, 'amber'],
  'activity.seminar': [Presentation, 'green'],
  'activity.exhibition': [IdCard, 'green'],
  'activity.letter': [Send, 'amber'],
  'task.due': [AlarmClock, 'amber'],
  'task.done': [CircleCheck, 'green'],
  'card.scanned': [IdCard, 'green'],
  'card.confirmed': [IdCard, 'green'],
  'card.exchanged': [IdCard, 'green'],
  'seminar.attended': [Presentation, 'green'],
}
const other: Look = [Sparkles, 'sub']

export interface TimelineEntry {
  id: string
  /** Journal event name; decides the icon. */
  name: string
  at: string
  title: ReactNode
  /** A chip beside the title: who or what it was, where that is not a person. */
  mark?: ReactNode
  meta?: ReactNode
  /** Points the entry gave; shown green or red at the right. */
  points?: number | null | undefined
  /** A quoted box under the entry: answers of a form, a note. */
  box?: ReactNode
  /** What can be done with the entry: a menu at its right. */
  aside?: ReactNode
}

/** Entries, newest first, grouped by day. `<Timeline entries={…}/>` */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const days = Map.groupBy(entries, (e) => dayOf(e.at))
  return (
    <div className="tl">
      {[...days].map(([day, list]) => (
        <section key={day}>
          <DayHead at={list[0]?.at ?? day} />
          {list.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </section>
      ))}
    </div>
  )
}

function DayHead({ at }: { at: string }) {
  const t = useWords('parts')
  const f = useFormats()
  const [day, today] = [dayOf(at), dayOf(new Date())]
  return <h3 className="day">{day === today ? t('today') : day === addDays(today, -1) ? t('yesterday') : f.day(at)}</h3>
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const t = useWords('parts')
  const f = useFormats()
  const [Icon, colour] = looks[entry.name] ?? other
  const { points } = entry
  return (
    // Reached by j and k, not by Tab: a long history would stand between the page and what follows it.
    <div className="ev" data-entry tabIndex={-1}>
      <span className="ic" aria-hidden style={{ color: `var(--${colour})` }}>
        <Icon />
      </span>
      <div className="ev-line">
        <div className="ev-text">
          <div className={entry.mark ? 'ev-title' : undefined}>
            {entry.mark ? <span>{entry.title}</span> : entry.title}
            {entry.mark}
          </div>
          <div className="muted">
            <time dateTime={entry.at} title={f.instant(entry.at)} className="num">
              {f.time(entry.at)}
            </time>
            {entry.meta && <> ・ {entry.meta}</>}
          </div>
        </div>
        {points ? (
          <span className={points < 0 ? 'plus minus num' : 'plus num'}>
            {points > 0 ? '+' : '−'}
            {t('points', { n: Math.abs(points) })}
          </span>
        ) : null}
        {entry.aside}
      </div>
      {entry.box && <div className="box">{entry.box}</div>}
    </div>
  )
}
