// Every table that speaks of people, room by room: what an adoption, an erasure and a person's export walk through.

import type { Ports } from '#kernel/ctx.ts'
import { personTables as cardTables } from '#loop/capture/cards/tables.ts'
import { personTables as formTables } from '#loop/capture/forms/tables.ts'
import { personTables as importTables } from '#loop/capture/import/tables.ts'
import { personTables as trackTables } from '#loop/capture/track/tables.ts'
import { personTables as activityTables } from '#loop/identify/activities/tables.ts'
import { personTables as companyTables } from '#loop/identify/companies/tables.ts'
import { personTables as fileTables } from '#loop/identify/files/tables.ts'
import { personTables as householdTables } from '#loop/identify/households/tables.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { personTables as taskTables } from '#loop/identify/tasks/tables.ts'
import { personTables as trashTables } from '#loop/identify/trash/tables.ts'
import { personTables as measureTables } from '#loop/measure/tables.ts'
import { callTables } from '#loop/orchestrate/perform/calls/tables.ts'
import { personTables as scenarioTables } from '#loop/orchestrate/tables.ts'
import { personTables as campaignTables } from '#loop/plan/campaigns/tables.ts'
import { personTables as qualifyTables } from '#loop/sales/qualify/tables.ts'
import { personTables as salesTables } from '#loop/sales/tables.ts'
import { personTables as scoreTables } from '#loop/score/tables.ts'
import { personTables as bulkTables } from '#loop/segment/lists/bulk/tables.ts'
import { personTables as snapshotTables } from '#loop/segment/snapshots/tables.ts'
import { personTables as segmentTables } from '#loop/segment/tables.ts'
import { mailTables } from './mailParts.ts'

export const personTables: Ports['personTables'] = [
  ...identifyTables,
  ...companyTables,
  ...householdTables,
  ...activityTables,
  ...taskTables,
  ...fileTables,
  ...campaignTables,
  ...importTables,
  ...formTables,
  ...cardTables,
  ...trackTables,
  ...scoreTables,
  ...segmentTables,
  ...bulkTables,
  ...snapshotTables,
  ...trashTables,
  ...mailTables,
  ...salesTables,
  ...qualifyTables,
  ...scenarioTables,
  ...callTables,
  ...measureTables,
]
