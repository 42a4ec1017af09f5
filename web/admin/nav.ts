/**
 * The sidebar, the phone bar, `g` keys and the palette, as data. A line whose page is not in routes.tsx is not shown,
 * neither is one whose permission the role lacks.
 */
import {
  BellRing,
  Building2,
  CalendarDays,
  ChartColumn,
  CircleStop,
  ContactRound,
  CopyCheck,
  DatabaseBackup,
  Eye,
  FileText,
  Filter,
  FlaskConical,
  FormInput,
  Gauge,
  Globe,
  Handshake,
  Hourglass,
  KeyRound,
  LayoutDashboard,
  ListPlus,
  ListTodo,
  type LucideIcon,
  Mail,
  MailCheck,
  Megaphone,
  MessageSquare,
  PhoneCall,
  PhoneIncoming,
  ScrollText,
  Send,
  Settings,
  ShieldCheck,
  Tag,
  Target,
  Upload,
  UserCheck,
  UserPlus,
  UserRoundSearch,
  Users,
  UsersRound,
  Workflow,
} from 'lucide-react'
import type { ja } from './words/ja.ts'

export interface NavItem {
  readonly to: string
  /** Key of `shell.nav`. */
  readonly word: keyof (typeof ja)['shell']['nav']
  readonly icon: LucideIcon
  readonly group: 'top' | 'nurture' | 'acquire' | 'sales' | 'office'
  readonly permission: string
  /** `g` then this key goes there. */
  readonly key?: string
  /** One of the four beside the menu on a phone. */
  readonly phone?: boolean
}

