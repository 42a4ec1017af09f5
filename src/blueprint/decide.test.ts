import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../test/world.ts'
import { differences, slugged, slugOf, textOf, withIds, withRefs } from './decide.ts'

const A = '01900000-0000-7000-8000-000000000001'
const B = '01900000-0000-7000-8000-000000000002'

test('GEN-15 a name becomes a file name on any system, and two alike are numbered in the order of their ids', () => {
  expect(slugOf('熱い見込み客 (3回/7日)')).toBe('熱い見込み客-3回-7日')
  expect(slugOf('../../etc/passwd')).toBe('etc-passwd')
  expect(slugOf('???')).toBe('unnamed')
  const objects = [
    { id: B, name: 'Hot', value: {} },
    { id: A, name: 'hot', value: {} },
  ]
  expect(slugged(objects).map(({ id, slug }) => [id, slug])).toEqual([
    [A, 'hot'],
    [B, 'Hot-2'],
  ])
})

test('GEN-15 references stand for ids and come back as them, and one that leads nowhere is named', () => {
  const value = { rule: { all: [{ segment: A }, { text: A.slice(0, 8) }] } }
  const out = withRefs(value, new Map([[A, '@segments/hot']]))
  expect(out).toEqual({ rule: { all: [{ segment: '@segments/hot' }, { text: A.slice(0, 8) }] } })
  expect(withIds(out, new Map([['@segments/hot', A]]))).toEqual({ value, missing: [] })
  expect(withIds(out, new Map()).missing).toEqual(['@segments/hot'])
})

test('GEN-15 the text of a value does not depend on the order of its keys, and equal values have no differences', () =>
  check(
    fc.property(fc.jsonValue(), (value) => {
      const turned = JSON.parse(JSON.stringify(value), (_key, one: unknown) =>
        one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).reverse()) : one,
      )
      expect(textOf(turned)).toBe(textOf(value))
      expect(differences(turned, value)).toEqual([])
    }),
  ))
