import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../../test/world.ts'
import { mayHandOver, type Standing, stageAfter } from './decide.ts'
import { STAGES } from './vocabulary.ts'

const standing = (openDeals = 0, wonDeals = 0, accepted = false, waiting = false): Standing => ({ openDeals, wonDeals, accepted, waiting })

test('QUA-22 a lead walks new → nurturing → MQL → SQL → deal → customer', () => {
  expect(stageAfter('new', 'nurtured')).toBe('nurture')
  expect(stageAfter('nurture', 'handed')).toBe('mql')
  expect(stageAfter('mql', 'accepted')).toBe('sql')
  expect(stageAfter('sql', 'dealOpened')).toBe('deal')
  expect(stageAfter('deal', 'dealWon')).toBe('customer')
})

test('QUA-22 a returned lead is nurtured again, one in a deal or a customer stays', () => {
  expect(stageAfter('mql', 'returned')).toBe('nurture')
  expect(stageAfter('deal', 'returned')).toBe('deal')
  expect(stageAfter('customer', 'returned')).toBe('customer')
})

test('CRM-09 after a lost deal the deals that are left decide', () => {
  expect(stageAfter('deal', 'dealClosed', standing(0, 0, true))).toBe('nurture')
  expect(stageAfter('deal', 'dealClosed', standing(1))).toBe('deal')
  expect(stageAfter('deal', 'dealClosed', standing(1, 1))).toBe('customer')
})

test('CRM-08 taking back a deal that should never have been gives the lead back to where it was', () => {
  expect(stageAfter('deal', 'dealUndone', standing(0, 0, true))).toBe('sql')
  expect(stageAfter('deal', 'dealUndone', standing())).toBe('nurture')
})

test('QUA-10 handing over changes nothing for whoever is with sales already', async () => {
  await check(
    fc.property(fc.constantFrom(...STAGES), (stage) => {
      expect(stageAfter(stage, 'handed')).toBe(mayHandOver(stage) ? 'mql' : stage)
      expect(stageAfter(stageAfter(stage, 'handed'), 'handed')).toBe(stageAfter(stage, 'handed'))
    }),
  )
})

test('QUA-22 two leads that become one stand where the one further along stood', () => {
  expect(stageAfter('new', 'merged', standing(0, 1))).toBe('customer')
  expect(stageAfter('new', 'merged', standing(0, 0, false, true))).toBe('mql')
  expect(stageAfter('customer', 'merged', standing(1))).toBe('customer')
  expect(stageAfter('customer', 'parted', standing(0, 0, true))).toBe('sql')
  expect(stageAfter('new', 'parted', standing())).toBe('new')
})
