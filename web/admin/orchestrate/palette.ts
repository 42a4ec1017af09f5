// What can be put into a scenario: kinds of steps, ready settings of them, and triggers where the scenario begins.

import { roleLevels } from '#loop/identify/vocabulary.ts'
import type { Graph, Step, StepKind, SwitchCase, TriggerKind, Until } from '#loop/orchestrate/graph/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { blankStep, KEYS, switchOf, untils } from './blanks.ts'
import { newId, type Place, START } from './edit.ts'
import { type Group, KINDS, LOOKS, type Look, TRIGGER_ICONS, TRIGGERS, WAIT_ICONS } from './kinds.ts'
import type { Names } from './useNames.ts'

/** One line of the palette. */
export type PaletteItem = Look & { readonly key: string; readonly group: Group } & (
    | { readonly is: 'step'; readonly kind: StepKind; readonly make: (graph: Graph, place: Place) => Step }
    | { readonly is: 'trigger'; readonly kind: TriggerKind }
  )

const WAITS: readonly Until['kind'][] = ['for', 'businessDay', 'timeOfDay', 'businessHours', 'field', 'bestHour']

/** Everything that may be put at a place. Ready settings need what they are made of: no personas, no line for them. */
export function paletteOf(place: Place | null, names: Names, language: 'ja' | 'en'): PaletteItem[] {
  const plain = KINDS.filter((kind) => kind !== 'wait').flatMap((kind): PaletteItem[] => {
    const own: PaletteItem = { ...LOOKS[kind], key: kind, is: 'step', kind, make: (graph, at) => blankStep(kind, graph, at) }
    return kind === 'switch' ? [own, ...readySwitches(names, language)] : [own]
  })
  const waits = WAITS.map(
    (until): PaletteItem => ({
      ...LOOKS.wait,
      icon: WAIT_ICONS[until],
      key: `wait_${until}`,
      is: 'step',
      kind: 'wait',
      make: () => ({ kind: 'wait', id: newId(), name: '', until: untils[until] }),
    }),
  )
  const triggers = TRIGGERS.map(
    (kind): PaletteItem => ({ icon: TRIGGER_ICONS[kind], hue: 'violet', group: 'trigger', key: `trigger_${kind}`, is: 'trigger', kind }),
  )
  return [...(place?.after === START ? triggers : []), ...waits, ...plain]
}

function readySwitches(names: Names, language: 'ja' | 'en'): PaletteItem[] {
  const ready = (key: string, cases: readonly SwitchCase[]): PaletteItem[] =>
    cases.length
      ? [{ ...LOOKS.switch, key: `switch_${key}`, is: 'step', kind: 'switch', make: () => switchOf({ id: newId(), name: '' }, cases) }]
      : []
  return [...ready('role', roleCases(language)), ...ready('persona', personaCases(names))]
}

const caseOf = (i: number, name: string, rule: Rule): SwitchCase => ({ key: KEYS[i] ?? 'h', name, rule })

/** Who decides, who leads, who works on it: the levels of position in three ways. */
export function roleCases(language: 'ja' | 'en'): SwitchCase[] {
  const groups = [
    ['representative', 'executive'],
    ['head', 'manager'],
    ['chief', 'staff'],
  ]
  return groups.map((values, i) => {
    const name = values
      .flatMap((value) => roleLevels.find((one) => one.value === value)?.[language] ?? [])
      .join(language === 'ja' ? '・' : ', ')
    return caseOf(i, name, { kind: 'fact', fact: 'roleLevel', is: { op: 'in', values } })
  })
}

/** One way for each persona, in their order: a lead who is like several goes the way of the first. */
export function personaCases(names: Names): SwitchCase[] {
  return names.personas.slice(0, KEYS.length).map((one, i) => caseOf(i, one.label, { kind: 'segment', segment: one.segment, isIn: true }))
}
