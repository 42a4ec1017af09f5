// Hands on the way through a scenario, as a marketer has them: moved, hurried, taken out and put back, tried again; a second version with a map, and back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { openBrowser, openPage, type WatchedPage } from './browser.ts'
import { askApi, setUp } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-scenario-people-'))
let product: Product
let browser: Browser
let watched: WatchedPage
let id = ''
let template = ''
const NAMES = ['佐藤', '鈴木', '高橋', '田中'] as const
const leads = new Map<string, string>()

const days = (step: string, name: string) => ({
  kind: 'wait',
  id: step,
  name,
  until: { kind: 'for', amount: 30, unit: 'days', businessHours: false },
})
const tag = (step: string, name: string) => ({ kind: 'tag', id: step, name, tag: name, remove: false })

beforeAll(async () => {
  product = await startProduct({ dataDir, build: true, within: 170_000 })
  browser = await openBrowser()
  watched = await openPage(browser, { reducedMotion: 'reduce' })
  const { page } = watched
  await setUp(page, product.url)
  const company = { address: '東京都千代田区見本町1-2', contactEmail: 'info@example.co.jp', senderEmail: 'news@example.co.jp' }
  await askApi(page, 'PATCH', '/company', company)
  // The test may run at night.
  const caps = (await askApi(page, 'GET', '/mail-caps')) as { hours: object }
  await askApi(page, 'PUT', '/mail-caps', { ...caps, hours: { ...caps.hours, isOn: false } })
  const draft = { subject: 'ご案内', preheader: '', blocks: [{ id: 'f', kind: 'footer', note: '' }] }
  template = ((await askApi(page, 'POST', '/templates', { name: 'ご案内', draft })) as { id: string }).id
  for (const name of NAMES) {
    const lead = { mail: `${leads.size}@sample${leads.size}.example.co.jp`, fields: { familyName: name, givenName: '花子' } }
    leads.set(name, ((await askApi(page, 'POST', '/leads', lead)) as { id: string }).id)
  }
  const made = (await askApi(page, 'POST', '/scenarios', { name: '手で動かす', starter: 'blank' })) as Detail
  id = made.id
  const mail = { kind: 'mail', id: 'm', name: '案内を送る', template, purpose: 'marketing' }
  await save(page, [days('w', '最初の待ち'), tag('a', '一つ目'), days('v', '次の待ち'), mail, days('z', '最後の待ち')])
  const { revision } = await detail(page)
  await askApi(page, 'POST', `/scenarios/${id}/publish`, { revision })
  await askApi(page, 'POST', `/scenarios/${id}/enter`, { people: [...leads.values()] })
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Detail {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly draft: { readonly triggers: readonly object[]; readonly steps: readonly object[] }
}
const detail = (page: Page) => askApi(page, 'GET', `/scenarios/${id}`) as Promise<Detail>

async function save(page: Page, steps: readonly object[]): Promise<void> {
  const { name, draft, revision } = await detail(page)
  const graph = { ...draft, triggers: [{ kind: 'manual', id: 't' }], steps }
  await askApi(page, 'PUT', `/scenarios/${id}`, { name, graph, revision })
}

/** Where everybody stands: name → step and version, `null` when the run is over. */
async function standing(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [name, person] of leads) {
    const { items } = (await askApi(watched.page, 'GET', `/scenario-runs?person=${person}`)) as {
      items: { step: string | null; version: number; how: string | null }[]
    }
    found[name] = items[0] ? `${items[0].step ?? items[0].how}@${items[0].version}` : 'nowhere'
  }
  return found
}
const becomes = (where: Record<string, string>): Promise<void> => expect.poll(standing, { timeout: 15_000 }).toMatchObject(where)

const mailsSent = async (): Promise<number> => {
  const { mails } = (await askApi(watched.page, 'GET', `/scenarios/${id}/counts`)) as { mails: { sent: number }[] }
  return mails[0]?.sent ?? 0
}

/** The people panel at one of its places. */
async function openPlace(page: Page, place: string): Promise<void> {
  await page.goto(`${product.url}/scenarios/${id}?tab=people`)
  await page.getByRole('navigation', { name: '表示する人' }).getByRole('button', { name: place }).click()
  await page.locator('section.card').getByRole('heading', { name: place }).waitFor()
}

/** What can be done about somebody in the list. */
async function act(page: Page, name: string, verb: string): Promise<void> {
  const line: Locator = page.locator('.sc-person').filter({ hasText: name })
  await line.getByRole('button', { name: '操作' }).click()
  await page.getByRole('menuitem', { name: verb }).click()
}

test('NUR-02 GEN-07 people are moved to another step, hurried, taken out and put back by hand, each with its way back', async () => {
  const { page } = watched
  await becomes(Object.fromEntries(NAMES.map((name) => [name, 'w@1'])))
  await openPlace(page, '最初の待ち')
  await act(page, '佐藤', '別のステップへ移す')
  await page.getByRole('menuitem', { name: '次の待ち' }).click()
  await page.getByText('1人を「次の待ち」へ移しました。').waitFor()
  await becomes({ 佐藤: 'v@1', 鈴木: 'w@1' })
  await page.getByRole('button', { name: '元に戻す' }).click()
  await becomes({ 佐藤: 'w@1' })
  await page.locator('.sc-person').filter({ hasText: '佐藤' }).waitFor()
  await act(page, '鈴木', '待たずに先へ進める')
  await page.getByText('1人を先へ進めました。').waitFor()
  await becomes({ 鈴木: 'v@1' })
  await act(page, '高橋', 'このシナリオから外す')
  await becomes({ 高橋: 'stopped@1' })
  await page.getByText('1人をシナリオから外しました。').waitFor()
  await page.getByRole('button', { name: '元に戻す' }).last().click()
  await becomes({ 高橋: 'w@1', 佐藤: 'w@1', 鈴木: 'v@1' })
  expect(watched.faults).toEqual([])
}, 90_000)

test('GEN-07 a mail that could not go says why at the person, and goes out when it is tried again after that is mended', async () => {
  const { page } = watched
  await openPlace(page, '次の待ち')
  await act(page, '鈴木', '待たずに先へ進める')
  await becomes({ 鈴木: 'z@1' })
  await openPlace(page, '最後の待ち')
  const line = page.locator('.sc-person').filter({ hasText: '鈴木' })
  await line.getByText('送信の同意がない').waitFor()
  await askApi(page, 'POST', `/leads/${leads.get('鈴木')}/basis`, { basis: 'consent', text: '口頭で同意' })
  await act(page, '鈴木', 'もう一度試す')
  await page.getByText('1人をもう一度試しました。').waitFor()
  await line.getByText('送信の同意がない').waitFor({ state: 'detached' })
  await expect.poll(mailsSent, { timeout: 15_000 }).toBe(1)
  await becomes({ 鈴木: 'z@1' })
  await page.goto(`${product.url}/mailbox`)
  await page.getByText('ご案内').first().waitFor()
  expect(watched.faults).toEqual([])
}, 90_000)

test('M6 a second version is published with a map for whoever is on the way, and the first is brought back with everybody', async () => {
  const { page } = watched
  // The first wait is no more: who stands there is sent to another by hand, the others where it is proposed.
  await save(page, [tag('a', '一つ目'), days('v', '次の待ち'), days('n', '新しい待ち')])
  await page.goto(`${product.url}/scenarios/${id}`)
  await page.getByRole('button', { name: '公開', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: '新しい版に移す' }).check()
  const place = dialog.getByRole('combobox', { name: /最初の待ち.*移る先/ })
  await place.click()
  await page.getByRole('option', { name: /新しい待ち/ }).click()
  await dialog.getByText('待ちを続ける').first().waitFor()
  await dialog.getByRole('button', { name: '公開', exact: true }).click()
  await page.getByText('バージョン2を公開しました').waitFor()
  await becomes({ 佐藤: 'n@2', 高橋: 'n@2', 田中: 'n@2' })

  await page.goto(`${product.url}/scenarios/${id}?tab=versions`)
  await page.getByRole('button', { name: 'v1の操作' }).click()
  await page.getByRole('menuitem', { name: 'この版に戻す' }).click()
  const back = page.getByRole('dialog')
  await back.getByRole('combobox', { name: /新しい待ち.*移る先/ }).click()
  await page.getByRole('option', { name: /最初の待ち/ }).click()
  await back.getByRole('button', { name: 'この版に戻す' }).click()
  await page.getByText('v1に戻しました').waitFor()
  await becomes({ 佐藤: 'w@3', 高橋: 'w@3', 田中: 'w@3' })
  await page.locator('.sv-line').filter({ hasText: 'v3' }).getByText('公開中').waitFor()
  expect(watched.faults).toEqual([])
}, 90_000)
