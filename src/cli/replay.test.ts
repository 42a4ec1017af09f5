import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { replayCommand } from './replay.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const line = (minute: number, path: string, agent = CHROME) =>
  `192.0.2.1 - - [01/Apr/2026:10:${String(minute).padStart(2, '0')}:00 +0900] "GET ${path} HTTP/1.1" 200 10 "-" "${agent}"`

let world: TestDatabase
let folder: string
beforeAll(async () => {
  world = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'hagukumi-log-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await world.close()
})

test('TRK-02 replay reads a plain and a compressed log alike, says what it found, and adds nothing the second time', async () => {
  const text = [line(1, '/'), line(2, '/pricing'), line(3, '/style.css'), line(4, '/', 'Googlebot/2.1'), ''].join('\n')
  writeFileSync(join(folder, 'access.log'), text)
  writeFileSync(join(folder, 'access.log.gz'), gzipSync(text))
  const first = await replayCommand(world.house, [join(folder, 'access.log.gz'), '--origin', 'https://example.co.jp'])
  expect(first).toMatch(/Visitors +1 /)
  expect(first).toMatch(/Page views +2 /)
  expect(first).toMatch(/Robots +1 +25\.00%/)
  expect(first).toMatch(/New events +2$/)
  expect(await replayCommand(world.house, [join(folder, 'access.log'), '--origin', 'https://example.co.jp'])).toMatch(/New events +0$/)
})

test('TRK-02 replay says how it is used when it is used wrongly', async () => {
  for (const args of [[], ['a', 'b'], ['/no/such/file'], [join(folder, 'access.log'), '--origin', 'example.co.jp/path']]) {
    await expect(replayCommand(world.house, args)).rejects.toMatchObject({ kind: 'invalid' })
  }
})
