import { describe, expect, test } from 'vitest'
import { JAPANESE_WEEK } from '#kernel/calendar.ts'
import { missingNames, missingReferents, namedBy, neverOpen, referentsOf } from '../decide.ts'
import { type Graph, graph, PLAIN, type Step } from '../graph/contract.ts'
import { starterGraph, starterMails } from '../library/decide.ts'
import { isPublishable, isWebhookUrl, problemsOf } from './contract.ts'

const graphOf = (steps: Step[], more: Partial<Graph> = {}): Graph => ({
  triggers: [{ kind: 'event', id: 't', match: { event: 'page.viewed', filters: [] } }],
  entry: { kind: 'once' },
  ...PLAIN,
  steps,
  ...more,
})
const end: Step = { kind: 'end', id: 'e', name: '' }
const tag = (id: string): Step => ({ kind: 'tag', id, name: '', tag: id, remove: false })
const fork = (yes: Step[], no: Step[]): Step => ({
  kind: 'split',
  id: 'f',
  name: '',
  branches: [
    { key: 'a', name: '', weight: 1, steps: yes },
    { key: 'b', name: '', weight: 1, steps: no },
  ],
})
const found = (of: Graph) => problemsOf(of).map((one) => `${one.at}:${one.code}`)

const ask: Step = {
  kind: 'condition',
  id: 'c',
  name: '',
  rule: {
    kind: 'and',
    rules: [
      { kind: 'fact', fact: 'attrs.plan', is: { op: 'eq', value: 'x' } },
      { kind: 'segment', segment: '00000000-0000-4000-8000-000000000001', isIn: true },
    ],
  },
  branches: [
    { key: 'yes', name: '', weight: 0, steps: [] },
    { key: 'no', name: '', weight: 0, steps: [] },
  ],
}

test('NUR-02 a field, a score, a form or a segment of a rule that is not there any more is told at the step that asks it, and keeps nothing from being published', () => {
  const of = graphOf(
    [
      ask,
      { kind: 'points', id: 'p', name: '', score: 'product', amount: 5 },
      { kind: 'wait', id: 'w', name: '', until: { kind: 'field', field: 'attrs.due', days: -3, time: '09:00' } },
      tag('z'),
    ],
    { triggers: [{ kind: 'form', id: 't', form: '00000000-0000-4000-8000-000000000002' }] },
  )
  const told = missingNames(namedBy(of), () => false)
  expect(told.map((one) => `${one.at}:${one.what}`)).toEqual(['start:form', 'c:fact', 'c:segment', 'p:score', 'w:day'])
  expect([told.every((one) => one.code === 'gone'), isPublishable(told)]).toEqual([true, true])
  expect(missingNames(namedBy(of), () => true)).toEqual([])
})

test('GEN-08 a wait for a weekday on which the company never works is told: nobody would wait', () => {
  const wait = (weekdays: number[], businessDays = true): Step => ({
    kind: 'wait',
    id: 'w',
    name: '',
    until: { kind: 'timeOfDay', time: '09:00', businessDays, weekdays },
  })
  const told = (step: Step) => neverOpen(graphOf([step]), JAPANESE_WEEK).map((one) => `${one.at}:${one.code}:${one.severity}`)
  expect([told(wait([0, 6])), told(wait([0, 1])), told(wait([0], false)), told(wait([]))]).toEqual([['w:neverOpen:warning'], [], [], []])
})

test('NUR-16 a condition has the ways it answers with, and each trigger a name of its own', () => {
  const [yes] = ask.branches
  expect(found(graphOf([{ ...ask, branches: yes ? [yes, yes] : [] }]))).toEqual(['c:sameKey'])
  expect(
    found(
      graphOf([tag('a')], {
        triggers: [
          { kind: 'manual', id: 't' },
          { kind: 'manual', id: 't' },
        ],
      }),
    ),
  ).toEqual(['start:sameId'])
})

