import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AssignmentPlan, NO_PLAN } from './contract.ts'
import { choose, type Known, nextInTurn, presentOn, ruleFor, type Turns } from './decide.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'
const C = '00000000-0000-4000-8000-00000000000c'
const known = (more: Partial<Known> = {}): Known => ({
  facts: new Map(),
  segments: new Set(),
  forms: new Set(),
  companyOwner: null,
  ...more,
})
const group = (weights: readonly [string, number][]) => ({
  id: 'g',
  name: 'G',
  members: weights.map(([userId, weight]) => ({ userId, weight })),
})

test('CRM-05 the first rule whose conditions all hold decides; a rule that is off is passed over', () => {
  const rule = (id: string, conditions: AssignmentPlan['rules'][number]['conditions'], isOn = true) => ({
    ...{ id, name: id, isOn, conditions },
    target: { kind: 'owner' as const, ownerId: A },
  })
  const rules = [
    rule('off', [], false),
    rule('kanto it', [
      { kind: 'fact', fact: 'region', any: ['kanto'] },
      { kind: 'fact', fact: 'industry', any: ['it', 'finance'] },
    ]),
    rule('product', [{ kind: 'fact', fact: 'products', any: ['X'] }]),
    rule('segment', [{ kind: 'segment', segmentId: B }]),
    rule('form', [{ kind: 'form', formIds: [C] }]),
  ]
  const facts = (pairs: [string, string | string[]][]) => known({ facts: new Map(pairs) })
  expect(
    ruleFor(
      rules,
      facts([
        ['region', 'kanto'],
        ['industry', 'it'],
      ]),
    )?.id,
  ).toBe('kanto it')
  expect(
    ruleFor(
      rules,
      facts([
        ['region', 'kanto'],
        ['industry', 'retail'],
      ]),
    ),
  ).toBeNull()
  expect(ruleFor(rules, facts([['products', ['Y', 'X']]]))?.id).toBe('product')
  expect(ruleFor(rules, known({ segments: new Set([B]) }))?.id).toBe('segment')
  expect(ruleFor(rules, known({ forms: new Set([C]) }))?.id).toBe('form')
})

test('CRM-05 round robin is fair by weight whoever is away when, and nobody is flooded on coming back', () => {
  fc.assert(
    fc.property(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), ([a, b, c]) => {
      const turns: Turns = new Map()
      const all = group([
        [A, a],
        [B, b],
        [C, c],
      ])
      const given = (n: number, there: ReadonlySet<string>) => {
        const counts = new Map<string, number>([
          [A, 0],
          [B, 0],
          [C, 0],
        ])
        for (let i = 0; i < n; i++) {
          const next = nextInTurn(all, there, turns) ?? ''
          counts.set(next, (counts.get(next) ?? 0) + 1)
        }
        return [A, B, C].map((id) => counts.get(id))
      }
      const round = a + b + c
      expect(given(round * 3, new Set([A, B, C]))).toEqual([a * 3, b * 3, c * 3])
      expect(given((a + b) * 2, new Set([A, B]))).toEqual([a * 2, b * 2, 0])
      expect(given(round, new Set([A, B, C]))).toEqual([a, b, c])
    }),
    { numRuns: 60, seed: 5 },
  )
  expect(nextInTurn(group([[A, 1]]), new Set([B]), new Map())).toBeNull()
})

test('CRM-05 a colleague who is away or gone gets nobody; a company keeps its owner while they are there', () => {
  const there = presentOn({ absences: [{ userId: A, from: '2026-04-01', to: '2026-04-03' }] }, [A, B], '2026-04-03')
  expect([...there]).toEqual([B])
  expect(presentOn({ absences: [{ userId: A, from: '2026-04-01', to: '2026-04-03' }] }, [A, B], '2026-04-04').has(A)).toBe(true)
  const plan = { ...NO_PLAN, rules: [{ id: 'r', name: 'r', isOn: true, conditions: [], target: { kind: 'owner' as const, ownerId: A } }] }
  expect(choose(plan, known({ companyOwner: B }), there, new Map())).toMatchObject({ why: 'company', ownerId: B })
  expect(choose(plan, known(), there, new Map())).toMatchObject({ why: 'nobodyThere', ownerId: null })
  expect(choose({ ...plan, rules: [] }, known({ companyOwner: A }), there, new Map())).toMatchObject({ why: 'noRule', ownerId: null })
})
