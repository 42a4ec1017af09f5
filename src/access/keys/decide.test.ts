import { expect, test } from 'vitest'
import { hashKey } from './decide.ts'

test('GEN-13 a key is kept as its SHA-256, which tells nothing of it', () => {
  expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(hashKey('abd')).not.toBe(hashKey('abc'))
})
