// What the library's scenarios are written with: words in two languages, letters, and steps in short.
import type { FieldDefinition } from '#loop/identify/fields/contract.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import type { ScoreRule } from '#loop/score/rules/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { type Branch, type Goal, type Graph, PLAIN, type Step, type SwitchCase, type Trigger } from '../graph/contract.ts'
import type { ASKS, Purpose, Starter } from './contract.ts'

export type Language = 'ja' | 'en'
export type Words = readonly [ja: string, en: string]
export const pick = ([ja, en]: Words, language: Language): string => (language === 'ja' ? ja : en)

/** A mail of a scenario: after the greeting its lines, and a button to the house's own page. */
export interface Letter {
  readonly key: string
  readonly name: Words
  readonly subject: Words
  readonly lines: readonly Words[]
  readonly button?: Words
}

/** What a scenario refers to: ids of what was made along with it, by key, and what was chosen. */
export interface Made {
  readonly mails?: Readonly<Record<string, string>>
  readonly segments?: Readonly<Record<string, string>>
  readonly form?: string
  readonly segment?: string
}

interface SegmentAlong {
  readonly key: string
  readonly name: Words
  readonly text: Words
  /** `product`: the key of the product that was chosen, or nothing. */
  readonly rule: (product: string) => Rule
}

export interface Item {
  readonly id: Exclude<Starter, 'blank'>
  readonly purposes: readonly Purpose[]
  readonly name: Words
  readonly text: Words
  readonly enters: Words
  readonly needs: readonly Words[]
  readonly asks: readonly (typeof ASKS)[number][]
  readonly form?: { readonly template: 'document' | 'newsletter'; readonly name: Words }
  readonly score?: { readonly name: string; readonly label: { ja: string; en: string }; readonly rules: readonly ScoreRule[] }
  readonly field?: Pick<FieldDefinition, 'key' | 'ja' | 'en'>
  readonly segments: readonly SegmentAlong[]
  readonly letters: readonly Letter[]
  readonly graph: (kit: Kit) => Graph
}

export const branch = (key: string, steps: Step[], name = '', weight = 0): Branch => ({ key, name, weight, steps })
export const match = (event: string, filters: EventMatch['filters'] = []): EventMatch => ({ event, filters })
export const dealMade: Goal = { kind: 'event', match: match('deal.created') }
export const onEvent = (id: string, event: string, filters: EventMatch['filters'] = []): Trigger => ({
  kind: 'event',
  id,
  match: match(event, filters),
})
export const did = (event: string, n: number, op: 'atLeast' | 'atMost', days: number): Rule => ({
  kind: 'event',
  match: match(event),
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})

/** Notices stand in the list of signals. */
const asSignal = { by: 'signal', to: { kind: 'owner' }, channel: '' } as const

export type Kit = ReturnType<typeof kitOf>

/** Steps in short, in one language, referring to what was made. */
export function kitOf(item: Pick<Item, 'letters'>, made: Made, language: Language) {
  const say = (words: Words): string => pick(words, language)
  const until = (id: string, wait: Extract<Step, { kind: 'wait' }>['until']): Step => ({ kind: 'wait', id, name: '', until: wait })
  const fork = (yes: Step[], no: Step[]): Branch[] => [branch('happened', yes), branch('timedOut', no)]
  const waiting = (
    id: string,
    name: Words,
    event: Extract<Step, { kind: 'await' }>['event'],
    days: number,
    yes: Step[],
    no: Step[],
  ): Step => ({ kind: 'await', id, name: say(name), event, within: { amount: days, unit: 'days' }, branches: fork(yes, no) })
  return {
    say,
    made,
    until,
    segmentOf: (key: string): string => made.segments?.[key] ?? '',
    scenario: (graph: Partial<Graph>): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps: [], ...graph }),
    formTrigger: { kind: 'form', id: 'form', form: made.form ?? '' } satisfies Trigger as Trigger,
    /** A letter of the item; `transactional` where it answers what they asked for, so that it reaches whoever wants no advertising. */
    mail: (key: string, purpose: 'marketing' | 'transactional' = 'marketing'): Step => {
      const letter = item.letters.find((one) => one.key === key)
      return { kind: 'mail', id: key, name: letter ? say(letter.name) : '', template: made.mails?.[key] ?? '', purpose }
    },
    /** Days that end in business hours. */
    days: (id: string, amount: number): Step => until(id, { kind: 'for', amount, unit: 'days', businessHours: true }),
    morning: (id: string, days: number): Step => until(id, { kind: 'businessDay', days, time: '09:30' }),
    clicked: (id: string, step: string, days: number, yes: Step[], no: Step[]): Step =>
      waiting(id, ['リンクをクリックした？', 'Clicked a link?'], { kind: 'mail', step, did: 'clicked', link: '' }, days, yes, no),
    happens: (id: string, name: Words, what: EventMatch, days: number, yes: Step[], no: Step[]): Step =>
      waiting(id, name, { kind: 'event', match: what }, days, yes, no),
    comesInto: (id: string, name: Words, key: string, days: number, yes: Step[], no: Step[]): Step =>
      waiting(id, name, { kind: 'segment', segment: made.segments?.[key] ?? '', on: 'entered' }, days, yes, no),
    asks: (id: string, name: Words, rule: Rule, yes: Step[], no: Step[]): Step => ({
      ...{ kind: 'condition', id, name: say(name), rule },
      branches: [branch('yes', yes), branch('no', no)],
    }),
    /** One way for each case, and one for everybody else. */
    ways: (id: string, name: Words, cases: readonly { case: SwitchCase; steps: Step[] }[], rest: Step[]): Step => ({
      ...{ kind: 'switch', id, name: say(name), cases: cases.map((one) => one.case) },
      branches: [...cases.map((one) => branch(one.case.key, one.steps, one.case.name)), branch('else', rest)],
    }),
    tell: (id: string, text: Words, urgent = false): Step => ({
      ...{ kind: 'notify', ...asSignal, id, name: say(['営業に通知', 'Tell sales']), text: say(text), urgent },
    }),
    hand: (id: string, note: Words): Step => ({ kind: 'handoff', id, name: say(['営業へ引き渡し', 'Hand to sales']), note: say(note) }),
    /** A task without results only stands in the list of tasks. */
    call: (id: string, title: Words, script: Words, days: number, results: readonly { name: Words; steps: Step[] }[] = []): Step => {
      const keys = ['a', 'b', 'c', 'd'] as const
      return {
        ...{ kind: 'task', id, name: say(title), title: say(title), script: say(script), assignee: { kind: 'owner' } },
        results: results.map((one, i) => ({ key: keys[i] ?? 'h', name: say(one.name) })),
        within: { amount: days, unit: 'days' },
        branches: results.length ? [...results.map((one, i) => branch(keys[i] ?? 'h', one.steps)), branch('timedOut', [])] : [],
      }
    },
    tag: (id: string, tag: Words): Step => ({ kind: 'tag', id, name: '', tag: say(tag), remove: false }),
    end: (id: string): Step => ({ kind: 'end', id, name: '' }),
  }
}
