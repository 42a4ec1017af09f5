import { expect, test } from 'vitest'
import { isLastOwner, linkState, passwordProblem } from './decide.ts'

const now = new Date('2026-04-08T01:00:00Z')
const open = { used_at: null, withdrawn_at: null, expires_at: new Date('2026-04-08T01:00:01Z') }

test('GEN-16 a link works once, until its last instant, unless withdrawn', () => {
  expect(linkState(open, now)).toBe('open')
  expect(linkState({ ...open, expires_at: now }, now)).toBe('expired')
  expect(linkState({ ...open, used_at: now }, now)).toBe('used')
  expect(linkState({ ...open, withdrawn_at: now }, now)).toBe('withdrawn')
})

test('GEN-16 short, repetitive and address-like passwords are refused, others are not', () => {
  expect(passwordProblem('short', 'a@example.co.jp')).not.toBeNull()
  expect(passwordProblem('aaaaaaaaaaaa', 'a@example.co.jp')).not.toBeNull()
  expect(passwordProblem('mihon.taro1', 'mihon.taro@example.co.jp')).not.toBeNull()
  expect(passwordProblem('correct horse battery', 'a@example.co.jp')).toBeNull()
  expect(passwordProblem('ひらがなのながいことば', 'a@example.co.jp')).toBeNull()
})

test('GEN-16 only the single owner left is the last one', () => {
  expect(isLastOwner('a', ['a'])).toBe(true)
  expect(isLastOwner('a', ['a', 'b'])).toBe(false)
  expect(isLastOwner('b', ['a'])).toBe(false)
})
