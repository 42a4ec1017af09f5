// Every room's contract under its name: what the server serves, the admin UI calls and OpenAPI is printed from. Browser-safe.
import { auditContract } from '#access/audit/contract.ts'
import { companyContract } from '#access/company/contract.ts'
import { keysContract } from '#access/keys/contract.ts'
import { linksContract, meContract, setupContract, usersContract } from '#access/users/contract.ts'
import { mailboxContract } from '#connect/pretend/mailbox/contract.ts'
import { cardsContract } from '#loop/capture/cards/contract.ts'
import { formsContract } from '#loop/capture/forms/contract.ts'
import { importsContract } from '#loop/capture/import/contract.ts'
import { trackContract } from '#loop/capture/track/contract.ts'
import { incomingContract } from '#loop/deliver/incoming/contract.ts'
import { linesContract } from '#loop/deliver/lines/contract.ts'
import { newslettersContract } from '#loop/deliver/newsletter/contract.ts'
import { capsContract } from '#loop/deliver/outbox/caps/contract.ts'
import { receivedContract } from '#loop/deliver/received/contract.ts'
import { mailContract } from '#loop/deliver/sender/contract.ts'
import { domainContract } from '#loop/deliver/sender/domain/contract.ts'
import { pacesContract } from '#loop/deliver/sender/paces/contract.ts'
import { templatesContract } from '#loop/deliver/template/contract.ts'
import { templateFoldersContract } from '#loop/deliver/template/folders/contract.ts'
import { mailImagesContract } from '#loop/deliver/template/images/contract.ts'
import { templateKitContract } from '#loop/deliver/template/kit/contract.ts'
import { templateCheckContract } from '#loop/deliver/template/preflight/contract.ts'
import { templateReportContract } from '#loop/deliver/template/report/contract.ts'
import { networksContract } from '#loop/deliver/truth/contract.ts'
import { activitiesContract } from '#loop/identify/activities/contract.ts'
import { companiesContract } from '#loop/identify/companies/contract.ts'
import { duplicatesContract } from '#loop/identify/duplicates/contract.ts'
import { privacyContract } from '#loop/identify/erase/contract.ts'
import { exportsContract } from '#loop/identify/export/contract.ts'
import { fieldsContract } from '#loop/identify/fields/contract.ts'
import { filesContract } from '#loop/identify/files/contract.ts'
import { householdsContract } from '#loop/identify/households/contract.ts'
import { leadsContract } from '#loop/identify/leads/contract.ts'
import { stuckContract } from '#loop/identify/stuck/contract.ts'
import { tasksContract } from '#loop/identify/tasks/contract.ts'
import { historyContract } from '#loop/identify/timeline/contract.ts'
import { trashContract } from '#loop/identify/trash/contract.ts'
import { analysisContract } from '#loop/measure/analysis/contract.ts'
import { liftContract } from '#loop/measure/lift/contract.ts'
import { mailReportsContract } from '#loop/measure/mails/contract.ts'
import { proofContract } from '#loop/measure/proof/contract.ts'
import { reportsContract } from '#loop/measure/reports/contract.ts'
import { scenarioReportsContract } from '#loop/measure/scenarios/contract.ts'
import { scenariosContract } from '#loop/orchestrate/contract.ts'
import { channelsContract } from '#loop/orchestrate/perform/channels/contract.ts'
import { simulationsContract } from '#loop/orchestrate/simulate/contract.ts'
import { versionsContract as scenarioVersionsContract } from '#loop/orchestrate/versions/contract.ts'
import { campaignsContract } from '#loop/plan/campaigns/contract.ts'
import { assignmentContract } from '#loop/sales/assignment/contract.ts'
import { companyDealsContract } from '#loop/sales/companies/contract.ts'
import { dealsContract } from '#loop/sales/deals/contract.ts'
import { handoffsContract } from '#loop/sales/handoff/contract.ts'
import { neglectContract } from '#loop/sales/neglect/contract.ts'
import { qualifyContract } from '#loop/sales/qualify/contract.ts'
import { guardContract } from '#loop/sales/qualify/guard/contract.ts'
import { mqlContract } from '#loop/sales/qualify/mql/contract.ts'
import { priorityContract } from '#loop/sales/qualify/priority/contract.ts'
import { signalsContract } from '#loop/sales/signals/contract.ts'
import { scoresContract } from '#loop/score/contract.ts'
import { companySegmentsContract } from '#loop/segment/companies/contract.ts'
import { compareContract } from '#loop/segment/compare/contract.ts'
import { segmentsContract } from '#loop/segment/contract.ts'
import { bulkContract } from '#loop/segment/lists/bulk/contract.ts'
import { viewsContract } from '#loop/segment/lists/views/contract.ts'
import { personasContract } from '#loop/segment/personas/contract.ts'
import { snapshotsContract } from '#loop/segment/snapshots/contract.ts'
import { backupsContract } from '../backup/contract.ts'
import { blueprintContract } from '../blueprint/contract.ts'

export const contract = {
  setup: setupContract,
  me: meContract,
  links: linksContract,
  users: usersContract,
  keys: keysContract,
  company: companyContract,
  audit: auditContract,
  backups: backupsContract,
  blueprint: blueprintContract,
  fields: fieldsContract,
  leads: leadsContract,
  exports: exportsContract,
  stuck: stuckContract,
  trash: trashContract,
  companies: companiesContract,
  households: householdsContract,
  activities: activitiesContract,
  tasks: tasksContract,
  files: filesContract,
  history: historyContract,
  duplicates: duplicatesContract,
  privacy: privacyContract,
  forms: formsContract,
  imports: importsContract,
  cards: cardsContract,
  campaigns: campaignsContract,
  track: trackContract,
  scores: scoresContract,
  segments: segmentsContract,
  companySegments: companySegmentsContract,
  compare: compareContract,
  snapshots: snapshotsContract,
  personas: personasContract,
  views: viewsContract,
  bulk: bulkContract,
  templates: templatesContract,
  templateFolders: templateFoldersContract,
  templateReport: templateReportContract,
  templateKit: templateKitContract,
  templateCheck: templateCheckContract,
  mailImages: mailImagesContract,
  newsletters: newslettersContract,
  lines: linesContract,
  mail: mailContract,
  mailDomain: domainContract,
  mailPaces: pacesContract,
  mailNetworks: networksContract,
  received: receivedContract,
  incoming: incomingContract,
  signals: signalsContract,
  assignment: assignmentContract,
  neglect: neglectContract,
  handoffs: handoffsContract,
  qualify: qualifyContract,
  guard: guardContract,
  mql: mqlContract,
  priority: priorityContract,
  deals: dealsContract,
  companyDeals: companyDealsContract,
  scenarios: scenariosContract,
  simulations: simulationsContract,
  noticeChannels: channelsContract,
  mailCaps: capsContract,
  scenarioVersions: scenarioVersionsContract,
  reports: reportsContract,
  lift: liftContract,
  mailReports: mailReportsContract,
  scenarioReports: scenarioReportsContract,
  proof: proofContract,
  analysis: analysisContract,
  mailbox: mailboxContract,
}
