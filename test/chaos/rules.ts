// X6 and M1: the properties of rules, searched for long. Every file of them is in the suite with 200 seeds.
import type { Row } from './row.ts'
import { search } from './search.ts'

export const fuzzedRules: Row = {
  id: 'X6',
  title: 'X6 rules nobody would write mean in SQL what a naive reader says, of nobody else, and no value makes new SQL',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 100_000 : 200
    // Two seeds at once, as there are two cores where this is usually run.
    await Promise.all([seed, seed + 1].map((one) => search(['src/loop/segment/compile/fuzz.test.ts'], 'X6', runs / 2, one)))
    return `${runs} rules over 40 people each: 0 differences`
  },
}

export const agreeingRules: Row = {
  id: 'M1',
  title: 'M1 at any instant a rule says the same by its compiled SQL, by the full compute, by the live evaluator and by a naive reader',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 10_000 : 200
    await search(['src/loop/segment/evaluate/agreement.test.ts', 'src/loop/sales/stage/past.test.ts'], 'M1', runs, seed)
    return `${runs} rules over streams of events at random instants, and ${runs} over past days: 0 differences`
  },
}