describe('what keeps a scenario from being published', () => {
  test('nothing keeps a whole one', () => {
    expect(problemsOf(graphOf([tag('a'), fork([end], []), tag('z')]))).toEqual([])
  })
  test('steps that nobody can reach are named', () => {
    expect(found(graphOf([end, tag('z')]))).toEqual(['z:unreachable'])
    expect(found(graphOf([fork([end], [{ ...end, id: 'e2' }]), tag('z')]))).toEqual(['z:unreachable'])
  })
  test('a wait for a mail needs a mail before it; openings only warn', () => {
    const wait: Step = {
      kind: 'await',
      id: 'q',
      name: '',
      event: { kind: 'mail', step: 'm', did: 'opened', link: '' },
      within: { amount: 1, unit: 'days' },
      branches: [
        { key: 'happened', name: '', weight: 0, steps: [] },
        { key: 'timedOut', name: '', weight: 0, steps: [] },
      ],
    }
    const mail: Step = { kind: 'mail', id: 'm', name: '', template: '00000000-0000-4000-8000-000000000000', purpose: 'marketing' }
    expect(found(graphOf([wait]))).toContain('q:noMailStep')
    expect(found(graphOf([wait, mail]))).toContain('q:noMailStep')
    const problems = problemsOf(graphOf([mail, wait]))
    expect(problems.map((one) => one.severity)).toEqual(['warning'])
    expect(isPublishable(problems)).toBe(true)
  })
  test('GEN-04 a service message only answers what somebody did: it is no way round a stop', () => {
    const template = '00000000-0000-4000-8000-000000000000'
    const mail: Step = { kind: 'mail', id: 'm', name: '', template, purpose: 'transactional' }
    const by = (...triggers: Graph['triggers']) => found(graphOf([mail], { triggers }))
    const form = { kind: 'form', id: 'f', form: template } as const
    expect(by(form)).toEqual([])
    expect(by({ kind: 'event', id: 'e', match: { event: 'custom.order', filters: [] } })).toEqual([])
    expect(by({ kind: 'event', id: 'e', match: { event: 'page.viewed', filters: [] } })).toEqual(['m:notAsked'])
    expect(by(form, { kind: 'segment', id: 's', segment: template, on: 'entered' })).toEqual(['m:notAsked'])
  })
  test('two steps with one id, and shares that are all 0, are refused', () => {
    expect(found(graphOf([tag('a'), tag('a')]))).toEqual(['a:sameId'])
    const none = fork([], [])
    if (none.kind === 'split') for (const branch of none.branches) branch.weight = 0
    expect(found(graphOf([none]))).toEqual(['f:weights'])
  })
  test('a webhook goes to plain http(s) addresses', () => {
    expect(['https://example.com/x', 'http://example.com'].map(isWebhookUrl)).toEqual([true, true])
    expect(['', 'ftp://example.com', 'https://a:b@example.com/', 'javascript:alert(1)'].map(isWebhookUrl)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
  test('what was deleted elsewhere is named where it is used', () => {
    const of = graphOf([{ kind: 'mail', id: 'm', name: '', template: 'gone', purpose: 'marketing' }], {
      goal: { kind: 'segment', segment: 's' },
    })
    expect(missingReferents(referentsOf(of), new Set(['s']))).toEqual([{ at: 'm', code: 'gone', severity: 'error', what: 'template' }])
  })
})

describe('what comes from outside', () => {
  test('I4 too many steps, and branches too deep, are refused before anything recurses', () => {
    expect(graph.safeParse(graphOf(Array.from({ length: 201 }, (_, i) => tag(`t${i}`)))).success).toBe(false)
    let deep: Step[] = []
    for (let i = 0; i < 10_000; i++) deep = [{ ...fork(deep, []), id: `f${i}` } as Step]
    expect(graph.safeParse(graphOf(deep)).success).toBe(false)
    expect(graph.safeParse({ ...graphOf([]), __proto__: { x: 1 }, extra: 1 }).success).toBe(false)
  })
  test('starters come whole: only their trigger is left to choose', () => {
    for (const starter of ['hotLead', 'exhibition', 'stepMail'] as const)
      for (const language of ['ja', 'en'] as const) {
        const mails = Object.fromEntries(starterMails(starter, language).map(({ key }) => [key, '00000000-0000-4000-8000-000000000000']))
        const made = starterGraph(starter, { mails }, language)
        expect(graph.safeParse(made).success).toBe(true)
        expect(
          problemsOf(made)
            .filter((one) => one.severity === 'error')
            .every((one) => one.at === 'start'),
        ).toBe(true)
      }
    expect(problemsOf(starterGraph('hotLead', {}, 'ja'))).toEqual([])
  })
})
