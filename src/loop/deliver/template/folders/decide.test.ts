import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor } from '#kernel/ctx.ts'
import { property } from '../../../../../test/world.ts'
import { FOLDER_LEVELS, type Sharing } from './contract.ts'
import { levelIn, moveFault, type Shelf } from './decide.ts'

const user = (id: string, role: string): Actor => ({ kind: 'user', id, name: id, role })
const marketer = user('m', 'marketer')
const shared = (everyone: Sharing['everyone'], more: Partial<Sharing> = {}): Sharing => ({ everyone, users: [], roles: [], ...more })
const tree = (...shelves: readonly Shelf[]) => new Map(shelves.map((shelf) => [shelf.id, shelf]))
const shelf = (id: string, parentId: string | null = null, sharing: Sharing | null = null, madeBy: string | null = null): Shelf => ({
  id,
  parentId,
  sharing,
  madeBy,
})

test('NUR-06 a folder opens as far as it is shared: to everybody, to a role, to a person; its maker and the owner role always may', () => {
  const folders = tree(
    shelf('open'),
    shelf('look', null, shared('view')),
    shelf('closed', null, shared('none', { users: [{ userId: 'm', level: 'view' }], roles: [{ role: 'sales', level: 'edit' }] }), 'x'),
  )
  expect(['open', 'look', 'closed'].map((id) => levelIn(folders, id, marketer))).toEqual(['edit', 'view', 'view'])
  expect(levelIn(folders, 'closed', user('s', 'sales'))).toBe('edit')
  expect(levelIn(folders, 'closed', user('v', 'viewer'))).toBe('none')
  expect(levelIn(folders, 'closed', user('x', 'viewer'))).toBe('edit')
  expect(levelIn(folders, 'closed', user('o', 'owner'))).toBe('edit')
  expect(levelIn(folders, 'closed', { kind: 'key', id: 'k', name: 'k', scopes: ['write'] })).toBe('none')
  expect(levelIn(folders, 'closed', { kind: 'key', id: 'k', name: 'k', scopes: ['admin'] })).toBe('edit')
  expect(levelIn(folders, 'gone', marketer)).toBe('none')
})

test('NUR-06 a folder never opens more than the folders it lies in, whatever they say', () => {
  const level = fc.constantFrom(...FOLDER_LEVELS)
  fc.assert(
    fc.property(fc.array(fc.option(level), { minLength: 1, maxLength: 5 }), (levels) => {
      const folders = tree(...levels.map((one, i) => shelf(`${i}`, i ? `${i - 1}` : null, one === null ? null : shared(one))))
      const rank = { none: 0, view: 1, edit: 2 }
      const found = levels.map((_, i) => rank[levelIn(folders, `${i}`, marketer)])
      for (const [i, mine] of found.entries()) expect(mine).toBeLessThanOrEqual(i ? (found[i - 1] ?? 0) : 2)
    }),
    property,
  )
})

test('NUR-05 a folder cannot lie in itself, nor too deep, nor in one that is not there', () => {
  const folders = tree(shelf('a'), shelf('b', 'a'), shelf('c', 'b'), shelf('d', 'c'), shelf('e', 'd'), shelf('z'))
  expect(moveFault(folders, 'a', 'c')).toBe('loop')
  expect(moveFault(folders, 'a', 'a')).toBe('loop')
  expect(moveFault(folders, 'z', 'e')).toBe('deep')
  expect(moveFault(folders, 'b', 'z')).toBeNull()
  expect(moveFault(folders, 'a', 'z')).toBe('deep')
  expect(moveFault(folders, 'z', 'nowhere')).toBe('parent')
  expect(moveFault(folders, 'e', null)).toBeNull()
})
