import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { root } from './product.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A checkout with three entries of a line each, and the packages of this one. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hagukumi-bundle-'))
  made.push(folder)
  const put = (file: string, text: string) => {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  put('package.json', '{"type":"module","imports":{"#*":"./src/*"}}')
  put('package-lock.json', '{}')
  put('tools/build.ts', '')
  put('src/server/start.ts', "import { WORD } from '#kernel/word.ts'\nexport const main = (): string => WORD")
  put('src/kernel/word.ts', "export const WORD: string = '育み'")
  put('src/kernel/word.test.ts', '')
  put('src/loop/deliver/template/templateThread.mjs', '')
  put('src/loop/capture/cards/read/cardThread.mjs', '')
  cpSync(join(root, 'tools/bundle.mjs'), join(folder, 'tools/bundle.mjs'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** What a process that begins in this checkout is told: the folder it runs from, what its `main` says, and what was said of it. */
async function begin(folder: string): Promise<{ built: string | null; word: string; said: string[] }> {
  const script = `
    const { serverFolder } = await import(${JSON.stringify(pathToFileURL(join(folder, 'tools/bundle.mjs')).href)})
    const said = []
    const built = serverFolder((line) => said.push(line))
    const { main } = await import(built ? 'file://' + built + '/start.mjs' : ${JSON.stringify(join(folder, 'src/server/start.ts'))})
    process.stdout.write(JSON.stringify({ built, word: main(), said }))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  await new Promise((resolve) => child.on('close', resolve))
  return JSON.parse(text)
}

const builds = (folder: string): string[] => readdirSync(join(folder, 'dist/server')).sort()

test('the server is put together once for the sources as they are, and again when one of them changes; the build before stays for who runs from it', async () => {
  const folder = checkout()
  const first = await begin(folder)
  expect(first).toMatchObject({ word: '育み', said: [] })
  writeFileSync(join(folder, 'src/kernel/word.test.ts'), 'a test is no part of it')
  expect((await begin(folder)).built).toBe(first.built)
  writeFileSync(join(folder, 'src/kernel/word.ts'), "export const WORD: string = 'nurturing'")
  const second = await begin(folder)
  expect(second.word).toBe('nurturing')
  expect(builds(folder).map((name) => join(folder, 'dist/server', name))).toEqual([first.built, second.built].sort())
})

test('a build of which nobody has said for a week that they run from it is removed with the next one, and so is what a killed build left', async () => {
  const folder = checkout()
  const { built } = await begin(folder)
  const long = new Date(Date.now() - 8 * 24 * 3_600_000)
  const left = join(folder, 'dist/server/.building-killed')
  mkdirSync(left)
  for (const old of [built ?? '', left]) utimesSync(old, long, long)
  writeFileSync(join(folder, 'src/kernel/word.ts'), "export const WORD: string = 'nurturing'")
  await begin(folder)
  expect(existsSync(built ?? '')).toBe(false)
  expect(builds(folder)).toHaveLength(1)
})

test('whoever begins from a build says so, and it stays for them', async () => {
  const folder = checkout()
  const { built } = await begin(folder)
  const long = new Date(Date.now() - 8 * 24 * 3_600_000)
  utimesSync(built ?? '', long, long)
  await begin(folder)
  writeFileSync(join(folder, 'src/kernel/word.ts'), "export const WORD: string = 'nurturing'")
  await begin(folder)
  expect(existsSync(built ?? '')).toBe(true)
})

test.each([
  ['lost the bytes of a file', (built: string) => truncateSync(join(built, 'start.mjs'))],
  ['lost a file', (built: string) => rmSync(join(built, 'cardThread.mjs'))],
  ['lost its list', (built: string) => rmSync(join(built, 'whole.json'))],
  [
    'is a file',
    (built: string) => {
      rmSync(built, { recursive: true })
      writeFileSync(built, '')
    },
  ],
])('a build that %s is made anew', async (_what, damage) => {
  const folder = checkout()
  const { built } = await begin(folder)
  damage(built ?? '')
  expect(await begin(folder)).toEqual({ built, word: '育み', said: [] })
})

test('a build of sources that change while they are read is not kept under the name of what they were', async () => {
  const folder = checkout()
  const word = join(folder, 'src/kernel/word.ts')
  rmSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'node_modules/esbuild'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/esbuild/package.json'), '{"type":"module","main":"index.js"}')
  // The bundler itself, and somebody who saves a source as it reads.
  writeFileSync(
    join(folder, 'node_modules/esbuild/index.js'),
    `import { writeFileSync } from 'node:fs'
    import real from ${JSON.stringify(join(root, 'node_modules/esbuild/lib/main.js'))}
    export const build = (options) => {
      writeFileSync(${JSON.stringify(word)}, "export const WORD: string = 'nurturing'")
      return real.build(options)
    }`,
  )
  const { built, said } = await begin(folder)
  expect([built, builds(folder)]).toEqual([null, []])
  expect(said[0]).toContain('the sources changed meanwhile')
})

test('what stands beside the sources and is none, such as the lock of an editor, is passed over', async () => {
  const folder = checkout()
  symlinkSync('somebody@host.1:2', join(folder, 'src/kernel/.#word.ts'))
  expect(await begin(folder)).toMatchObject({ word: '育み', said: [] })
})

test('processes that begin at once all run from the same whole build, and leave nothing else', async () => {
  const folder = checkout()
  const all = await Promise.all([begin(folder), begin(folder), begin(folder)])
  expect(new Set(all.map(({ built }) => built)).size).toBe(1)
  expect(all.map(({ word }) => word)).toEqual(['育み', '育み', '育み'])
  expect(builds(folder)).toHaveLength(1)
})

test('where nothing can be put together, the sources run as they are and one sentence says why', async () => {
  const folder = checkout()
  writeFileSync(join(folder, 'dist'), 'a file where the folder should be')
  const { built, word, said } = await begin(folder)
  expect([built, word]).toEqual([null, '育み'])
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^The server could not be put together \(.*dist.*\); it runs from its sources/)
})

test('a source that cannot be put together is named in that sentence', async () => {
  const folder = checkout()
  writeFileSync(join(folder, 'src/loop/capture/cards/read/cardThread.mjs'), 'const = 1')
  expect((await begin(folder)).said[0]).toMatch(/\(src\/loop\/capture\/cards\/read\/cardThread\.mjs:1: .+\); it runs from its sources/)
})
