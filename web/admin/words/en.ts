/** Every room's English words, one line each. */

import { access } from './en/access.ts'
import { assignment } from './en/assignment.ts'
import { calendar } from './en/calendar.ts'
import { cards } from './en/cards.ts'
import { companies } from './en/companies.ts'
import { deliver } from './en/deliver.ts'
import { fields } from './en/fields.ts'
import { forms } from './en/forms.ts'
import { identify } from './en/identify.ts'
import { imports } from './en/imports.ts'
import { incoming } from './en/incoming.ts'
import { knowing } from './en/knowing.ts'
import { library } from './en/library.ts'
import { lift } from './en/lift.ts'
import { lists } from './en/lists.ts'
import { measure } from './en/measure.ts'
import { newsletters } from './en/newsletters.ts'
import { office } from './en/office.ts'
import { orchestrate } from './en/orchestrate.ts'
import { parts } from './en/parts.ts'
import { person } from './en/person.ts'
import { plan } from './en/plan.ts'
import { proof } from './en/proof.ts'
import { qualify } from './en/qualify.ts'
import { reach } from './en/reach.ts'
import { receivers } from './en/receivers.ts'
import { sales } from './en/sales.ts'
import { scenarioPeople } from './en/scenarioPeople.ts'
import { scenarioText } from './en/scenarioText.ts'
import { scenarioVersions } from './en/scenarioVersions.ts'
import { score } from './en/score.ts'
import { segment } from './en/segment.ts'
import { sending } from './en/sending.ts'
import { shell } from './en/shell.ts'
import { simulate } from './en/simulate.ts'
import { stuck } from './en/stuck.ts'
import { templates } from './en/templates.ts'
import { track } from './en/track.ts'
import { trust } from './en/trust.ts'
import { truth } from './en/truth.ts'
import type { ja } from './ja.ts'
import type { Same } from './same.ts'

export const en: Same<typeof ja> = {
  shell,
  parts,
  companies,
  deliver,
  templates,
  measure,
  imports,
  incoming,
  sending,
  calendar,
  cards,
  fields,
  forms,
  identify,
  knowing,
  library,
  lift,
  lists,
  newsletters,
  office,
  orchestrate,
  access,
  assignment,
  person,
  plan,
  proof,
  qualify,
  reach,
  receivers,
  sales,
  scenarioPeople,
  scenarioText,
  scenarioVersions,
  score,
  segment,
  simulate,
  stuck,
  track,
  trust,
  truth,
}
