import fc from 'fast-check'
import { test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { streamKey, type Value } from '#loop/score/condition/decide.ts'
import { check } from '../../../../test/world.ts'
import { type Known, NOTHING_KNOWN } from '../evaluate/decide.ts'
import type { Rule } from '../rules/contract.ts'
import { judge, judging, type OpenSegment, readsOf, type Standing } from './decide.ts'

const NOW = new Date('2026-04-08T01:00:00Z')
const ZONE = 'Asia/Tokyo'
const match = { event: 'a', filters: [] }
const seen = (op: 'atLeast' | 'atMost', n: number, days: number): Rule => ({
  kind: 'event',
  match,
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})
const RULES: readonly Rule[] = [
  seen('atLeast', 1, 7),
  seen('atMost', 1, 3),
  { kind: 'and', rules: [{ kind: 'fact', fact: 'tags', is: { op: 'notEmpty' } }, seen('atMost', 0, 7)] },
  {
    kind: 'or',
    rules: [
      { kind: 'segment', segment: 's', isIn: false },
      { kind: 'first', match, period: { kind: 'last', n: 7, unit: 'days' } },
    ],
  },
  { kind: 'fact', fact: 'attrs.due', is: { op: 'withinNext', n: 7, unit: 'days' } },
]
const open = RULES.map((rule, n): OpenSegment => ({ id: `s${n}`, name: '', version: 1, isLive: true, audience: 'leads', rule }))

/** Few enough values that many are alike, and some that only look alike. */
const when = fc.constantFrom(1, 3, 6, 7, 8).map((days) => NOW.getTime() - days * DAY)
const instant = fc.option(when.map((at) => new Date(at)))
const value = fc.constantFrom<Value>(
  null,
  'null',
  '2026-04-20',
  '',
  [],
  ['a', 'b'],
  ['a","b'],
  new Date('2026-04-20T00:00:00Z'),
  true,
  'true',
)
const people = fc.array(
  fc.record({
    times: fc.array(when, { maxLength: 2 }).map((times) => times.sort((a, b) => b - a)),
    first: fc.option(when),
    turn: fc.option(fc.constantFrom(1, 1_500, DAY).map((ms) => NOW.getTime() + ms)),
    values: fc.record({ tags: value, 'attrs.due': value }),
    inOther: fc.boolean(),
    isEligible: fc.boolean(),
    before: fc.option(fc.record<Standing>({ isIn: fc.boolean(), since: when.map((at) => new Date(at)), nextChangeAt: instant })),
  }),
  { maxLength: 150 },
)

test('M1 of people who are alike one is judged for all, and says of each what judging them alone does', () =>
  check(
    fc.property(people, (crowd) => {
      const judgeAlike = judging(NOW, ZONE)
      const withTwins = crowd.flatMap((one) => [one, { ...one, turn: null }])
      for (const { times, first, turn, values, inOther, isEligible, before } of withTwins) {
        const known: Known = {
          ...NOTHING_KNOWN,
          values: new Map(Object.entries(values)),
          streams: new Map(times.length ? [[streamKey(match), times]] : []),
          firsts: new Map(first === null ? [] : [[streamKey(match), first]]),
          segments: new Set(inOther ? ['s'] : []),
          turns: new Map(turn === null ? [] : [['attrs.due', turn]]),
        }
        for (const segment of open) {
          const alone = judge(segment.rule, known, isEligible, before ?? undefined, NOW, ZONE)
          const said = judgeAlike(segment, readsOf(segment.rule, ZONE), known, isEligible, before ?? undefined)
          if (JSON.stringify(said) !== JSON.stringify(alone)) throw new Error(JSON.stringify({ segment, said, alone }))
        }
      }
    }),
  ))
