// How each kind of step and trigger looks: icon, hue, and the group it stands in when one is added.
import {
  BadgeCheck,
  BellRing,
  Calendar,
  CalendarClock,
  CalendarDays,
  CircleStop,
  Clock,
  Filter,
  Flag,
  FormInput,
  Gauge,
  GitBranch,
  Hand,
  Handshake,
  Hourglass,
  Lightbulb,
  ListTree,
  type LucideIcon,
  Mail,
  MailQuestion,
  Megaphone,
  MoonStar,
  MousePointerClick,
  PenLine,
  PhoneCall,
  ShieldHalf,
  Split,
  Sunrise,
  Tag,
  Target,
  Timer,
  UserCheck,
  UserPlus,
  Webhook,
  Workflow,
  Zap,
} from 'lucide-react'
import type { StepKind, TriggerKind, Until } from '#loop/orchestrate/graph/contract.ts'

export type Hue = 'violet' | 'grey' | 'blue' | 'amber' | 'teal' | 'green'
export type Group = 'trigger' | 'wait' | 'branch' | 'send' | 'sales' | 'change' | 'other'

export interface Look {
  readonly icon: LucideIcon
  readonly hue: Hue
}
export interface KindLook extends Look {
  readonly group: Group
}

export const LOOKS: Readonly<Record<StepKind, KindLook>> = {
  mail: { icon: Mail, hue: 'blue', group: 'send' },
  consent: { icon: MailQuestion, hue: 'blue', group: 'send' },
  wait: { icon: Clock, hue: 'grey', group: 'wait' },
  await: { icon: Hourglass, hue: 'amber', group: 'branch' },
  condition: { icon: GitBranch, hue: 'amber', group: 'branch' },
  switch: { icon: ListTree, hue: 'amber', group: 'branch' },
  split: { icon: Split, hue: 'teal', group: 'branch' },
  holdout: { icon: ShieldHalf, hue: 'teal', group: 'branch' },
  notify: { icon: BellRing, hue: 'green', group: 'sales' },
  task: { icon: PhoneCall, hue: 'green', group: 'sales' },
  handoff: { icon: Handshake, hue: 'green', group: 'sales' },
  owner: { icon: UserPlus, hue: 'green', group: 'sales' },
  field: { icon: PenLine, hue: 'green', group: 'change' },
  tag: { icon: Tag, hue: 'green', group: 'change' },
  points: { icon: Target, hue: 'green', group: 'change' },
  campaign: { icon: Megaphone, hue: 'green', group: 'change' },
  webhook: { icon: Webhook, hue: 'green', group: 'other' },
  scenario: { icon: Workflow, hue: 'violet', group: 'other' },
  end: { icon: CircleStop, hue: 'grey', group: 'other' },
}

/** Waits are one kind of step, and several answers to "until when". */
export const WAIT_ICONS: Readonly<Record<Until['kind'], LucideIcon>> = {
  for: Clock,
  businessDay: CalendarDays,
  businessHours: Sunrise,
  timeOfDay: Timer,
  field: CalendarClock,
  bestHour: Lightbulb,
}

export const TRIGGER_ICONS: Readonly<Record<TriggerKind, LucideIcon>> = {
  segment: Filter,
  form: FormInput,
  event: MousePointerClick,
  score: Gauge,
  rank: BadgeCheck,
  deal: UserCheck,
  date: Calendar,
  schedule: CalendarClock,
  silence: MoonStar,
  manual: Hand,
}
export const TRIGGERS = Object.keys(TRIGGER_ICONS) as TriggerKind[]

export const START_LOOK = { icon: Zap, hue: 'violet' } as const
export const END_LOOK = { icon: Flag, hue: 'grey' } as const
export const GROUPS: readonly Group[] = ['trigger', 'wait', 'branch', 'send', 'sales', 'change', 'other']
export const KINDS = Object.keys(LOOKS) as StepKind[]
