import { expect, test } from 'vitest'
import { decodeKey, encodeKey } from './decide.ts'

const ID = '00000000-0000-7000-8000-000000000001'

test('a cursor is good for its own order only, and keeps whatever text the order has', () => {
  expect(decodeKey('name', encodeKey('name', 'ヤマダ\n太郎', ID))).toEqual({ key: 'ヤマダ\n太郎', id: ID })
  expect(decodeKey('seen', encodeKey('name', 'x', ID))).toBeUndefined()
  expect(decodeKey('name', 'nonsense')).toBeUndefined()
})
