import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const documents = ['README.md', 'README.ja.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]

test('both READMEs name every setting that the product reads, and no other', () => {
  const settings = [...read('src/server/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1] ?? '')
  expect(settings.length).toBeGreaterThan(8)
  for (const file of ['README.md', 'README.ja.md']) {
    const named = [...read(file).matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map((match) => match[1] ?? '')
    expect([...named].sort(), file).toEqual([...settings, 'SKIP_BUILD'].sort())
  }
})

test('both READMEs name every command of the command line', () => {
  const commands = [...read('src/cli/main.ts').matchAll(/words:\s*['"]([a-z]+)/g)].map((match) => match[1] ?? '')
  expect(commands.length).toBeGreaterThan(2)
  for (const file of ['README.md', 'README.ja.md'])
    expect(
      commands.filter((command) => !read(file).includes(`cli -- ${command}`)),
      file,
    ).toEqual([])
})

test('links between documents lead somewhere', () => {
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map((match) => join(dirname(file), match[1] ?? ''))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${file} → ${target}`),
  )
  expect(broken).toEqual([])
})
