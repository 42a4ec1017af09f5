import { expect, test } from 'vitest'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Status } from './asked/contract.ts'
import { completenessOf } from './decide.ts'
import { NO_GUARD } from './guard/contract.ts'
import { whyKept } from './guard/decide.ts'
import { isHidden, ranked, reasonsOf, type Standing } from './priority/decide.ts'

const now = new Date('2026-04-08T10:00:00+09:00')
const ago = (ms: number) => new Date(now.getTime() - ms)
const answers = (...statuses: Status[]) =>
  ['budget', 'authority', 'need', 'timeline'].flatMap((field, i) => {
    const status = statuses[i]
    return status ? [{ framework: 'bant' as const, field, status }] : []
  })

test('QUA-19 completeness counts a "no" as known and "partly" as half; fields of another framework count nothing', () => {
  expect(completenessOf('bant', answers())).toBe(0)
  expect(completenessOf('bant', answers('partly'))).toBe(13)
  expect(completenessOf('bant', answers('confirmed', 'negative'))).toBe(50)
  expect(completenessOf('bant', answers('confirmed', 'confirmed', 'confirmed', 'confirmed'))).toBe(100)
  expect(completenessOf('champ', answers('confirmed', 'confirmed'))).toBe(0)
})

test('QUA-25 the guard names each reason that holds, and keeps nobody when it is off', () => {
  const rule = { ...NO_GUARD, isOn: true, score: { model: 'main', below: 30 }, required: ['bant.budget', 'bant.need'], minCompleteness: 50 }
  const known = { segmentName: null, total: 29, answers: answers('partly', 'unknown', 'negative') }
  expect(whyKept(rule, known)).toEqual([
    { kind: 'score', total: 29, below: 30 },
    { kind: 'missing', fields: ['bant.need'] },
    { kind: 'completeness', is: 38, min: 50 },
  ])
  expect(whyKept(rule, { segmentName: null, total: 30, answers: answers('partly', 'confirmed', 'confirmed') })).toEqual([])
  expect(whyKept({ ...rule, isOn: false }, known)).toEqual([])
  expect(whyKept({ ...NO_GUARD, isOn: true }, known)).toEqual([])
})

const nobody: Standing = {
  ...{
    id: 'a',
    handoff: null,
    task: null,
    hotSince: null,
    rank: null,
    deal: null,
    colleagues: 0,
    workedAt: null,
    spokenAt: null,
    mark: null,
  },
  acts: { form: null, clicked: null, visited: null },
}
const zone = 'Asia/Tokyo'

test('QUA-24 every row says why it stands where it stands, and its points are the sum of its reasons', () => {
  const hot: Standing = {
    ...nobody,
    id: 'hot',
    hotSince: ago(2 * HOUR),
    acts: { form: ago(HOUR), clicked: null, visited: ago(2 * HOUR) },
    rank: 'A',
  }
  const late: Standing = { ...nobody, id: 'late', task: { title: '折り返し電話', dueAt: ago(DAY) } }
  const handed: Standing = { ...nobody, id: 'handed', handoff: { madeAt: ago(DAY), dueAt: ago(HOUR) }, colleagues: 2 }
  const list = ranked([late, handed, hot], now, zone)
  expect(list.map(({ id, points }) => [id, points])).toEqual([
    ['hot', 100],
    ['handed', 65],
    ['late', 35],
  ])
  expect(list[0]?.reasons.map(({ kind, points }) => [kind, points])).toEqual([
    ['hot', 50],
    ['act', 35],
    ['rank', 15],
  ])
  for (const one of list) expect(one.reasons.reduce((sum, why) => sum + why.points, 0)).toBe(one.points)
  expect(ranked([hot, handed, late], now, zone)).toEqual(list)
})

test('QUA-24 who was just spoken to goes down the list, who waits goes up, and who has no reason is not on it', () => {
  const deal: Standing = { ...nobody, deal: { stage: '提案', expectedClose: '2026-04-20', changedAt: ago(5 * DAY) } }
  expect(reasonsOf(deal, now, zone).map((why) => why.kind)).toEqual(['dealClosing'])
  expect(ranked([{ ...deal, spokenAt: ago(3 * HOUR) }], now, zone)).toEqual([])
  expect(reasonsOf({ ...nobody, workedAt: ago(12 * DAY) }, now, zone)).toMatchObject([{ kind: 'waited', points: 5, n: 12 }])
  expect(ranked([nobody], now, zone)).toEqual([])
})

test('QUA-24 done hides until something new begins, snoozed until its instant', () => {
  const seen: Standing = { ...nobody, hotSince: ago(2 * DAY), acts: { form: null, clicked: ago(DAY), visited: null } }
  const done = { kind: 'done' as const, at: ago(HOUR), until: null }
  expect(isHidden({ ...seen, mark: done }, now)).toBe(true)
  expect(isHidden({ ...seen, mark: done, acts: { ...seen.acts, visited: ago(HOUR / 2) } }, now)).toBe(false)
  const snoozed = { kind: 'snoozed' as const, at: ago(HOUR), until: new Date(now.getTime() + 1) }
  expect(isHidden({ ...seen, mark: snoozed, acts: { ...seen.acts, form: now } }, now)).toBe(true)
  expect(isHidden({ ...seen, mark: { ...snoozed, until: now } }, now)).toBe(false)
})
