/** Every room's Japanese words, one line each. */

import { access } from './ja/access.ts'
import { assignment } from './ja/assignment.ts'
import { calendar } from './ja/calendar.ts'
import { cards } from './ja/cards.ts'
import { companies } from './ja/companies.ts'
import { deliver } from './ja/deliver.ts'
import { fields } from './ja/fields.ts'
import { forms } from './ja/forms.ts'
import { identify } from './ja/identify.ts'
import { imports } from './ja/imports.ts'
import { incoming } from './ja/incoming.ts'
import { knowing } from './ja/knowing.ts'
import { library } from './ja/library.ts'
import { lift } from './ja/lift.ts'
import { lists } from './ja/lists.ts'
import { measure } from './ja/measure.ts'
import { newsletters } from './ja/newsletters.ts'
import { office } from './ja/office.ts'
import { orchestrate } from './ja/orchestrate.ts'
import { parts } from './ja/parts.ts'
import { person } from './ja/person.ts'
import { plan } from './ja/plan.ts'
import { proof } from './ja/proof.ts'
import { qualify } from './ja/qualify.ts'
import { reach } from './ja/reach.ts'
import { receivers } from './ja/receivers.ts'
import { sales } from './ja/sales.ts'
import { scenarioPeople } from './ja/scenarioPeople.ts'
import { scenarioText } from './ja/scenarioText.ts'
import { scenarioVersions } from './ja/scenarioVersions.ts'
import { score } from './ja/score.ts'
import { segment } from './ja/segment.ts'
import { sending } from './ja/sending.ts'
import { shell } from './ja/shell.ts'
import { simulate } from './ja/simulate.ts'
import { stuck } from './ja/stuck.ts'
import { templates } from './ja/templates.ts'
import { track } from './ja/track.ts'
import { trust } from './ja/trust.ts'
import { truth } from './ja/truth.ts'

export const ja = {
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
} as const
