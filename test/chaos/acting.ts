// M6 and N3 to N6: random edits, clocks, stops, lives and scenarios, searched for long. Every file of them is in the suite with fewer.
import { comeUpAgain } from './overdue.ts'
import type { Row } from './row.ts'
import { search } from './search.ts'

export const movedVersions: Row = {
  id: 'M6',
  title: 'M6 over random edits, maps, moves, rollbacks, events and days nobody is lost, doubled or elsewhere than a naive model says',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 1_000 : 60
    await search(['src/loop/orchestrate/versions/service.test.ts'], 'over random edits', runs, seed)
    return `${runs} sequences of edits, maps, moves and rollbacks: nobody lost, nobody doubled, everybody where the model says`
  },
}

export const randomScenarios: Row = {
  id: 'N6',
  title: 'N6 random scenarios of every kind under random events and stops do exactly what a naive interpreter does',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 10_000 : 200
    await search(['src/loop/orchestrate/step'], 'N6', runs, seed, 'unit')
    return `${runs} random scenarios with random events and stops: 0 differences`
  },
}

export const changedLives: Row = {
  id: 'N5',
  title:
    'N5 over random edits, entries, merges, partings, erasures, events and days nobody is lost or doubled, and every mail goes out once',
  run: async (_ground, scale, seed) => {
    const runs = scale === 'full' ? 1_000 : 15
    // Two seeds at once, as for X6.
    await Promise.all([seed, seed + 1].map((one) => search(['test/lives.test.ts'], 'N5 over random', Math.ceil(runs / 2), one)))
    return `${runs} sequences of edits, entries, merges, partings, erasures, events and days: runs, histories and mails as a naive model says`
  },
}

export const changedClocks: Row = {
  id: 'N3',
  title:
    'N3 every wait around every change of the clocks in New York, London and Lord Howe, and in Tokyo beside them, ends once, at the minute a wall clock says',
  run: async (_ground, scale, seed) => {
    const years = scale === 'full' ? 12 : 2
    await search(['src/loop/orchestrate/step/due.test.ts'], 'N3 every wait', years, seed, 'unit')
    return `${years} years: ${years * 6} changes of three zones and ${years * 2} days of the control, 120 draws of every kind of wait by the clock at each: 0 differences`
  },
}

export const stoppedForDays: Row = {
  id: 'N4',
  title:
    'N4 after any stop of up to three days everybody whose wait is over goes on once, nobody before their time, in due order, by the late rule of the scenario, and mails leave no faster than is allowed',
  run: async (ground, scale, seed) => {
    const runs = scale === 'full' ? 400 : 12
    const seen = await comeUpAgain(ground, scale, seed)
    await search(['test/downtime.test.ts'], 'N4', runs, seed)
    return `${seen}; ${runs} scenarios of random late rules, four random stops and five people each, and ${runs} sets of scenarios whose people are overdue in several: 0 differences`
  },
}
