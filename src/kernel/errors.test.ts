import { expect, test } from 'vitest'
import { asRefusal, Refusal } from './errors.ts'

const kindOf = (code: string) => asRefusal(Object.assign(new Error('x'), { code }))?.kind

test('I7 whatever passes by itself (no room, no file handle, a deadlock that lasted) is 503, never a fault of ours', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EMFILE', '53100', '40P01', '40001', '55P03', 'ECONNREFUSED'])
    expect(kindOf(code), code).toBe('unavailable')
})

test('I4 what PostgreSQL cannot store is the sender’s to mend; refusals pass; anything else is a fault of ours', () => {
  expect(kindOf('22003')).toBe('invalid')
  const refusal = new Refusal('gone', 'x', 'x')
  expect(asRefusal(refusal)).toBe(refusal)
  expect(asRefusal(new TypeError('x is not a function'))).toBeNull()
})
