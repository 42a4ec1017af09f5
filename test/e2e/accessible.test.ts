// Every page for keyboards, screen readers and weak eyes: axe finds nothing serious, in light and dark, at desk and phone width.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, openEmbeddedArena } from '../chaos/arena.ts'
import { callApi } from '../chaos/sender.ts'
import type { Product } from '../product.ts'
import { property } from '../world.ts'
import { openBrowser, openPage } from './browser.ts'

const OWNER = {
  name: '見本 太郎',
  email: 'owner@example.jp',
  password: 'correct horse battery',
  language: 'ja',
  company: { legalName: '株式会社見本' },
}
const PATHS = [
  '/dashboard',
  '/leads',
  '/visitors',
  '/tag',
  '/forms',
  '/imports',
  '/templates',
  '/newsletters',
  '/mailbox',
  '/scenarios',
  '/segments',
  '/segments/new',
  '/scores',
  '/signals',
  '/handoffs',
  '/deals',
  '/settings',
  '/settings/users',
  '/settings/keys',
  '/settings/audit',
  '/settings/mail',
  '/account',
]

interface Axe {
  run(
    root: Document,
    options: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>
}

let arena: Arena
let product: Product
let browser: Browser

beforeAll(async () => {
  arena = await openEmbeddedArena(property.seed)
  product = await arena.product({ build: true, within: 170_000 })
  await fetch(`${product.url}/api/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(OWNER) })
  const key = await arena.key('admin')
  for (let n = 0; n < 12; n++)
    await callApi(product, key, 'POST', '/leads', {
      mail: `lead${n}@example.co.jp`,
      familyName: `見本${n}`,
      companyName: '株式会社サンプル',
    })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await arena?.close()
})

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function faultsOf(page: Page, path: string): Promise<string[]> {
  await page.goto(product.url + path)
  await page.waitForLoadState('networkidle')
  await page.evaluate(source)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: Axe }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations'] }),
  )
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map(
      (violation) =>
        `${path}: ${violation.id} ×${violation.nodes.length}: ${violation.nodes[0]?.html.slice(0, 160)} — ${violation.nodes[0]?.failureSummary.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
    )
}

test.each([
  ['light', 1440, 900],
  ['dark', 390, 844],
] as const)('no page has a serious fault for keyboard, reader or contrast (%s, %i wide)', async (colorScheme, width, height) => {
  const { page, context } = await openPage(browser, { colorScheme, viewport: { width, height } })
  const found = await faultsOf(page, '/sign-in')
  await page.locator('input[type=email], input[name=email]').first().fill(OWNER.email)
  await page.locator('input[type=password]').first().fill(OWNER.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(/dashboard/)
  for (const path of PATHS) found.push(...(await faultsOf(page, path)))
  await context.close()
  expect(found).toEqual([])
})
