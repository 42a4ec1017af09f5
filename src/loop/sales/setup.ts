// How sales works, in the set-up: one file for each page of settings.
import { z } from 'zod'
import { type SettingsPage, settingsPart, takes } from '#kernel/setup.ts'
import { type AssignmentPlan, assignmentPlan } from './assignment/contract.ts'
import { readPlan, savePlan } from './assignment/service.ts'
import { handoffSettings } from './handoff/contract.ts'
import * as handoff from './handoff/service.ts'
import { neglectSettings } from './neglect/contract.ts'
import * as neglect from './neglect/service.ts'
import { qualifySettings } from './qualify/contract.ts'
import { guardSettings } from './qualify/guard/contract.ts'
import { readGuard, save as saveGuard } from './qualify/guard/service.ts'
import { mqlContract } from './qualify/mql/contract.ts'
import { propose, proposed } from './qualify/mql/service.ts'
import * as qualify from './qualify/service.ts'

const user = z.union([z.guid(), z.literal('')])
const rule = assignmentPlan.shape.rules.element
const group = assignmentPlan.shape.groups.element

/** Colleagues who are not here come as empty texts. */
const givenPlan = assignmentPlan.omit({ absences: true }).extend({
  rules: z.array(
    rule.extend({ target: z.union([z.object({ kind: z.literal('owner'), ownerId: z.literal('') }), ...rule.shape.target.options]) }),
  ),
  groups: z.array(group.extend({ members: z.array(group.shape.members.element.extend({ userId: user })) })),
})

/** A plan with colleagues that are here: a rule whose owner is not is switched off, a member who is not is left out. */
function fitPlan({ rules, groups, ...plan }: z.infer<typeof givenPlan>, absences: AssignmentPlan['absences']): AssignmentPlan {
  return assignmentPlan.parse({
    ...plan,
    absences,
    groups: groups.map((one) => ({ ...one, members: one.members.filter((member) => member.userId !== '') })),
    rules: rules.map((one) =>
      one.target.kind === 'owner' && one.target.ownerId === '' ? { ...one, isOn: false, target: { kind: 'none' } } : one,
    ),
  })
}

const mql = takes(mqlContract.propose).extend({ segment: z.guid().optional() })

const PAGES: Readonly<Record<string, SettingsPage>> = {
  assignment: {
    read: async (ctx) => {
      const { absences: _absences, ...plan } = await readPlan(ctx)
      return plan
    },
    write: async (ctx, value) => savePlan(ctx, fitPlan(givenPlan.parse(value), (await readPlan(ctx)).absences)),
  },
  neglect: {
    read: neglect.readSettings,
    write: (ctx, value) => {
      const given = neglectSettings.extend({ backTo: user.nullable() }).parse(value)
      return neglect.saveSettings(ctx, given.backTo === '' ? { ...given, backTo: null, isOn: false } : given)
    },
  },
  handoff: { read: handoff.settings, write: (ctx, value) => handoff.saveSettings(ctx, handoffSettings.parse(value)) },
  qualification: { read: qualify.settings, write: (ctx, value) => qualify.saveSettings(ctx, qualifySettings.parse(value)) },
  guard: { read: readGuard, write: (ctx, value) => saveGuard(ctx, guardSettings.parse(value)) },
  mql: {
    read: proposed,
    write: (ctx, value) => propose(ctx, mql.parse(value)),
  },
}

/** Assignment, neglect, hand-off, qualification, guard, and what an MQL is: that comes in as a proposal both departments have to agree to. */
export const salesSetup = settingsPart('sales', PAGES, ['colleagues'])
