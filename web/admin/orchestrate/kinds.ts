// How each kind of step looks: icon, hue, and the group it stands in when one is added.
import {
  BellRing,
  CircleStop,
  Clock,
  Flag,
  GitBranch,
  Handshake,
  Hourglass,
  type LucideIcon,
  Mail,
  PenLine,
  Split,
  Tag,
  Target,
  Webhook,
  Zap,
} from 'lucide-react'
import type { StepKind } from '#loop/orchestrate/graph/contract.ts'

type Hue = 'violet' | 'grey' | 'blue' | 'amber' | 'teal' | 'green'
export type Group = 'wait' | 'send' | 'branch' | 'change' | 'sales' | 'other'

export interface KindLook {
  readonly icon: LucideIcon
  readonly hue: Hue
  readonly group: Group
}

export const LOOKS: Readonly<Record<StepKind, KindLook>> = {
  mail: { icon: Mail, hue: 'blue', group: 'send' },
  wait: { icon: Clock, hue: 'grey', group: 'wait' },
  await: { icon: Hourglass, hue: 'amber', group: 'branch' },
  condition: { icon: GitBranch, hue: 'amber', group: 'branch' },
  split: { icon: Split, hue: 'teal', group: 'branch' },
  notify: { icon: BellRing, hue: 'green', group: 'sales' },
  handoff: { icon: Handshake, hue: 'green', group: 'sales' },
  field: { icon: PenLine, hue: 'green', group: 'change' },
  tag: { icon: Tag, hue: 'green', group: 'change' },
  points: { icon: Target, hue: 'green', group: 'change' },
  webhook: { icon: Webhook, hue: 'green', group: 'other' },
  end: { icon: CircleStop, hue: 'grey', group: 'other' },
}

export const START_LOOK = { icon: Zap, hue: 'violet' } as const
export const END_LOOK = { icon: Flag, hue: 'grey' } as const
export const GROUPS: readonly Group[] = ['send', 'wait', 'branch', 'sales', 'change', 'other']
export const KINDS = Object.keys(LOOKS) as StepKind[]
