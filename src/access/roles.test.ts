import { expect, test } from 'vitest'
import { type Asker, assertPermissions, mayActor, PERMISSIONS, permissionsOf } from './roles.ts'
import { ROLES, SCOPES } from './vocabulary.ts'

const user = (role: string): Asker => ({ kind: 'user', role })
const key = (...scopes: string[]): Asker => ({ kind: 'key', scopes })

test('GEN-11 the owner may do all that a person can do, and nobody more than the table says', () => {
  for (const [permission, granted] of Object.entries(PERMISSIONS)) {
    for (const role of ROLES) expect(mayActor(user(role), permission), `${role} ${permission}`).toBe(granted.roles.includes(role))
    for (const scope of SCOPES) expect(mayActor(key(scope), permission), `${scope} ${permission}`).toBe(granted.scopes.includes(scope))
    if (permission !== 'track.write') expect(mayActor(user('owner'), permission), permission).toBe(true)
  }
})

test('GEN-11 a viewer reads and never writes, but for the own account', () => {
  expect(permissionsOf(user('viewer')).filter((permission) => !permission.endsWith('.read'))).toEqual(['self.write'])
})

test('GEN-13 a read key never writes, a track key only tracks, no key has an own account', () => {
  expect(permissionsOf(key('read')).every((permission) => /\.(read|export)$/.test(permission))).toBe(true)
  expect(permissionsOf(key('track'))).toEqual(['track.write'])
  for (const scope of SCOPES) expect(mayActor(key(scope), 'self.read')).toBe(false)
  expect(mayActor(key('write'), 'users.write')).toBe(false)
  expect(mayActor(key('write'), 'keys.write')).toBe(false)
})

test('X2 what is unknown is refused: permission, role, scope, and names that every object has', () => {
  for (const odd of ['', 'leads', 'leads.fly', '__proto__', 'constructor', 'toString']) {
    expect(mayActor(user('owner'), odd)).toBe(false)
    expect(mayActor({ kind: 'system' }, odd)).toBe(false)
  }
  expect(mayActor(user('admin'), 'leads.read')).toBe(false)
  expect(mayActor(key('owner'), 'leads.read')).toBe(false)
  expect(mayActor(key(), 'leads.read')).toBe(false)
})

test('GEN-11 the public only comes to what is public', () => {
  expect(mayActor({ kind: 'public' }, 'public')).toBe(true)
  for (const permission of Object.keys(PERMISSIONS)) expect(mayActor({ kind: 'public' }, permission)).toBe(false)
})

test('GEN-11 the server refuses to start when an endpoint has no permission in the table', () => {
  expect(() =>
    assertPermissions([
      { name: 'leads.list', permission: 'leads.read' },
      { name: 'setup.status', permission: 'public' },
    ]),
  ).not.toThrow()
  expect(() => assertPermissions([{ name: 'leads.fly', permission: 'leads.fly' }])).toThrow('leads.fly')
  expect(() => assertPermissions([{ name: 'leads.none' }])).toThrow('leads.none: (none)')
  expect(() => assertPermissions([{ name: 'leads.empty', permission: '' }])).toThrow('leads.empty')
  expect(() => assertPermissions([{ name: 'leads.odd', permission: 'toString' }])).toThrow('leads.odd')
})
