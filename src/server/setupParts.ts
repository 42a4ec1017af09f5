import { companySetup } from '#access/company/setup.ts'
import type { Ports } from '#kernel/ctx.ts'
import { formsSetup } from '#loop/capture/forms/setup.ts'
import { pageGroupSetup } from '#loop/capture/track/setup.ts'
import { linesSetup } from '#loop/deliver/lines/setup.ts'
import { capsSetup } from '#loop/deliver/outbox/caps/setup.ts'
import { topicsSetup } from '#loop/deliver/sender/setup.ts'
import { mailSetup } from '#loop/deliver/setup.ts'
import { templateFoldersSetup } from '#loop/deliver/template/folders/setup.ts'
import { mailBlocksSetup } from '#loop/deliver/template/kit/setup.ts'
import { templatesSetup } from '#loop/deliver/template/setup.ts'
import { companyFieldsSetup, fieldsSetup, productsSetup, screensSetup } from '#loop/identify/fields/setup.ts'
import { scenariosSetup } from '#loop/orchestrate/setup.ts'
import { campaignsSetup } from '#loop/plan/campaigns/setup.ts'
import { dealStagesSetup } from '#loop/sales/deals/setup.ts'
import { salesSetup } from '#loop/sales/setup.ts'
import { scoresSetup } from '#loop/score/setup.ts'
import { companySegmentsSetup } from '#loop/segment/companies/setup.ts'
import { viewsSetup } from '#loop/segment/lists/views/setup.ts'
import { personasSetup } from '#loop/segment/personas/setup.ts'
import { segmentsSetup } from '#loop/segment/setup.ts'

/** Parts of the set-up as text; what refers to another comes after it. */
export const setup: Ports['setup'] = [
  companySetup,
  fieldsSetup,
  companyFieldsSetup,
  pageGroupSetup,
  productsSetup,
  screensSetup,
  topicsSetup,
  mailSetup,
  capsSetup,
  dealStagesSetup,
  campaignsSetup,
  companySegmentsSetup,
  segmentsSetup,
  personasSetup,
  templateFoldersSetup,
  mailBlocksSetup,
  templatesSetup,
  linesSetup,
  viewsSetup,
  scoresSetup,
  formsSetup,
  scenariosSetup,
  salesSetup,
]
