import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../test/world.ts'
import { redact, subjectOfCall } from './decide.ts'

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

test('GEN-12 the subject of a call is its room and the id it was given or answered', () => {
  expect(subjectOfCall('segments.update', { id: 'a' }, { id: 'b' })).toEqual({ kind: 'segments', id: 'a' })
  expect(subjectOfCall('segments.create', { name: 'x' }, { id: 'b' })).toEqual({ kind: 'segments', id: 'b' })
  expect(subjectOfCall('company.update', null, undefined)).toEqual({ kind: 'company', id: null })
})
