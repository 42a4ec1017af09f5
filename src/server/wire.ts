// Composition by plain calls: which rooms there are, in the order of the loop. Nothing is found by scanning or by decorators.
import { auditRoutes } from '#access/audit/routes.ts'
import { companyRoutes } from '#access/company/routes.ts'
import { keysRoutes } from '#access/keys/routes.ts'
import { sweepSessions } from '#access/users/jobs.ts'
import { linksRoutes, meRoutes, setupRoutes, usersRoutes } from '#access/users/routes.ts'
import { sendChat } from '#connect/chat/send.ts'
import { sendWebhook } from '#connect/egress/webhook.ts'
import { mailboxKeeping } from '#connect/pretend/mailbox/keeping.ts'
import type { JobKind, Ports } from '#kernel/ctx.ts'
import type { Served } from '#kernel/serve.ts'
import { jobs as cardJobs } from '#loop/capture/cards/jobs.ts'
import { publicRoutes as cardPaths, cardsRoutes } from '#loop/capture/cards/routes.ts'
import { jobs as formJobs } from '#loop/capture/forms/jobs.ts'
import { publicRoutes as formPaths, formsRoutes } from '#loop/capture/forms/routes.ts'
import { jobs as importJobs } from '#loop/capture/import/jobs.ts'
import { forgetPeople } from '#loop/capture/import/keeping.ts'
import { publicRoutes as importPaths, importsRoutes } from '#loop/capture/import/routes.ts'
import { facts as trackFacts } from '#loop/capture/track/facts.ts'
import { jobs as trackJobs } from '#loop/capture/track/jobs.ts'
import { publicRoutes as trackPaths, trackRoutes } from '#loop/capture/track/routes.ts'
import { readWayToken } from '#loop/deliver/feedback/way.ts'
import { deliveriesSource } from '#loop/deliver/newsletter/export.queries.ts'
import { lastMails, listProofs } from '#loop/deliver/proof/queries.ts'
import { receivedRoutes } from '#loop/deliver/received/routes.ts'
import { domainRoutes } from '#loop/deliver/sender/domain/routes.ts'
import { pacesRoutes } from '#loop/deliver/sender/paces/routes.ts'
import { mailRoutes } from '#loop/deliver/sender/routes.ts'
import { templateFoldersRoutes } from '#loop/deliver/template/folders/routes.ts'
import { templateReportRoutes } from '#loop/deliver/template/report/routes.ts'
import { templatesRoutes } from '#loop/deliver/template/routes.ts'
import { networksRoutes } from '#loop/deliver/truth/routes.ts'
import { facts as activityFacts } from '#loop/identify/activities/facts.ts'
import { activitiesRoutes } from '#loop/identify/activities/routes.ts'
import { companiesSource } from '#loop/identify/companies/export.queries.ts'
import { companyFacts, facts as companyPersonFacts, customOfPeople, factOfPeople } from '#loop/identify/companies/facts.ts'
import { jobs as companyJobs } from '#loop/identify/companies/jobs.ts'
import { companiesRoutes } from '#loop/identify/companies/routes.ts'
import { duplicatesRoutes } from '#loop/identify/duplicates/routes.ts'
import { privacyRoutes } from '#loop/identify/erase/routes.ts'
import { jobs as exportJobs } from '#loop/identify/export/jobs.ts'
import { publicRoutes as exportPaths, exportsRoutes } from '#loop/identify/export/routes.ts'
import { facts as identifyFacts } from '#loop/identify/facts.ts'
import { fieldsRoutes } from '#loop/identify/fields/routes.ts'
import { jobs as fileJobs } from '#loop/identify/files/jobs.ts'
import { publicRoutes as filePaths, filesRoutes } from '#loop/identify/files/routes.ts'
import { householdsRoutes } from '#loop/identify/households/routes.ts'
import { jobs as identifyJobs } from '#loop/identify/jobs.ts'
import { leadsSource } from '#loop/identify/leads/export.ts'
import { leadsRoutes } from '#loop/identify/leads/routes.ts'
import { stuckRoutes } from '#loop/identify/stuck/routes.ts'
import { tasksRoutes } from '#loop/identify/tasks/routes.ts'
import { historyRoutes } from '#loop/identify/timeline/routes.ts'
import { emptyTrash } from '#loop/identify/trash/jobs.ts'
import { trashRoutes } from '#loop/identify/trash/routes.ts'
import { hears } from '#loop/loop.ts'
import { analysisRoutes } from '#loop/measure/analysis/routes.ts'
import { liftRoutes } from '#loop/measure/lift/routes.ts'
import { proofRoutes } from '#loop/measure/proof/routes.ts'
import { reportsRoutes } from '#loop/measure/reports/routes.ts'
import { jobs as measureJobs } from '#loop/measure/rollup/jobs.ts'
import { scenarioReportsRoutes } from '#loop/measure/scenarios/routes.ts'
import { facts as scenarioFacts } from '#loop/orchestrate/facts.ts'
import { jobs as scenarioJobs } from '#loop/orchestrate/jobs.ts'
import { enterMany, leaveMany } from '#loop/orchestrate/people/service.ts'
import { channelsRoutes } from '#loop/orchestrate/perform/channels/routes.ts'
import { isRunning, namesReading } from '#loop/orchestrate/queries.ts'
import { scenariosRoutes } from '#loop/orchestrate/routes.ts'
import { simulationsRoutes } from '#loop/orchestrate/simulate/routes.ts'
import { jobs as versionJobs } from '#loop/orchestrate/versions/jobs.ts'
import { scenarioVersionsRoutes } from '#loop/orchestrate/versions/routes.ts'
import { campaignFacts, facts as campaignsFacts } from '#loop/plan/campaigns/facts.ts'
import { campaignsRoutes } from '#loop/plan/campaigns/routes.ts'
import { tellSent } from '#loop/reactor/sent.ts'
import { assignmentRoutes } from '#loop/sales/assignment/routes.ts'
import { companyFacts as companySalesFacts } from '#loop/sales/companies/facts.ts'
import { companyDealsRoutes } from '#loop/sales/companies/routes.ts'
import { dealsSource } from '#loop/sales/deals/export.queries.ts'
import { forgetNames } from '#loop/sales/deals/forget.ts'
import { dealTarget } from '#loop/sales/deals/importing.ts'
import { dealsRoutes } from '#loop/sales/deals/routes.ts'
import { dealFacts, facts as salesFacts } from '#loop/sales/facts.ts'
import { handoffsRoutes } from '#loop/sales/handoff/routes.ts'
import { jobs as neglectJobs } from '#loop/sales/neglect/jobs.ts'
import { neglectRoutes } from '#loop/sales/neglect/routes.ts'
import { facts as qualifyFacts } from '#loop/sales/qualify/facts.ts'
import { guardRoutes } from '#loop/sales/qualify/guard/routes.ts'
import { mqlRoutes } from '#loop/sales/qualify/mql/routes.ts'
import { priorityRoutes } from '#loop/sales/qualify/priority/routes.ts'
import { qualifyRoutes } from '#loop/sales/qualify/routes.ts'
import { signalsRoutes } from '#loop/sales/signals/routes.ts'
import { facts as scoreFacts } from '#loop/score/facts.ts'
import { jobs as scoreJobs } from '#loop/score/fill/jobs.ts'
import { pointsOfEvents } from '#loop/score/ledger/queries.ts'
import { scoresRoutes } from '#loop/score/routes.ts'
import { companyFacts as companySegmentFacts } from '#loop/segment/companies/facts.ts'
import { jobs as companySegmentJobs } from '#loop/segment/companies/jobs.ts'
import { inSegment } from '#loop/segment/companies/queries.ts'
import { companySegmentsRoutes } from '#loop/segment/companies/routes.ts'
import { ruleFilter as ruleOfCompanies } from '#loop/segment/companies/service.ts'
import { compareRoutes } from '#loop/segment/compare/routes.ts'
import { jobs as segmentJobs } from '#loop/segment/fill/jobs.ts'
import { jobs as bulkJobs } from '#loop/segment/lists/bulk/jobs.ts'
import { bulkRoutes } from '#loop/segment/lists/bulk/routes.ts'
import { ruleFilter } from '#loop/segment/lists/rule.ts'
import { viewsRoutes } from '#loop/segment/lists/views/routes.ts'
import { personaFacts } from '#loop/segment/personas/facts.ts'
import { personasRoutes } from '#loop/segment/personas/routes.ts'
import { isMember } from '#loop/segment/queries.ts'
import { segmentsRoutes } from '#loop/segment/routes.ts'
import { snapshotFacts } from '#loop/segment/snapshots/facts.ts'
import { snapshotsRoutes } from '#loop/segment/snapshots/routes.ts'
import { jobs as backupJobs } from '../backup/jobs.ts'
import { publicRoutes as backupPaths, backupsRoutes } from '../backup/routes.ts'
import { publicRoutes as blueprintPaths, blueprintRoutes } from '../blueprint/routes.ts'
import { accountMailer, sendAccountMail } from './accountMail.ts'
import type { PublicRoutes } from './http.ts'
import { houseKeeping } from './keeping.ts'
import { lineMailer, sendLineMail } from './lineMail.ts'
import { mailJobs, mailPaths, mailPorts, mailRooms } from './mailParts.ts'
import { noticeMailer, sendNoticeMail } from './noticeMail.ts'
import { ownerMailer, sendOwnerMail } from './ownerMail.ts'
import { personTables } from './personParts.ts'
import { setup } from './setupParts.ts'

