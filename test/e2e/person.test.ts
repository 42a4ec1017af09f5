// A colleague's day with one lead, in a browser: the phone rings, what was said stands on the page, and a task says when it is due.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { openBrowser, openPage, type WatchedPage } from './browser.ts'
import { setUp } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-person-'))
let product: Product
let browser: Browser
let seller: WatchedPage

beforeAll(async () => {
  product = await startProduct({ dataDir, build: true, within: 170_000 })
  browser = await openBrowser()
  seller = await openPage(browser)
  await setUp(seller.page, product.url)
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

test('CAP-27 CRM-14 CRM-16 a caller becomes a lead from the number alone, a note and a task are keys away, and the task says when it is due', async () => {
  const { page } = seller
  await page.goto(`${product.url}/call?number=0354128890`)
  await page.getByText('この番号の人はまだ登録されていません').waitFor()
  await page.getByLabel('会社名').fill('北斗精密工業株式会社')
  await page.getByLabel('姓', { exact: true }).fill('小林')
  await page.getByLabel('内容').fill('料金の問い合わせ')
  await page.getByRole('button', { name: '記録する' }).click()
  await page.waitForURL(/leads\/[0-9a-f-]{36}$/)
  await page.getByText('見本 太郎が電話を受けました').waitFor()
  await page.locator('.story').getByText('電話', { exact: true }).waitFor()

  // By keyboard: a note.
  await page.locator('.ev').first().waitFor()
  await page.keyboard.press('n')
  await page.getByRole('dialog').getByLabel('内容').fill('紙の帳票が多い')
  await page.getByRole('dialog').getByRole('button', { name: '記録する' }).click()
  await page.locator('.notes').getByText('紙の帳票が多い').waitFor()
  await page.locator('.tl').getByText('紙の帳票が多い').waitFor()
  await page.keyboard.press('j')
  expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-entry'))).toBe(true)

  // Removed, and taken back.
  await page.locator('.notes').getByRole('button').click()
  await page.getByRole('menuitem', { name: '削除' }).click()
  await page.locator('.notes').getByText('紙の帳票が多い').waitFor({ state: 'detached' })
  const toast = page.locator('.mantine-Notification-root', { hasText: 'メモを削除しました' })
  await toast.getByRole('button', { name: '元に戻す' }).click()
  await page.locator('.notes').getByText('紙の帳票が多い').waitFor()

  // A task that falls due in a moment is told of wherever one is.
  const lead = page.url().split('/').at(-1) as string
  await page.goto(`${product.url}/tasks`)
  await page.getByText('期限のあるタスクはありません').waitFor()
  await page.evaluate(async (leadId) => {
    const body = { leadId, title: '折り返し電話', dueAt: new Date(Date.now() + 2_000).toISOString() }
    await fetch('/api/tasks', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }, lead)
  await page.locator('.tasks').getByText('折り返し電話').waitFor()
  await page.getByText('期限になりました：折り返し電話').waitFor({ timeout: 10_000 })

  await page.goto(`${product.url}/leads/${lead}/brief`)
  await page.getByText('紙の帳票が多い').waitFor()
  await page.goto(`${product.url}/call?number=${encodeURIComponent('+81 3-5412-8890')}`)
  await page.getByText('北斗精密工業株式会社').waitFor()
  expect(seller.faults).toEqual([])
})

test('CRM-06 CRM-02 the postal code fills in the address of a company as it does for a lead, and leaves alone what was typed', async () => {
  const { page } = seller
  await page.goto(`${product.url}/companies`)
  await page.getByRole('button', { name: '会社を追加' }).first().click()
  await page.getByLabel('会社名').fill('株式会社見本')
  await page.getByLabel('番地・建物').fill('大手町1-1')
  await page.getByLabel('郵便番号').fill('１００−０００５')
  await page.getByText('住所を入力しました').waitFor()
  expect(await page.getByLabel('市区町村').inputValue()).toBe('千代田区')
  expect(await page.getByLabel('番地・建物').inputValue()).toBe('大手町1-1')
  await page.getByLabel('郵便番号').fill('000-0000')
  await page.getByText('この郵便番号の住所は見つかりません').waitFor()
})
