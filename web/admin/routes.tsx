/**
 * Every page, one line each: path, lazily loaded module, name of the component it exports.
 *
 *   page('/deals', () => import('./sales/DealsPage.tsx'), 'DealsPage'),
 *   page('/deals/$id', () => import('./sales/DealPage.tsx'), 'DealPage'),
 *
 * Search params: validate them in the page's room and read them typed with `useSearchOf(schema)` (parts/search.ts).
 */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { queries } from './api.ts'
import { sessionQuery } from './session.ts'
import { Broken } from './shell/Broken.tsx'
import { Missing } from './shell/Missing.tsx'
import { Root } from './shell/Root.tsx'
import { Shell } from './shell/Shell.tsx'
import { allWords } from './words/words.tsx'

const root = createRootRoute({ component: Root, errorComponent: Broken, notFoundComponent: Missing })

/** Pages inside the shell: only for somebody who is signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const known = queries.getQueryData(sessionQuery.queryKey)
    const session = known?.user ? known : await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
    if (session.setupNeeded) throw redirect({ to: '/first-run' as string })
    if (!session.user) throw redirect({ to: '/sign-in' as string, search: location.pathname === '/' ? {} : { back: location.href } })
  },
})

/** A page inside the shell. */
const page = <M extends Record<K, ComponentType>, K extends string>(path: string, load: () => Promise<M>, name: K) =>
  createRoute({ getParentRoute: () => inside, path, component: lazy(load, name), notFoundComponent: Missing, errorComponent: Broken })
/** A page without the shell, for people who are not signed in. */
const open = <M extends Record<K, ComponentType>, K extends string>(path: string, load: () => Promise<M>, name: K) =>
  createRoute({ getParentRoute: () => root, path, component: lazy(load, name), errorComponent: Broken })

/** The page's module, together with the words it needs; the dashboard's are in the first chunk. */
const lazy = <M extends Record<K, ComponentType>, K extends string>(load: () => Promise<M>, name: K) =>
  lazyRouteComponent<Record<string, ComponentType>, string>(async () => {
    const [module] = await Promise.all([load() as Promise<Record<string, ComponentType>>, name === 'DashboardPage' ? null : allWords()])
    return module
  }, name)

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/dashboard' as string, replace: true })
  },
})

/** An unknown address keeps the frame around it. */
const unknown = createRoute({ getParentRoute: () => inside, path: '$', component: Missing })

