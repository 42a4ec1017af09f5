// Prints the API's description to docs/openapi.json; a test fails when the file is older than the contracts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openapi } from '../src/server/docs.ts'

const file = join(import.meta.dirname, '..', 'docs', 'openapi.json')
const { paths, components, ...head } = (await openapi()) as Record<string, Record<string, unknown>>

/** One line a path and a schema: a change of one endpoint is a change of one line. */
const lines = (entries: object | undefined): string =>
  `{\n${Object.entries(entries ?? {})
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}`
const { schemas, ...others } = components ?? {}
const headText = JSON.stringify(head).slice(0, -1)
writeFileSync(
  file,
  `${headText},\n"components": ${JSON.stringify(others).slice(0, -1)}, "schemas": ${lines(schemas as object)}},\n"paths": ${lines(paths)}}\n`,
)
process.stdout.write(`${file}\n`)
