// How each scenario of the library looks.
import {
  AlarmClock,
  BellRing,
  BookOpen,
  CalendarClock,
  ContactRound,
  FlaskConical,
  GraduationCap,
  Hourglass,
  LibraryBig,
  type LucideIcon,
  MoonStar,
  Newspaper,
  Package,
  PhoneCall,
  Plus,
  Presentation,
  Users,
  Video,
} from 'lucide-react'
import type { Starter } from '#loop/orchestrate/library/contract.ts'
import type { Hue } from '../kinds.ts'

export const BLANK = 'blank'

export const LIBRARY_ICONS: Readonly<Record<Starter, { readonly icon: LucideIcon; readonly hue: Hue }>> = {
  blank: { icon: Plus, hue: 'grey' },
  hotLead: { icon: BellRing, hue: 'green' },
  card: { icon: ContactRound, hue: 'violet' },
  exhibition: { icon: Presentation, hue: 'violet' },
  stepMail: { icon: CalendarClock, hue: 'blue' },
  ebook: { icon: BookOpen, hue: 'blue' },
  whitepaper: { icon: LibraryBig, hue: 'blue' },
  newsletter: { icon: Newspaper, hue: 'blue' },
  consideration: { icon: Hourglass, hue: 'teal' },
  personas: { icon: Users, hue: 'teal' },
  seminar: { icon: GraduationCap, hue: 'violet' },
  webinar: { icon: Video, hue: 'violet' },
  trial: { icon: FlaskConical, hue: 'green' },
  lostDeal: { icon: PhoneCall, hue: 'amber' },
  similarProduct: { icon: Package, hue: 'amber' },
  sleeping: { icon: AlarmClock, hue: 'amber' },
  winBack: { icon: MoonStar, hue: 'amber' },
}
