import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../test/world.ts'
import { HIDDEN } from '../vocabulary.ts'
import { isAboutPeople, redact, subjectOfCall, veil } from './decide.ts'

test('GEN-12 secrets are never written into the log, however deep', () => {
  const detail = JSON.stringify(
    redact({ name: 'n', password: 'p4ss', inner: { smtpPassword: 'p4ss', newPassword: 'p4ss', apiKey: 'p4ss', token: 'p4ss' } }),
  )
  expect(detail).not.toContain('p4ss')
  expect(detail).toContain('"name":"n"')
})

test('GEN-12 the log of any call is bounded JSON', async () => {
  await check(
    fc.property(fc.jsonValue(), (input) => {
      const cut = redact(input)
      expect(JSON.parse(JSON.stringify(cut))).toEqual(cut)
    }),
  )
  expect(JSON.stringify(redact({ long: 'あ'.repeat(100_000), many: Array.from({ length: 10_000 }, () => 'x') })).length).toBeLessThan(1_000)
})

test('GEN-12 what lies too deep to be kept is not taken for a word about a person', () => {
  expect(JSON.stringify(redact({ a: { b: { c: { d: { e: 1 } } } } }))).not.toContain(`"${HIDDEN}"`)
})

test('GEN-12 the subject of a call is its room and the id it was given or answered', () => {
  expect(subjectOfCall('segments.update', { id: 'a' }, { id: 'b' })).toEqual({ kind: 'segments', id: 'a' })
  expect(subjectOfCall('segments.create', { name: 'x' }, { id: 'b' })).toEqual({ kind: 'segments', id: 'b' })
  expect(subjectOfCall('company.update', null, undefined)).toEqual({ kind: 'company', id: null })
})

test('GEN-12 GEN-04 of a call about people the log knows whom and which fields, and no word of what', async () => {
  const id = '01a1bb61-9332-7382-b7b1-6a0a0f21aac1'
  expect(
    veil({ id, kind: 'call', fields: { familyName: '見本', phone: undefined, budget: 5, kind: 'x' }, keep: true, act: { kind: 'stop' } }),
  ).toEqual({
    ...{ id, kind: 'call', keep: true, act: { kind: 'stop' } },
    fields: { familyName: '…', budget: '…', kind: '…' },
  })
  expect([isAboutPeople('leads.update', 'leads.write'), isAboutPeople('mail.testSend', 'mail.write')]).toEqual([true, true])
  expect([isAboutPeople('templates.update', 'templates.write'), isAboutPeople('users.invite', 'users.write')]).toEqual([false, false])
  await check(
    fc.property(fc.jsonValue(), (input) => {
      expect(wordsIn(veil({ fields: input })).filter((word) => !word.startsWith('…'))).toEqual([])
    }),
  )
})

/** Every text and number that stands in a value, however deep; names of fields are none. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : []
}
