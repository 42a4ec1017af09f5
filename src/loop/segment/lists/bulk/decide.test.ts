import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newPerson, settled } from '#loop/identify/fields/decide.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { check } from '../../../../../test/world.ts'
import { applyAct, emptied, isTakenBack, type RowAct, takeBack } from './decide.ts'

const AT = new Date('2026-04-01T00:00:00Z')
const tag = fc.constantFrom('展示会', 'VIP', '要確認', '=1+1')
const act: fc.Arbitrary<RowAct> = fc.oneof(
  fc.record({
    kind: fc.constant('tags' as const),
    add: fc.uniqueArray(tag, { maxLength: 2 }),
    remove: fc.uniqueArray(tag, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('interest' as const),
    add: fc.uniqueArray(tag, { maxLength: 2 }),
    remove: fc.uniqueArray(tag, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom('active' as const, 'on_hold' as const, 'invalid' as const) }),
  fc.record({ kind: fc.constant('priority' as const), priority: fc.constantFrom('high' as const, 'low' as const, null) }),
  fc.record({
    kind: fc.constant('field' as const),
    field: fc.constantFrom('department', 'title', 'prefecture'),
    value: fc.constantFrom('営業部', '東京都', '', '部長'),
  }),
  fc.record({ kind: fc.constant('attr' as const), key: fc.constantFrom('size', 'memo'), value: fc.constantFrom(1, 'x', null) }),
)

const doTo = (row: PersonRow, one: RowAct) => settled(row, applyAct(row, one, AT))

test('M9 any sequence of bulk acts taken back in the opposite order gives the very state there was', async () => {
  await check(
    fc.property(fc.array(act, { maxLength: 8 }), fc.array(tag, { maxLength: 3 }), (acts, tags) => {
      const { row: start } = settled(newPerson({ bucket: 1, id: 'x' }, AT, false), {
        ...newPerson({ bucket: 1, id: 'x' }, AT, false),
        tags: [...new Set(tags)],
        attrs: { size: 5 },
      })
      let row = start
      const kept = acts.map((one) => {
        const done = doTo(row, one)
        row = done.row
        return done.changes
      })
      for (const changes of kept.reverse()) row = settled(row, takeBack(row, changes)).row
      expect(row).toEqual(start)
    }),
  )
})

test('GEN-04 an act is emptied of whatever somebody typed for it, and keeps its kind and field', () => {
  expect(emptied({ kind: 'field', field: 'title', value: '甲' })).toEqual({ kind: 'field', field: 'title', value: '' })
  expect(emptied({ kind: 'attr', key: 'memo', value: '甲' })).toEqual({ kind: 'attr', key: 'memo', value: null })
  for (const kind of ['tags', 'interest'] as const)
    expect(emptied({ kind, add: ['甲'], remove: ['乙'] })).toEqual({ kind, add: [], remove: [] })
  expect(emptied({ kind: 'priority', priority: 'high' })).toBeNull()
})

test('M9 what was changed again since stays; of lists only what the act did is taken back', () => {
  const start = { ...newPerson({ bucket: 1, id: 'x' }, AT, false), tags: ['VIP'], department: '営業部' }
  const first = doTo(doTo(start, { kind: 'tags', add: ['展示会'], remove: ['VIP'] }).row, {
    kind: 'field',
    field: 'department',
    value: '総務部',
  })
  const tagged = doTo(start, { kind: 'tags', add: ['展示会'], remove: ['VIP'] }).changes
  const later: PersonRow = { ...first.row, tags: ['展示会', '要確認'], department: '開発部' }
  expect(takeBack(later, tagged).tags).toEqual(['要確認', 'VIP'])
  expect(takeBack(later, first.changes).department).toBe('開発部')
  expect(isTakenBack(takeBack(later, tagged), tagged)).toBe(true)
  expect(isTakenBack(takeBack(later, first.changes), first.changes)).toBe(false)
})
