// A scenario is built in a real browser with the keyboard alone, moved about, undone, copied into another one, and published.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { calm, openBrowser, openPage, type WatchedPage } from './browser.ts'
import { askApi, setUp } from './office.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-editor-'))
let product: Product
let browser: Browser
let watched: WatchedPage

beforeAll(async () => {
  product = await startProduct({ dataDir, build: true, within: 170_000 })
  browser = await openBrowser()
  watched = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' })
  await setUp(watched.page, product.url)
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Named {
  readonly name: string
  readonly kind: string
  readonly branches?: readonly { readonly steps: readonly Named[] }[]
}

/** The scenario on the page, as the server has it, in one line: `mail,condition(tag|),end`. */
async function shapeOf(page: Page): Promise<string> {
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const { draft } = (await askApi(page, 'GET', `/scenarios/${id}`)) as { draft: { steps: readonly Named[] } }
  const over = (steps: readonly Named[]): string =>
    steps
      .map((one) => (one.branches?.length ? `${one.kind}(${one.branches.map(({ steps: inside }) => over(inside)).join('|')})` : one.kind))
      .join()
  return over(draft.steps)
}

/** Waits until the draft is saved and looks like this. */
const becomes = (page: Page, shape: string): Promise<void> => expect.poll(() => shapeOf(page), { timeout: 10_000 }).toBe(shape)

/** A new scenario without steps, its canvas in focus. */
async function blank(page: Page, name: string): Promise<void> {
  const { id } = (await askApi(page, 'POST', '/scenarios', { name, starter: 'blank' })) as { id: string }
  await page.goto(`${product.url}/scenarios/${id}`)
  await page.locator('.react-flow__node[data-id=end]').waitFor()
  await page.locator('section.sc-canvas').focus()
}

/** Adds a step behind what is selected, found by its words. */
async function add(page: Page, words: string): Promise<void> {
  await page.keyboard.press('+')
  await page.getByRole('dialog').getByLabel('ステップを探す').waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('section.sc-canvas').focus()
}

test('NUR-02 NUR-16 a scenario is built with the keyboard alone: added, moved, undone, copied into another one, mended where it says so, and published', async () => {
  const { page } = watched
  await blank(page, '元のシナリオ')
  await add(page, '手動')
  await add(page, 'タグを付ける')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.locator('.sc-inspector').getByLabel('タグ', { exact: true }).fill('見込み')
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => document.activeElement?.classList.contains('sc-canvas'))).toBe(true)
  await add(page, 'A/B')
  await becomes(page, 'tag,split(|)')

  // The tag goes into the second way, and back by undo; taken up with M, its places are walked with the arrows.
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('m')
  await page.locator('.sc-banner').getByText('「A」').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.locator('.sc-banner').getByText('「B」').waitFor()
  await page.keyboard.press('Enter')
  await becomes(page, 'split(|tag)')
  await page.keyboard.press('Control+z')
  await becomes(page, 'tag,split(|)')
  await page.keyboard.press('Control+Shift+z')
  await becomes(page, 'split(|tag)')

  // Copied with its ways into another scenario, where what is not finished says so at its node.
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Control+c')
  await page.getByText('2ステップをコピーしました').waitFor()
  await blank(page, '写し先')
  await page.keyboard.press('Control+v')
  await becomes(page, 'split(|tag)')
  await page.keyboard.press('Control+d')
  await becomes(page, 'split(|tag),split(|tag)')
  await page.keyboard.press('Delete')
  await becomes(page, 'split(|tag)')
  expect(await page.locator('.react-flow__node[data-id=start] .problem').innerText()).toBe('きっかけを1つ以上選んでください')
  await page.getByRole('button', { name: '1か所を直すと公開できます' }).click()
  await page.getByRole('button', { name: 'きっかけを追加' }).click()
  await page.locator('.sc-inspector').getByLabel('きっかけ', { exact: true }).click()
  await page.getByRole('option', { name: '手動・API' }).click()
  await page.getByRole('button', { name: '公開', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '公開', exact: true }).click()
  await page.getByText('バージョン1を公開しました').waitFor()
  expect(watched.faults).toEqual([])
}, 60_000)

test('NUR-02 a step is dragged to another place with the mouse', async () => {
  const { page } = watched
  await blank(page, 'つかむ')
  for (const words of ['タグを付ける', '点数を加算', '項目を変更']) await add(page, words)
  await becomes(page, 'tag,points,field')
  const middle = async (at: number) => {
    const box = await page.locator('.react-flow__node.step').nth(at).boundingBox()
    if (!box) throw new Error('no such node')
    return { x: box.x + box.width / 2, y: box.y + box.height / 2, under: box.y + box.height + 30 }
  }
  const [from, to] = [await middle(0), await middle(2)]
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + 10, from.y + 20, { steps: 3 })
  await page.mouse.move(to.x, to.under, { steps: 6 })
  await page.locator('.sc-bar').waitFor()
  await page.mouse.up()
  await becomes(page, 'points,field,tag')
  expect(watched.faults).toEqual([])
}, 60_000)

test('NUR-02 the editor shuts nobody out: canvas, palette, inspector and the list on a phone without a serious finding, in both schemes', async () => {
  const { page } = watched
  await page.evaluate(AXE)
  const wrong: string[] = []
  const look = async (where: string) => {
    await calm(page)
    const found = await page.evaluate(async () => {
      const axe = (window as unknown as { axe: { run(root: Document): Promise<{ violations: Finding[] }> } }).axe
      interface Finding {
        id: string
        impact: string | null
        nodes: { target: string[] }[]
      }
      return (await axe.run(document)).violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    })
    wrong.push(...found.map((line) => `${where}: ${line}`))
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForFunction((scheme) => document.documentElement.dataset['mantineColorScheme'] === scheme, colorScheme)
    await page.locator('.react-flow__node.step').first().click()
    await look(`canvas ${colorScheme}`)
    await page.locator('section.sc-canvas').focus()
    await page.keyboard.press('+')
    await page.getByRole('dialog').waitFor()
    await look(`palette ${colorScheme}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await look('list')
  expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false)
  expect(wrong).toEqual([])
}, 60_000)
