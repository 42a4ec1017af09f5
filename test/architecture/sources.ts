// Reads the project's own source files for the architecture test: text without comments, and imports resolved to project paths.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** One source file. `code` is `text` without comments; `imports` are project paths, or the bare names of packages. */
export interface Source {
  readonly file: string
  readonly text: string
  readonly code: string
  readonly imports: readonly string[]
}

const TOKENS = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** The text with comments blanked out and strings kept. Good enough to look for words that stand in code. */
export function withoutComments(text: string): string {
  return text.replace(TOKENS, (token) => (token.startsWith('//') || token.startsWith('/*') ? ' ' : token))
}

function resolved(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier))
  return specifier
}

/** All files the patterns match below the project's root, in order of their paths. */
export function readSources(...patterns: string[]): Source[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => relative('.', file))
    .filter((file) => !file.includes('node_modules') && !file.endsWith('.d.ts'))
    .sort()
    .map(readSource)
}

function readSource(file: string): Source {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName)
  return { file, text, code: withoutComments(text), imports: specifiers.map((specifier) => resolved(file, specifier)) }
}

/** Code without its strings, for words that only count as syntax. */
export const withoutStrings = (code: string): string => code.replace(TOKENS, (token) => (token.startsWith('/') ? ' ' : "''"))

/** Product code only: no tests. */
export const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)

/** `src/loop/capture/forms/queries.ts` → `src/loop/capture/forms`. */
export const folderOf = (file: string): string => dirname(file)

/** Places (`file:line what`) where the pattern is found in the code of the sources. */
export function places(sources: readonly Source[], pattern: RegExp, what: (match: RegExpMatchArray) => string): string[] {
  return sources.flatMap((source) =>
    [...source.code.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].map(
      (match) => `${source.file}: ${what(match)}`,
    ),
  )
}