export const nav: readonly NavItem[] = [
  { to: '/dashboard', word: 'dashboard', icon: LayoutDashboard, group: 'top', permission: 'reports.read', key: 'd', phone: true },
  { to: '/leads', word: 'leads', icon: Users, group: 'top', permission: 'leads.read', key: 'l', phone: true },
  { to: '/consents', word: 'consents', icon: ShieldCheck, group: 'acquire', permission: 'leads.read' },
  { to: '/duplicates', word: 'duplicates', icon: CopyCheck, group: 'acquire', permission: 'leads.read' },
  { to: '/analysis', word: 'analysis', icon: ChartColumn, group: 'top', permission: 'reports.read' },
  { to: '/holdout', word: 'holdout', icon: FlaskConical, group: 'top', permission: 'reports.read' },
  { to: '/companies', word: 'companies', icon: Building2, group: 'top', permission: 'companies.read', key: 'k' },
  { to: '/scenarios', word: 'scenarios', icon: Workflow, group: 'nurture', permission: 'scenarios.read', key: 's', phone: true },
  { to: '/newsletters', word: 'newsletters', icon: Mail, group: 'nurture', permission: 'newsletters.read', key: 'n' },
  { to: '/newsletter-lines', word: 'newsletterCalendar', icon: CalendarDays, group: 'nurture', permission: 'newsletters.read' },
  { to: '/templates', word: 'templates', icon: FileText, group: 'nurture', permission: 'templates.read', key: 't' },
  { to: '/mailbox', word: 'mailbox', icon: MailCheck, group: 'nurture', permission: 'mail.read', key: 'm' },
  { to: '/segments', word: 'segments', icon: Filter, group: 'nurture', permission: 'segments.read', key: 'e' },
  { to: '/personas', word: 'personas', icon: UserRoundSearch, group: 'nurture', permission: 'segments.read' },
  { to: '/scores', word: 'scores', icon: Target, group: 'nurture', permission: 'scores.read', key: 'c' },
  { to: '/visitors', word: 'visitors', icon: Globe, group: 'acquire', permission: 'visitors.read', key: 'v' },
  { to: '/forms', word: 'forms', icon: FormInput, group: 'acquire', permission: 'forms.read', key: 'f' },
  { to: '/campaigns', word: 'campaigns', icon: Megaphone, group: 'acquire', permission: 'plan.read' },
  { to: '/cards', word: 'cards', icon: ContactRound, group: 'acquire', permission: 'cards.read', key: 'b' },
  { to: '/imports', word: 'imports', icon: Upload, group: 'acquire', permission: 'imports.read', key: 'i' },
  { to: '/tag', word: 'tag', icon: Tag, group: 'acquire', permission: 'sites.read' },
  { to: '/priority', word: 'priority', icon: PhoneCall, group: 'sales', permission: 'leads.read', key: 'r' },
  { to: '/signals', word: 'signals', icon: BellRing, group: 'sales', permission: 'signals.read', key: 'a', phone: true },
  { to: '/handoffs', word: 'handoffs', icon: UserCheck, group: 'sales', permission: 'handoffs.read', key: 'h' },
  { to: '/deals', word: 'deals', icon: Handshake, group: 'sales', permission: 'deals.read', key: 'p' },
  { to: '/tasks', word: 'tasks', icon: ListTodo, group: 'sales', permission: 'leads.read', key: 'w' },
  { to: '/call', word: 'call', icon: PhoneIncoming, group: 'sales', permission: 'leads.write', key: 'o' },
  { to: '/neglect', word: 'neglect', icon: Hourglass, group: 'sales', permission: 'leads.read' },
  { to: '/settings', word: 'settings', icon: Settings, group: 'office', permission: 'settings.read' },
  { to: '/settings/mail', word: 'mailSettings', icon: Send, group: 'office', permission: 'mail.read' },
  { to: '/settings/caps', word: 'mailCaps', icon: Gauge, group: 'office', permission: 'mail.read' },
  { to: '/settings/notices', word: 'notices', icon: MessageSquare, group: 'office', permission: 'scenarios.read' },
  { to: '/settings/fields', word: 'fields', icon: ListPlus, group: 'office', permission: 'fields.write' },
  { to: '/settings/assignment', word: 'assignment', icon: UserPlus, group: 'office', permission: 'assignment.write' },
  { to: '/settings/users', word: 'users', icon: UsersRound, group: 'office', permission: 'users.read' },
  { to: '/settings/keys', word: 'keys', icon: KeyRound, group: 'office', permission: 'keys.read' },
  { to: '/settings/retention', word: 'retention', icon: Hourglass, group: 'office', permission: 'settings.write' },
  { to: '/settings/access', word: 'accessLog', icon: Eye, group: 'office', permission: 'audit.read' },
  { to: '/settings/backup', word: 'backup', icon: DatabaseBackup, group: 'office', permission: 'backups.read' },
  { to: '/settings/stuck', word: 'stuck', icon: CircleStop, group: 'office', permission: 'scenarios.write' },
  { to: '/settings/audit', word: 'audit', icon: ScrollText, group: 'office', permission: 'audit.read' },
]

/** What the palette can create: `to` with the search param that opens the form. Rooms add theirs. */
export interface CreateItem {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly word: keyof (typeof ja)['shell']['make']
  readonly icon: LucideIcon
  readonly permission: string
}

export const creates: readonly CreateItem[] = [
  { to: '/leads', search: { add: 'yes' }, word: 'lead', icon: Users, permission: 'leads.write' },
  { to: '/companies', search: { add: 'yes' }, word: 'company', icon: Building2, permission: 'companies.write' },
  { to: '/forms', search: { add: 'yes' }, word: 'form', icon: FormInput, permission: 'forms.write' },
  { to: '/segments', search: { add: 'yes' }, word: 'segment', icon: Filter, permission: 'segments.write' },
  { to: '/scenarios', search: { add: 'yes' }, word: 'scenario', icon: Workflow, permission: 'scenarios.write' },
  { to: '/templates', search: { add: 'yes' }, word: 'template', icon: FileText, permission: 'templates.write' },
  { to: '/newsletters', search: { add: 'yes' }, word: 'newsletter', icon: Mail, permission: 'newsletters.write' },
]
