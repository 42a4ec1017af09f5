import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '#kernel/root.ts'
import { openapi } from './docs.ts'

test('GEN-13 docs/openapi.json is what the contracts say now (else: npm run openapi)', async () => {
  const printed = JSON.parse(readFileSync(join(ROOT, 'docs', 'openapi.json'), 'utf8'))
  expect(printed).toEqual(JSON.parse(JSON.stringify(await openapi())))
})