/** Rooms of the API by the name they have in the contract. */
export const rooms: Readonly<Record<string, Served>> = {
  setup: setupRoutes,
  me: meRoutes,
  links: linksRoutes,
  users: usersRoutes,
  keys: keysRoutes,
  company: companyRoutes,
  audit: auditRoutes,
  backups: backupsRoutes,
  blueprint: blueprintRoutes,
  fields: fieldsRoutes,
  leads: leadsRoutes,
  exports: exportsRoutes,
  stuck: stuckRoutes,
  trash: trashRoutes,
  companies: companiesRoutes,
  households: householdsRoutes,
  activities: activitiesRoutes,
  tasks: tasksRoutes,
  files: filesRoutes,
  history: historyRoutes,
  duplicates: duplicatesRoutes,
  privacy: privacyRoutes,
  forms: formsRoutes,
  imports: importsRoutes,
  cards: cardsRoutes,
  campaigns: campaignsRoutes,
  reports: reportsRoutes,
  lift: liftRoutes,
  scenarioReports: scenarioReportsRoutes,
  proof: proofRoutes,
  analysis: analysisRoutes,
  track: trackRoutes,
  scores: scoresRoutes,
  segments: segmentsRoutes,
  companySegments: companySegmentsRoutes,
  compare: compareRoutes,
  snapshots: snapshotsRoutes,
  personas: personasRoutes,
  views: viewsRoutes,
  bulk: bulkRoutes,
  templates: templatesRoutes,
  templateFolders: templateFoldersRoutes,
  templateReport: templateReportRoutes,
  mail: mailRoutes,
  mailDomain: domainRoutes,
  mailPaces: pacesRoutes,
  mailNetworks: networksRoutes,
  received: receivedRoutes,
  signals: signalsRoutes,
  assignment: assignmentRoutes,
  neglect: neglectRoutes,
  handoffs: handoffsRoutes,
  qualify: qualifyRoutes,
  guard: guardRoutes,
  mql: mqlRoutes,
  priority: priorityRoutes,
  deals: dealsRoutes,
  companyDeals: companyDealsRoutes,
  scenarios: scenariosRoutes,
  simulations: simulationsRoutes,
  noticeChannels: channelsRoutes,
  scenarioVersions: scenarioVersionsRoutes,
  ...mailRooms,
}

