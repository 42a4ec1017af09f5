import { expect, test } from 'vitest'
import { basisWord, isSendable, MAIL_BASIS, MAIL_STOP, stopWord } from './decide.ts'

test('GEN-03 mail may go out only with a basis, an address and no stop', () => {
  const person = { mail: 'a@example.jp', mail_stop: 0, mail_basis: MAIL_BASIS.card }
  expect(isSendable(person)).toBe(true)
  expect(isSendable({ ...person, mail: null })).toBe(false)
  expect(isSendable({ ...person, mail_basis: MAIL_BASIS.none })).toBe(false)
  for (const stop of [MAIL_STOP.unsubscribe, MAIL_STOP.manual, MAIL_STOP.hard_bounce, MAIL_STOP.complaint])
    expect(isSendable({ ...person, mail_stop: stop })).toBe(false)
})

test('every code has its word', () => {
  expect(Object.entries(MAIL_STOP).map(([word, code]) => stopWord(code) === word)).toEqual([true, true, true, true, true])
  expect(Object.entries(MAIL_BASIS).map(([word, code]) => basisWord(code) === word)).toEqual([true, true, true, true, true])
})
