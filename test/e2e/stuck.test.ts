// Whom a fault stopped is shown, with the reason and the way on.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '#kernel/db/open.ts'
import { type Product, startProduct } from '../product.ts'
import { openBrowser, openPage, type WatchedPage } from './browser.ts'
import { askApi, setUp } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-stuck-'))
let product: Product
let browser: Browser
let watched: WatchedPage

beforeAll(async () => {
  product = await startProduct({ dataDir, build: true, within: 170_000 })
  browser = await openBrowser()
  watched = await openPage(browser, { reducedMotion: 'reduce' })
  await setUp(watched.page, product.url)
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** As a fault does it. */
async function stop(ids: readonly string[], reason: string): Promise<void> {
  const database = await openDatabase({ databaseUrl: null, dataDir, connections: 1 })
  await database.pool.query('UPDATE pulse SET parked_reason = $1, parked_at = now(), due_at = NULL WHERE person_id = ANY($2::uuid[])', [
    reason,
    ids,
  ])
  await database.close()
}
const healthy = async () => (await (await fetch(`${product.url}/health`)).json()) as { status: string; stuck: number }

test('X2 whom a fault stopped is counted in /health, told on their page and in a list, and goes on from both', async () => {
  const { page } = watched
  await page.goto(`${product.url}/settings/stuck`)
  await page.getByText('止まっている人はいません').waitFor()
  expect(await healthy()).toMatchObject({ status: 'ok', stuck: 0 })

  const ids: string[] = []
  for (const familyName of ['小林', '佐藤', '高橋']) {
    const made = await askApi(page, 'POST', '/leads', { fields: { familyName, companyName: '北斗精密工業株式会社' } })
    ids.push((made as { id: string }).id)
  }
  await stop(ids.slice(0, 2), 'TypeError: x is not a function')
  await stop(ids.slice(2), 'These rules feed each other: segment.entered “価格を見た人” ⇄ score.changed. Stopped after 20 rounds.')
  expect(await healthy()).toMatchObject({ status: 'ok', stuck: 3 })

  await page.goto(`${product.url}/leads/${ids[2]}`)
  await page.getByText('この人の処理が止まっています').waitFor()
  await page.getByText('segment.entered “価格を見た人” ⇄ score.changed').waitFor()
  await page.getByRole('button', { name: 'もう一度試す' }).click()
  await page.getByText('この人の処理が止まっています').waitFor({ state: 'detached' })
  await expect.poll(healthy, { timeout: 10_000 }).toMatchObject({ status: 'ok', stuck: 2 })

  await page.goto(`${product.url}/settings/stuck`)
  await page.getByText('TypeError: x is not a function').first().waitFor()
  await page.getByRole('button', { name: '全員をもう一度試す' }).click()
  await page.getByText('止まっている人はいません').waitFor()
  await expect.poll(healthy, { timeout: 10_000 }).toMatchObject({ stuck: 0 })
})
