import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
let scratch: string
let checkout: string

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'hagukumi-prepare-'))
  checkout = join(scratch, 'checkout')
  mkdirSync(join(checkout, 'tools'), { recursive: true })
  for (const file of ['tools/prepare.mjs', 'package-lock.json']) copyFileSync(join(root, file), join(checkout, file))
  // Stands for npm and leaves its trace where it was called: nothing is fetched here.
  writeFileSync(
    join(scratch, 'npm.cjs'),
    `const { mkdirSync, writeFileSync } = require('node:fs')
    mkdirSync('node_modules', { recursive: true })
    writeFileSync('node_modules/installed', process.argv[2])`,
  )
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const prepare = () =>
  spawnSync(process.execPath, [join(checkout, 'tools', 'prepare.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: join(scratch, 'npm.cjs'), npm_node_execpath: process.execPath },
  })

test('a checkout without packages installs them once', () => {
  expect(prepare()).toMatchObject({ status: 0, stderr: expect.stringContaining('Installing') })
  expect(existsSync(join(checkout, 'node_modules', 'installed'))).toBe(true)
  expect(prepare()).toMatchObject({ status: 0, stderr: '' })
})

test.each([
  ['another checkout', true],
  ['nothing', false],
])('a node_modules that is a symbolic link to %s is refused before anything is installed through it', (_, made) => {
  const others = join(scratch, 'others')
  if (made) mkdirSync(others)
  symlinkSync(others, join(checkout, 'node_modules'))
  const run = prepare()
  expect(existsSync(join(others, 'installed'))).toBe(false)
  expect(run.status).toBe(1)
  expect(run.stderr).toMatch(/node_modules is a symbolic link.+Remove the link \(rm node_modules\), then run the command again\.\n$/)
})
