import { expect, test } from 'vitest'
import { withGone } from './segmentChoices.ts'

test('NUR-35 a segment that is chosen and was put away is named as such, not by its id, and only where it is chosen', () => {
  const known = [{ value: 'a', label: '見込み客（3）' }]
  expect(withGone(known, ['a', 'b'], '削除されたセグメント')).toEqual([...known, { value: 'b', label: '削除されたセグメント' }])
  expect(withGone(known, [], '削除されたセグメント')).toEqual(known)
})
