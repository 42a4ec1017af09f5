// What lets people into scenarios, as a marketer tells it, through the whole loop on a virtual clock.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { sweepDates } from '#loop/orchestrate/timers/dates.ts'
import * as deals from '#loop/sales/deals/service.ts'
import { fillScore } from '#loop/score/fill/jobs.ts'
import * as scores from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS } from '#loop/score/rules/contract.ts'
import { addPoints } from '#loop/score/service.ts'
import { testHouse } from './house.ts'
import { branch, days, fact, type Journeys, match, on, openJourneys, tag } from './journey.ts'

let j: Journeys
beforeAll(async () => {
  j = await openJourneys(await testHouse())
})
afterAll(() => j.db.close())
// A Monday morning without a holiday near.
let week = 0
beforeEach(() => j.db.clock.set(new Date(Date.parse('2027-01-18T10:00:00+09:00') + ++week * 91 * DAY)))

const points = async (who: Subject, amount: number): Promise<void> => {
  await j.db.tx((ctx) => addPoints(ctx, [{ subject: who, model: 'main', points: amount, reason: 'test', causeId: ctx.id() }]))
  await j.turn()
}

describe('what lets somebody in', () => {
  test('NUR-18 what somebody does in a trial drives what they get: guides while they try, a comparison when they look at prices', async () => {
    const look: Step = {
      kind: 'await',
      id: 'look',
      name: '',
      event: { kind: 'event', match: match('custom.trial_feature', { feature: 'export' }) },
      within: { amount: 3, unit: 'days' },
      branches: [branch('happened', tag('comparison')), branch('timedOut', tag('guide'))],
    }
    await j.scenario([on('custom.trial_started')], [look])
    const [keen, slow] = [await j.someone(), await j.someone()]
    for (const who of [keen, slow]) await j.happens(who, 'custom.trial_started')
    await j.later(DAY)
    await j.happens(keen, 'custom.trial_feature', { feature: 'export' })
    await j.happens(slow, 'custom.trial_feature', { feature: 'login' })
    await j.later(3 * DAY)
    expect([await j.tagsOf(keen), await j.tagsOf(slow)]).toEqual([['comparison'], ['guide']])
  })

  test('NUR-37 a scenario is for one ad group: whoever came by another does not enter', async () => {
    await j.scenario([on('custom.ad_landing', { adgroup: '製造業向け' })], [tag('maker')])
    const [one, other] = [await j.someone(), await j.someone()]
    await j.happens(one, 'custom.ad_landing', { adgroup: '製造業向け' })
    await j.happens(other, 'custom.ad_landing', { adgroup: '小売向け' })
    expect([await j.tagsOf(one), await j.tagsOf(other)]).toEqual([['maker'], []])
  })

  test('NUR-33 TRK-11 whoever comes back after 30 silent days is met again: once for the return, not for each page of it', async () => {
    const id = await j.scenario([{ kind: 'silence', id: 't', days: 30, match: match('page.viewed') }], [tag('back')])
    const [gone, regular] = [await j.someone(), await j.someone()]
    for (const who of [gone, regular]) await j.happens(who, 'page.viewed')
    await j.later(29 * DAY)
    await j.happens(regular, 'page.viewed')
    expect(await j.tagsOf(regular)).toEqual([])
    await j.later(2 * DAY)
    for (const who of [gone, regular]) await j.happens(who, 'page.viewed')
    await j.later(HOUR)
    await j.happens(gone, 'page.viewed')
    expect([await j.tagsOf(gone), await j.tagsOf(regular)]).toEqual([['back'], []])
    expect(await j.runsOf(gone, id)).toHaveLength(1)
  })

  test('NUR-33 what a mail scanner does is no return, and does not end a silence', async () => {
    await j.scenario([{ kind: 'silence', id: 't', days: 30, match: match('mail.clicked') }], [tag('woken')])
    const who = await j.someone()
    await j.happens(who, 'page.viewed')
    await j.later(31 * DAY)
    await j.happens(who, 'mail.clicked', { agent: 'machine' })
    expect(await j.tagsOf(who)).toEqual([])
    await j.later(DAY)
    await j.happens(who, 'mail.clicked', { agent: 'human' })
    expect(await j.tagsOf(who)).toEqual(['woken'])
  })

  test('CRM-10 CRM-11 a deal lost for its time on one product lets in, another reason or product does not; winning is another way in', async () => {
    await j.scenario([{ kind: 'deal', id: 't', stage: 'lost', product: 'pump', reason: 'timing' }], [days('w', 90), tag('ask-again')])
    await j.scenario([{ kind: 'deal', id: 't', stage: 'won', product: '', reason: '' }], [tag('welcome')])
    const lost = async (product: string, reason: 'timing' | 'price'): Promise<Subject> => {
      const who = await j.someone()
      const { id } = await j.db.tx((ctx) => deals.create(ctx, { leadIds: [who.id] }))
      await j.db.house.pool.query('UPDATE deal SET products = $2 WHERE id = $1', [id, [product]])
      await j.db.tx((ctx) => deals.lose(ctx, { id, reason }))
      await j.turn()
      return who
    }
    const asked = [await lost('pump', 'timing'), await lost('pump', 'price'), await lost('valve', 'timing')]
    await j.later(90 * DAY)
    expect(await Promise.all(asked.map(j.tagsOf))).toEqual([['ask-again'], [], []])
    const who = await j.someone()
    const { id } = await j.db.tx((ctx) => deals.create(ctx, { leadIds: [who.id] }))
    await j.db.tx((ctx) => deals.win(ctx, { id }))
    await j.turn()
    expect(await j.tagsOf(who)).toEqual(['welcome'])
  })

  test('NUR-11 a schedule lets in everybody who is in the segment at that time, page by page, once per turn', async () => {
    const made = await Promise.all([j.someone(), j.someone(), j.someone(), j.someone(), j.someone(), j.someone()])
    for (const who of made.slice(0, 5)) await j.giveTag(who, 'monthly')
    const id = await j.segment(fact('tags', { op: 'in', values: ['monthly'] }))
    const weekly = await j.scenario(
      [{ kind: 'schedule', id: 't', segment: id, days: { kind: 'weekdays', weekdays: [2] }, time: '09:00' }],
      [tag('tuesday')],
    )
    const runs = async () => (await Promise.all(made.map((who) => j.runsOf(who, weekly)))).map((list) => list.length)
    await j.later(22 * HOUR)
    expect(await runs()).toEqual([0, 0, 0, 0, 0, 0])
    j.db.clock.set(new Date(j.db.clock.now().getTime() + HOUR + MINUTE))
    // Three pages of two, and nobody a second time by looking again.
    expect([await sweepDates(j.db.house, 2), await sweepDates(j.db.house, 2)]).toEqual([5, 0])
    const pages = await j.db.house.pool.query('SELECT DISTINCT xmin::text FROM run WHERE scenario_id = $1', [weekly])
    expect(pages.rows).toHaveLength(3)
    await j.later(2 * MINUTE)
    expect(await runs()).toEqual([1, 1, 1, 1, 1, 0])
    expect((await Promise.all(made.map(j.tagsOf))).map((tags) => tags.includes('tuesday'))).toEqual([true, true, true, true, true, false])
    await j.later(7 * DAY)
    expect(await runs()).toEqual([2, 2, 2, 2, 2, 0])
  })

  test('QUA-05 NUR-10 the rank that falls to somebody lets them in; from which side is asked', async () => {
    const ranks = [
      { name: 'A' as const, at: 40, label: 'hot' },
      { name: 'B' as const, at: 10, label: 'warm' },
    ]
    const version = await j.db.tx(async (ctx) => {
      const settings = { ...FIRST_SETTINGS, ranks }
      const { draft } = await scores.saveDraft(ctx, { name: 'main', rules: [], settings })
      await scores.publish(ctx, { name: 'main', startsScenarios: false })
      return draft?.version ?? 0
    })
    await fillScore.run(j.db.house, { model: 'main', version })
    await j.scenario([{ kind: 'rank', id: 't', model: 'main', to: 'B', from: 'below' }], [tag('rose')])
    await j.scenario([{ kind: 'rank', id: 't', model: 'main', to: 'B', from: 'above' }], [tag('fell')])
    const who = await j.someone()
    await points(who, 15)
    expect(await j.tagsOf(who)).toEqual(['rose'])
    await points(who, 30)
    await points(who, -30)
    expect(await j.tagsOf(who)).toEqual(['rose', 'fell'])
  })
})
