import fc from 'fast-check'
import { expect, test } from 'vitest'
import { property } from '../../../../../test/world.ts'
import { type Figures, figures as schema } from './contract.ts'
import { againstRest, rateOf, tell } from './decide.ts'

const NOTHING = Object.fromEntries(schema.keyof().options.map((key) => [key, 0])) as Figures

test('NUR-09 a rate says how sure it is: the range of the literature, wider for fewer mails', () => {
  // Wilson 1927: 10 of 100 → 5.52 % to 17.44 %
  const rate = rateOf(10, 100)
  expect([rate?.share, rate?.low.toFixed(4), rate?.high.toFixed(4)]).toEqual([0.1, '0.0552', '0.1744'])
  expect(rateOf(0, 0)).toBeNull()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const found = rateOf(Math.round(n * share), n)
      expect(found && found.low <= found.share + 1e-9 && found.share <= found.high + 1e-9 && found.low >= 0 && found.high <= 1).toBe(true)
    }),
    property,
  )
})

test('NUR-09 editions are told apart only where chance is not enough: few mails say nothing', () => {
  expect(tell({ k: 30, n: 200 }, { k: 12, n: 200 })).toBe('better')
  expect(tell({ k: 12, n: 200 }, { k: 30, n: 200 })).toBe('worse')
  expect(tell({ k: 30, n: 200 }, { k: 12, n: 200 }, 'down')).toBe('worse')
  expect(tell({ k: 21, n: 200 }, { k: 20, n: 200 })).toBe('same')
  expect(tell({ k: 3, n: 10 }, { k: 0, n: 10 })).toBe('few')
  expect(tell({ k: 1, n: 500 }, { k: 2, n: 500 })).toBe('few')
  expect(tell({ k: 0, n: 0 }, { k: 0, n: 0 })).toBe('few')
})

test('NUR-20 a group is held against all the others together, and against nobody where it is everybody', () => {
  const figures = (sent: number, clicked: number): Figures => ({ ...NOTHING, sent, tried: sent, clicked })
  expect(againstRest(figures(60, 30), figures(180, 48)).clicked).toBe('better')
  expect(againstRest(figures(60, 6), figures(180, 48)).clicked).toBe('worse')
  expect(againstRest(figures(60, 30), figures(60, 30)).clicked).toBeNull()
  expect(againstRest(figures(0, 0), figures(60, 30)).clicked).toBe('few')
})
