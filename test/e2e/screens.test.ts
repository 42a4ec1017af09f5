// Every page of the admin on a small demo, in both schemes and both widths: nothing fails, nothing sticks out, nothing shuts anybody out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DemoState, OWNER_MAIL } from '../../src/demo/state.ts'
import { type Product, startProduct } from '../product.ts'
import { freePort } from '../world.ts'
import { calm, openBrowser, openPage, type WatchedPage } from './browser.ts'
import { smallDemo } from './demo.ts'
import { askApi, signIn } from './office.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DESK = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
/** Rooms whose first entry has a page of its own. */
const ROOMS = ['leads', 'forms', 'templates', 'scenarios', 'segments', 'newsletter-lines']

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-screens-'))
let product: Product
let browser: Browser
let demo: DemoState
let watched: WatchedPage

beforeAll(async () => {
  const port = await freePort()
  demo = await smallDemo(dataDir, port)
  product = await startProduct({ dataDir, port, args: ['--demo'], build: true, within: 170_000 })
  browser = await openBrowser()
  watched = await openPage(browser, { reducedMotion: 'reduce', colorScheme: 'light' })
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The paths of routes.tsx; those with an id get the first entry of their room. */
async function everyPath(page: Page): Promise<string[]> {
  const source = readFileSync(join(import.meta.dirname, '../../web/admin/routes.tsx'), 'utf8')
  const paths = [...source.matchAll(/^ {2}(?:page|open)\('([^']+)'/gm)].map(([, path]) => path as string)
  const firsts = new Map<string, string>()
  for (const room of ROOMS) {
    const { items } = (await page.evaluate(async (url) => (await fetch(url)).json(), `/api/${room}`)) as { items: { id: string }[] }
    if (items[0]) firsts.set(room, items[0].id)
  }
  const idOf = (path: string) => firsts.get(path.split('/')[1] as string)
  const found = paths
    .map((path) => path.replace('$id', () => idOf(path) ?? ''))
    .filter((path) => !path.includes('//') && !path.endsWith('/'))
  return [...found, ...tabsOf(firsts.get('scenarios')), '/scenarios?add=yes']
}

/** The tabs of a scenario besides its editor are pages without a path of their own. */
function tabsOf(scenario: string | undefined): string[] {
  const source = readFileSync(join(import.meta.dirname, '../../web/admin/orchestrate/tabs.ts'), 'utf8')
  const tabs = [...source.matchAll(/key: '(\w+)', panel: later/g)].map(([, key]) => key as string)
  return scenario ? tabs.map((tab) => `/scenarios/${scenario}?tab=${tab}`) : []
}

async function settled(page: Page): Promise<void> {
  await page.locator('main, form, h1').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('.skeleton, .mantine-Skeleton-root, [aria-busy="true"]'), null, {
    timeout: 10_000,
  })
  await calm(page)
}

interface Axe {
  run(
    root: Document,
    options: object,
  ): Promise<{ violations: { id: string; impact: string | null; nodes: { target: string[]; any: { message: string }[] }[] }[] }>
}

/** Serious findings that stay: on a busy machine the colours of the new scheme may take some frames to reach every element. */
async function findingsOf(page: Page, onlyColours: boolean): Promise<string[]> {
  let found = await askAxe(page, onlyColours)
  for (let again = 0; found.length && again < 8; again++) {
    await page.bringToFront()
    await page.waitForTimeout(400)
    found = await askAxe(page, onlyColours)
  }
  return found
}

/** Serious findings as lines. In the second scheme only colours can differ. */
const askAxe = (page: Page, onlyColours: boolean): Promise<string[]> =>
  page.evaluate(
    async (options) =>
      (await (window as unknown as { axe: Axe }).axe.run(document, options)).violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`),
    onlyColours ? { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } } : { resultTypes: ['violations'] },
  )

const sticksOut = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

/** One page in both schemes and both widths; answers what is wrong with it. */
async function look(page: Page, path: string): Promise<string[]> {
  const wrong: string[] = []
  await page.setViewportSize(DESK)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(product.url + path)
  await page.evaluate(AXE)
  for (const size of [DESK, PHONE]) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.waitForFunction((scheme) => document.documentElement.dataset['mantineColorScheme'] === scheme, colorScheme)
      await settled(page)
      const where = `${path} ${size.width} ${colorScheme}`
      if (await sticksOut(page)) wrong.push(`${where}: wider than the window`)
      for (const finding of await findingsOf(page, colorScheme === 'dark')) wrong.push(`${where}: ${finding}`)
    }
  }
  return wrong
}

test('RUN-10 every page in light and dark, wide and narrow: no script error, no failed answer, nothing wider than the window, no serious finding of axe', async () => {
  const { page, context, faults } = watched
  await page.goto(`${product.url}/sign-in`)
  const wrong = await look(page, '/sign-in')
  await page.setViewportSize(DESK)
  await signIn(page, product.url, OWNER_MAIL, demo.password)
  const paths = await everyPath(page)
  expect(paths.length).toBeGreaterThan(30)
  const second = await openPage(browser, { storageState: await context.storageState() })
  const queue = [...paths]
  await Promise.all(
    [page, second.page].map(async (tab) => {
      for (let path = queue.shift(); path; path = queue.shift()) wrong.push(...(await look(tab, path)))
    }),
  )
  expect(wrong).toEqual([])
  expect([...faults, ...second.faults]).toEqual([])
}, 240_000)

test('RUN-10 a browser on which nobody has chosen a language shows that of the account, and one on which somebody has shows the chosen one', async () => {
  const told = await openPage(browser)
  await signIn(told.page, product.url, OWNER_MAIL, demo.password)
  await askApi(told.page, 'PATCH', '/me', { language: 'en' })
  const fresh = await openPage(browser)
  await signIn(fresh.page, product.url, OWNER_MAIL, demo.password)
  await fresh.page.getByRole('heading', { name: 'Dashboard' }).waitFor()
  await fresh.page.evaluate(() => localStorage.setItem('hagukumi.language', 'ja'))
  await fresh.page.reload()
  await fresh.page.getByRole('heading', { name: 'ダッシュボード' }).waitFor()
  await askApi(told.page, 'PATCH', '/me', { language: 'ja' })
  expect([...told.faults, ...fresh.faults]).toEqual([])
}, 60_000)
