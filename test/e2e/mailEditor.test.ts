// A mail is written in a real browser: with an IME and without one, looked at as several readers, and warned of what would harm it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, CDPSession, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Block, Draft } from '../../src/loop/deliver/template/contract.ts'
import { type Product, startProduct } from '../product.ts'
import { calm, openBrowser, openPage, type WatchedPage } from './browser.ts'
import { askApi, setUp } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-mail-'))
let product: Product
let browser: Browser
let watched: WatchedPage
let keys: CDPSession

beforeAll(async () => {
  product = await startProduct({ dataDir, build: true, within: 170_000 })
  browser = await openBrowser()
  watched = await openPage(browser, { reducedMotion: 'reduce' })
  watched.page.setDefaultTimeout(10_000)
  keys = await watched.context.newCDPSession(watched.page)
  await setUp(watched.page, product.url)
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const heading = (id: string, text: string, more: object = {}): Block => ({ id, kind: 'heading', level: 2, align: 'left', text, ...more })
const words = (id: string, ...text: string[]): Block => ({
  id,
  kind: 'text',
  doc: { type: 'doc', content: [{ type: 'paragraph', content: text.map((one) => ({ type: 'text', text: one })) }] },
})
/** A saved template, open in its editor. */
async function opened(page: Page, blocks: readonly Block[]): Promise<string> {
  const draft = { subject: '秋の特集', preheader: '', blocks }
  const { id } = (await askApi(page, 'POST', '/templates', { name: '見本', draft })) as { id: string }
  await page.goto(`${product.url}/templates/${id}`)
  await page.getByLabel('件名', { exact: true }).waitFor()
  return id
}
const saved = async (page: Page, id: string): Promise<Draft> => {
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('保存しました').first().waitFor()
  return ((await askApi(page, 'GET', `/templates/${id}`)) as { draft: Draft }).draft
}
const menuOf = (page: Page) => page.getByLabel('項目を探す')

/** Writes as an IME does, letter by letter; until it is confirmed nothing opens and the focus stays. */
async function compose(page: Page, field: Locator, steps: readonly string[], confirmed: string): Promise<void> {
  for (const text of steps) {
    await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    await calm(page)
    expect([text, await menuOf(page).isVisible(), await field.evaluate((el) => el.contains(document.activeElement))]).toEqual([
      text,
      false,
      true,
    ])
  }
  await keys.send('Input.insertText', { text: confirmed })
}
/** Searches the open menu for a field, and takes it. */
async function take(page: Page, field: string): Promise<void> {
  await menuOf(page).waitFor()
  await expect.poll(() => menuOf(page).evaluate((el) => el === document.activeElement)).toBe(true)
  expect(await page.locator('.field-option').count()).toBeGreaterThan(5)
  await page.keyboard.type(field)
  await expect.poll(() => page.locator('.field-option').count()).toBe(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await menuOf(page).waitFor({ state: 'hidden' })
}

const WAYS = [
  ['＃ confirmed by itself', ['＃'], '＃', ''],
  ['＃ behind kana that are converted', ['か', 'かい', 'かいしゃ', 'かいしゃ＃', '会社＃'], '会社＃', '会社'],
  ['a typed #', [], '#', ''],
] as const

test.for(WAYS)(
  'NUR-07 in a text block %s opens the merge fields, and the field stands in the draft',
  async ([, steps, confirmed, left]) => {
    const { page } = watched
    const id = await opened(page, [words('a', 'こんにちは')])
    const box = page.getByRole('textbox', { name: '本文' })
    await box.click()
    await page.keyboard.press('End')
    if (steps.length) await compose(page, box, steps, confirmed)
    else await page.keyboard.type(confirmed)
    await take(page, 'lead.company')
    const { blocks } = await saved(page, id)
    expect(blocks[0]).toMatchObject({
      doc: { content: [{ content: [{ text: `こんにちは${left}` }, { type: 'mergeField', attrs: { field: 'lead.company' } }] }] },
    })
    expect(watched.faults).toEqual([])
  },
)

test.for(WAYS)('NUR-07 in the subject %s opens the merge fields, and the field stands in the draft', async ([, steps, confirmed, left]) => {
  const { page } = watched
  const id = await opened(page, [words('a', 'こんにちは')])
  const line = page.getByLabel('件名', { exact: true })
  await line.click()
  await page.keyboard.press('End')
  if (steps.length) await compose(page, line, steps, confirmed)
  else await page.keyboard.type(confirmed)
  await take(page, 'lead.company')
  expect(await line.inputValue()).toBe(`秋の特集${left}{{ lead.company }}`)
  expect((await saved(page, id)).subject).toBe(`秋の特集${left}{{ lead.company }}`)
  expect(watched.faults).toEqual([])
})

test('NUR-20 the preview shows every block of a made-up lead by the segments they are taken to be in', async () => {
  const { page } = watched
  const rule = { kind: 'fact', fact: 'title', is: { op: 'eq', value: '部長' } }
  const segment = (await askApi(page, 'POST', '/segments', { name: '部長の方', rule })) as { id: string }
  const when = { kind: 'segment', segmentId: segment.id }
  await opened(page, [
    heading('a', '入っている人へ', { when: { ...when, isIn: true } }),
    heading('b', 'いない人へ', { when: { ...when, isIn: false } }),
  ])
  await page.getByText('プレビュー', { exact: true }).click()
  const sheet = page.frameLocator('iframe[title=プレビュー]')
  await sheet.getByText('入っている人へ').waitFor()
  await page.getByRole('group', { name: '見本の宛先が入っている' }).getByLabel('部長の方').uncheck()
  await sheet.getByText('いない人へ').waitFor()
  expect(await sheet.getByText('入っている人へ').count()).toBe(0)
})

test('NUR-01 what would harm a mail is said where it is written, and leads to the block', async () => {
  const { page } = watched
  const picture = { id: 'p', kind: 'image', src: `${product.url}/a.png`, alt: '', width: 552 } as const
  await opened(page, [words('a', 'こんにちは'), picture])
  const line = page.locator('.inspector').getByRole('listitem').filter({ hasText: '代替テキストのない画像があります' })
  await line.getByRole('button', { name: 'ブロック2' }).click()
  await page.getByLabel('代替テキスト').fill('会場の写真')
  await page.locator('.canvas').click({ position: { x: 4, y: 4 } })
  await page.locator('.inspector').getByText('法定表示のブロックがありません').waitFor()
  await expect.poll(() => line.count()).toBe(0)
})
