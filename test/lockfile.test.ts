import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly resolved?: string
  readonly version?: string
}

const root = join(import.meta.dirname, '..')
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockEntry> }
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>

/** `node_modules/a` offering optional `b` is satisfied by `node_modules/a/node_modules/b` or any folder above it. */
function isLocked(holder: string, name: string): boolean {
  const above = holder.split('/node_modules/').map((_, at, parts) => parts.slice(0, at + 1).join('/node_modules/'))
  return ['', ...above].some((folder) => `${folder ? `${folder}/` : ''}node_modules/${name}` in lock.packages)
}

test('the lockfile has an entry for the packages of every platform, or npm 11 refuses to install it elsewhere', () => {
  const offered = Object.entries(lock.packages).flatMap(([holder, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ holder, name })),
  )
  expect(offered.length).toBeGreaterThan(20)
  expect(
    offered.filter(({ holder, name }) => !isLocked(holder, name)).map(({ holder, name }) => `${holder || 'package.json'}: ${name}`),
  ).toEqual([])
})

test('the lockfile names no registry of one machine', () => {
  const hosts = new Set(
    Object.values(lock.packages).flatMap((entry) => (entry.resolved?.startsWith('http') ? [new URL(entry.resolved).host] : [])),
  )
  expect([...hosts].filter((host) => host !== 'registry.npmjs.org')).toEqual([])
})

test('every dependency is pinned to one version', () => {
  const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) => Object.entries(manifest[kind] ?? {}))
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)).map(([name, version]) => `${name}@${version}`)).toEqual([])
})