const pages = [
  page('/dashboard', () => import('./measure/DashboardPage.tsx'), 'DashboardPage'),
  page('/holdout', () => import('./measure/lift/HoldoutPage.tsx'), 'HoldoutPage'),
  page('/leads', () => import('./identify/LeadsPage.tsx'), 'LeadsPage'),
  page('/duplicates', () => import('./duplicates/DuplicatesPage.tsx'), 'DuplicatesPage'),
  page('/duplicates/merges', () => import('./duplicates/MergesPage.tsx'), 'MergesPage'),
  page('/consents', () => import('./consent/ConsentsPage.tsx'), 'ConsentsPage'),
  page('/settings/retention', () => import('./retention/RetentionPage.tsx'), 'RetentionPage'),
  page('/settings/access', () => import('./retention/AccessPage.tsx'), 'AccessPage'),
  page('/leads/$id', () => import('./identify/LeadPage.tsx'), 'LeadPage'),
  page('/bulk', () => import('./lists/BulkPage.tsx'), 'BulkPage'),
  page('/exports', () => import('./lists/ExportsPage.tsx'), 'ExportsPage'),
  page('/trash', () => import('./lists/TrashPage.tsx'), 'TrashPage'),
  page('/leads/$id/brief', () => import('./identify/BriefPage.tsx'), 'BriefPage'),
  page('/tasks', () => import('./identify/TasksPage.tsx'), 'TasksPage'),
  page('/call', () => import('./identify/CallPage.tsx'), 'CallPage'),
  page('/companies', () => import('./companies/CompaniesPage.tsx'), 'CompaniesPage'),
  page('/companies/review', () => import('./companies/ReviewPage.tsx'), 'ReviewPage'),
  page('/companies/segments', () => import('./companies/CompanySegmentsPage.tsx'), 'CompanySegmentsPage'),
  page('/companies/$id', () => import('./companies/CompanyPage.tsx'), 'CompanyPage'),
  page('/forms', () => import('./forms/FormsPage.tsx'), 'FormsPage'),
  page('/forms/$id', () => import('./forms/FormPage.tsx'), 'FormPage'),
  page('/campaigns', () => import('./plan/CampaignsPage.tsx'), 'CampaignsPage'),
  page('/campaigns/$id', () => import('./plan/CampaignPage.tsx'), 'CampaignPage'),
  page('/cards', () => import('./cards/CardsPage.tsx'), 'CardsPage'),
  page('/cards/review', () => import('./cards/ReviewPage.tsx'), 'ReviewPage'),
  page('/imports', () => import('./import/ImportsPage.tsx'), 'ImportsPage'),
  page('/imports/$id', () => import('./import/ImportPage.tsx'), 'ImportPage'),
  page('/visitors', () => import('./track/VisitorsPage.tsx'), 'VisitorsPage'),
  page('/tag', () => import('./track/TagPage.tsx'), 'TagPage'),
  page('/templates', () => import('./deliver/TemplatesPage.tsx'), 'TemplatesPage'),
  page('/templates/$id', () => import('./deliver/editor/TemplatePage.tsx'), 'TemplatePage'),
  page('/templates/$id/report', () => import('./deliver/templates/ReportPage.tsx'), 'ReportPage'),
  page('/newsletters', () => import('./deliver/NewslettersPage.tsx'), 'NewslettersPage'),
  page('/newsletter-lines', () => import('./deliver/calendar/CalendarPage.tsx'), 'CalendarPage'),
  page('/newsletter-lines/$id', () => import('./deliver/calendar/LinePage.tsx'), 'LinePage'),
  page('/newsletters/$id', () => import('./deliver/NewsletterPage.tsx'), 'NewsletterPage'),
  page('/mailbox', () => import('./deliver/MailboxPage.tsx'), 'MailboxPage'),
  page('/neglect', () => import('./sales/NeglectPage.tsx'), 'NeglectPage'),
  page('/settings/assignment', () => import('./sales/AssignmentPage.tsx'), 'AssignmentPage'),
  page('/settings/mail', () => import('./deliver/MailSettingsPage.tsx'), 'MailSettingsPage'),
  page('/settings/caps', () => import('./deliver/CapsPage.tsx'), 'CapsPage'),
  page('/settings/notices', () => import('./orchestrate/ChannelsPage.tsx'), 'ChannelsPage'),
  page('/settings/mail/domain', () => import('./deliver/DomainPage.tsx'), 'DomainPage'),
  page('/settings/mail/incoming', () => import('./deliver/IncomingPage.tsx'), 'IncomingPage'),
  page('/settings/mail/bounces', () => import('./deliver/BouncesPage.tsx'), 'BouncesPage'),
  page('/settings/mail/unknown', () => import('./deliver/UnknownPage.tsx'), 'UnknownPage'),
  page('/scenarios', () => import('./orchestrate/ScenariosPage.tsx'), 'ScenariosPage'),
  page('/scenarios/$id', () => import('./orchestrate/ScenarioPage.tsx'), 'ScenarioPage'),
  page('/scenarios/$id/mails/$step', () => import('./orchestrate/StepMailPage.tsx'), 'StepMailPage'),
  page('/segments', () => import('./segment/SegmentsPage.tsx'), 'SegmentsPage'),
  page('/segments/new', () => import('./segment/SegmentEditPage.tsx'), 'SegmentNewPage'),
  page('/segments/compare', () => import('./knowing/ComparePage.tsx'), 'ComparePage'),
  page('/segments/snapshots', () => import('./knowing/SnapshotsPage.tsx'), 'SnapshotsPage'),
  page('/personas', () => import('./knowing/PersonasPage.tsx'), 'PersonasPage'),
  page('/analysis', () => import('./knowing/AnalysisPage.tsx'), 'AnalysisPage'),
  page('/segments/$id', () => import('./segment/SegmentPage.tsx'), 'SegmentPage'),
  page('/segments/$id/edit', () => import('./segment/SegmentEditPage.tsx'), 'SegmentEditPage'),
  page('/scores', () => import('./score/ScoresPage.tsx'), 'ScoresPage'),
  page('/scores/proof', () => import('./score/ProofPage.tsx'), 'ProofPage'),
  page('/menu', () => import('./shell/MenuPage.tsx'), 'MenuPage'),
  page('/settings', () => import('./access/CompanyPage.tsx'), 'CompanyPage'),
  page('/settings/fields', () => import('./identify/FieldsPage.tsx'), 'FieldsPage'),
  page('/settings/users', () => import('./access/UsersPage.tsx'), 'UsersPage'),
  page('/settings/keys', () => import('./access/KeysPage.tsx'), 'KeysPage'),
  page('/settings/backup', () => import('./office/BackupPage.tsx'), 'BackupPage'),
  page('/settings/stuck', () => import('./office/StuckPage.tsx'), 'StuckPage'),
  page('/settings/audit', () => import('./access/AuditPage.tsx'), 'AuditPage'),
  page('/signals', () => import('./sales/SignalsPage.tsx'), 'SignalsPage'),
  page('/priority', () => import('./sales/qualify/PriorityPage.tsx'), 'PriorityPage'),
  page('/guard', () => import('./sales/qualify/GuardPage.tsx'), 'GuardPage'),
  page('/mql', () => import('./sales/qualify/MqlPage.tsx'), 'MqlPage'),
  page('/handoffs', () => import('./sales/HandoffsPage.tsx'), 'HandoffsPage'),
  page('/deals', () => import('./sales/DealsPage.tsx'), 'DealsPage'),
  page('/account', () => import('./access/AccountPage.tsx'), 'AccountPage'),
]

const openPages: ReturnType<typeof open>[] = [
  open('/first-run', () => import('./access/FirstRunPage.tsx'), 'FirstRunPage'),
  open('/sign-in', () => import('./access/SignInPage.tsx'), 'SignInPage'),
  open('/forgot-password', () => import('./access/ForgotPage.tsx'), 'ForgotPage'),
  open('/accept-invite', () => import('./access/LinkPage.tsx'), 'LinkPage'),
  open('/reset-password', () => import('./access/LinkPage.tsx'), 'LinkPage'),
]

export const router = createRouter({
  routeTree: root.addChildren([inside.addChildren([home, ...pages, unknown]), ...openPages]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 200,
})