/** Paths outside of the API. */
export const publicRoutes: readonly PublicRoutes[] = [
  trackPaths,
  formPaths,
  importPaths,
  exportPaths,
  cardPaths,
  ...mailPaths,
  backupPaths,
  blueprintPaths,
  filePaths,
]

/** Kinds of jobs. */
export const jobs: readonly JobKind[] = [
  houseKeeping,
  sendAccountMail,
  sendOwnerMail,
  sendNoticeMail,
  sendLineMail,
  sweepSessions,
  ...identifyJobs,
  ...fileJobs,
  ...trackJobs,
  ...formJobs,
  ...importJobs,
  ...cardJobs,
  ...scoreJobs,
  ...segmentJobs,
  ...neglectJobs,
  ...companyJobs,
  ...companySegmentJobs,
  ...bulkJobs,
  ...exportJobs,
  emptyTrash,
  ...mailJobs,
  ...scenarioJobs,
  ...versionJobs,
  ...measureJobs,
  ...backupJobs,
]

/** Ports that lower rooms own, filled here. */
export function ports(): Ports {
  return {
    hears,
    tellSent,
    personTables,
    facts: [
      ...identifyFacts,
      ...companyPersonFacts,
      ...[...companySegmentFacts, ...companySalesFacts].map(factOfPeople),
      ...activityFacts,
      ...campaignsFacts,
      ...trackFacts,
      ...scoreFacts,
      ...salesFacts,
      ...qualifyFacts,
      ...scenarioFacts,
    ],
    moreFacts: [customOfPeople, campaignFacts, dealFacts, snapshotFacts, personaFacts],
    importTargets: { deals: dealTarget },
    ...mailPorts,
    forgetNames,
    forgetRows: forgetPeople,
    wayOf: readWayToken,
    webhook: sendWebhook,
    chat: sendChat,
    noticeMailer,
    setup,
    accountMailer,
    retention: [mailboxKeeping],
    mailProofs: (ctx, subject, most) => listProofs(ctx.db, subject, most),
    lastMails: (ctx, subjects) => lastMails(ctx.db, subjects),
    ownerMailer,
    lineMailer,
    leadPlans: { scenario: isRunning },
    segmentScenarios: (ctx, segment) => namesReading(ctx.db, segment),
    companyFacts: [...companyFacts, ...companySegmentFacts, ...companySalesFacts],
    companyFilters: { segment: inSegment, rule: ruleOfCompanies },
    leadFilters: { segment: isMember, rule: ruleFilter },
    exportSources: [leadsSource, companiesSource, dealsSource, deliveriesSource],
    scenarioDoor: { enter: enterMany, leave: leaveMany },
    timelinePoints: [(ctx, subject, eventIds) => pointsOfEvents(ctx.db, subject, eventIds)],
  }
}
