import { expect, test } from 'vitest'
import { EVIDENCE } from '#loop/deliver/truth/evidence/contract.ts'
import { truth as en } from '../words/en/truth.ts'
import { truth as ja } from '../words/ja/truth.ts'
import { bySwarm, evidenceIn, isSwarm, judgedOf } from './swarms.ts'

const hit = (id: string, verdict: string, because = '', delivery = 'd', name = 'mail.clicked') => ({
  id,
  name,
  at: '2026-04-08T05:00:00Z',
  props: { delivery, verdict, because, agent: verdict === 'human' ? 'human' : 'machine' },
})
const all = <T extends object>(_one: T): _one is T => true
const shapes = (list: readonly ReturnType<typeof hit>[]) =>
  bySwarm<ReturnType<typeof hit>, never>(list, all).map((one) =>
    isSwarm<ReturnType<typeof hit>>(one) ? one.hits.map(({ id }) => id) : one.id,
  )

test('TRK-13 what machines opened and clicked of one mail in a row is one entry; a person’s act between parts it, doubt stands apart', () => {
  expect(
    shapes([
      hit('1', 'machine'),
      hit('2', 'unknown'),
      hit('3', 'machine', '', 'd', 'mail.opened'),
      hit('4', 'machine', '', 'e'),
      hit('5', 'human'),
      hit('6', 'machine'),
    ]),
  ).toEqual([['1', '3'], '2', '4', '5', '6'])
})

test('M8 each piece of evidence is told once and has words in both languages; of what was never judged nothing is said', () => {
  expect(evidenceIn([hit('1', 'machine', 'sweep burst'), hit('2', 'machine', 'burst trap')])).toEqual(['trap', 'burst', 'sweep'])
  expect(judgedOf({ name: 'mail.opened', props: {} })).toBeNull()
  expect(judgedOf({ name: 'mail.opened', props: { agent: 'machine' } })).toMatchObject({ verdict: 'machine', because: [] })
  for (const words of [ja, en]) expect(Object.keys(words.evidence).sort()).toEqual([...EVIDENCE].sort())
})
