// The product's whole promise in one browser: an anonymous visitor becomes a won deal, and every screen on the way moves by itself.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DemoState, OWNER_MAIL } from '../../src/demo/state.ts'
import { type Product, root, SECRET_KEY, startProduct } from '../product.ts'
import { freePort, until } from '../world.ts'
import { openBrowser, openPage, type WatchedPage } from './browser.ts'
import { smallDemo } from './demo.ts'
import { signIn } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-journey-'))
let product: Product
let browser: Browser
let demo: DemoState
let marketer: WatchedPage
let visitor: WatchedPage

beforeAll(async () => {
  const port = await freePort()
  demo = await smallDemo(dataDir, port)
  product = await startProduct({ dataDir, port, args: ['--demo'], build: true, within: 170_000 })
  browser = await openBrowser()
  marketer = await openPage(browser)
  visitor = await openPage(browser)
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const person = { company: '株式会社サンプル99', family: '旅路', given: '始', mail: 'tabiji@sample99.example.co.jp', title: '部長' }

async function read<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (url) => (await fetch(url)).json(), `/api${path}`) as Promise<T>
}

async function readPages(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await visitor.page.goto(`${product.url}/demo/${path}`)
    await visitor.page.waitForTimeout(60)
  }
}

interface Lead {
  readonly id: string
  readonly facts: Record<string, unknown>
}

const findLead = async (): Promise<Lead | undefined> =>
  (await read<{ items: Lead[] }>(marketer.page, `/leads?q=${encodeURIComponent(person.mail)}`)).items[0]

test('CAP-24 TRK-03 SAL-01 a visitor reads prices three times and sends the form: lead, heat and signal are there at once, without a reload', async () => {
  await signIn(marketer.page, product.url, OWNER_MAIL, demo.password)
  await marketer.page.goto(`${product.url}/signals`)
  await marketer.page.getByRole('heading', { name: 'シグナル' }).first().waitFor()
  await readPages(['', 'pricing', 'features', 'pricing', 'cases', 'pricing', 'cases', 'pricing', 'download'])
  const form = visitor.page.locator('[data-hagukumi-form]')
  await form.getByLabel('会社名').fill(person.company)
  await form.getByLabel('姓').fill(person.family)
  await form
    .getByLabel('名', { exact: true })
    .or(form.getByLabel(/^名(?!前)/))
    .first()
    .fill(person.given)
  await form.getByLabel('メールアドレス').fill(person.mail)
  await form.getByLabel('役職').fill(person.title)
  await form.locator('input[type=checkbox]').first().check()
  await visitor.page.waitForTimeout(2_500) // the form's own trap refuses what no person could type so fast
  await form.getByRole('button', { name: /送信/ }).click()
  await form.getByText(/ありがとうございます/).waitFor()
  await marketer.page.getByText(`${person.family} ${person.given}`).first().waitFor({ timeout: 10_000 })
  const lead = await until(findLead, { what: 'the lead in the list' })
  await until(async () => (await findLead())?.facts['score.main.heat'] === 'hot', { within: 5_000, what: 'the lead to be hot' })
  const { items } = await read<{ items: { name: string }[] }>(marketer.page, `/leads/${lead.id}/timeline?limit=100`)
  expect(items.filter((event) => event.name === 'page.viewed').length).toBeGreaterThanOrEqual(8)
})

test('NUR-04 TRK-13 the scenario has sent its mail; its link leads back to the site and the click is known', async () => {
  const { page } = marketer
  await page.goto(`${product.url}/mailbox`)
  await page.getByText(person.mail).first().click()
  const frame = page.frameLocator('iframe')
  const link = frame.getByRole('link', { name: '導入事例を見る' })
  const url = await link.getAttribute('href')
  expect(url).toMatch(/\/c\//)
  await page.waitForTimeout(2_500) // what is clicked within two seconds of sending was a machine
  await visitor.page.goto(url as string)
  await visitor.page.waitForURL(/\/demo\/cases/)
  const lead = await until(findLead)
  await until(
    async () =>
      (await read<{ items: { name: string }[] }>(page, `/leads/${lead.id}/timeline?limit=100`)).items.some(
        (event) => event.name === 'mail.clicked',
      ),
    { what: 'the click on the timeline' },
  )
})

test('SAL-07 QUA-22 the hand-off stands in the queue with its reason and is accepted', async () => {
  const { page } = marketer
  await page.goto(`${product.url}/handoffs`)
  const card = page.locator('article.handoff', { hasText: `${person.family} ${person.given}` })
  await card.getByText('ホットになったため').waitFor()
  await card.getByRole('button', { name: '引き受ける' }).click()
  await until(async () => (await findLead())?.facts['sales.stage'] === 'sql', { what: 'the stage SQL' })
})

test('CRM-08 CRM-09 KPI-05 a deal is made from it and won, and the dashboard moves', async () => {
  const { page } = marketer
  const lead = await until(findLead)
  const won = async () => JSON.stringify(await read(page, '/reports/dashboard?days=30'))
  const before = await won()
  await page.goto(`${product.url}/deals?add=yes&lead=${lead.id}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('金額（円）').fill('1200000')
  await drawer.getByRole('button', { name: '商談を作成' }).click()
  await page.getByText('商談を作成しました', { exact: true }).waitFor()
  await page.getByRole('button', { name: '受注にする' }).click()
  await until(async () => (await findLead())?.facts['sales.stage'] === 'customer', { what: 'the customer' })
  await until(async () => (await won()) !== before, { what: 'the dashboard to move' })
  await page.goto(`${product.url}/dashboard`)
  await page.getByText('受注').first().waitFor()
})

test('QUA-17 NUR-01 from a filtered list to the send button in three steps, and everybody on the list has the mail', async () => {
  const { page } = marketer
  const { items: segments } = await read<{ items: { id: string; name: string; members: number }[] }>(page, '/segments')
  const list = segments.find((segment) => segment.name === 'メルマガ配信対象')
  await page.goto(`${product.url}/newsletters?segment=${list?.id}`)
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: '次へ' }).click() // 1: whom
  await drawer
    .getByRole('combobox', { name: /テンプレート/ })
    .or(drawer.getByLabel(/テンプレート/))
    .first()
    .click()
  await page.getByRole('listbox').getByRole('option').first().click()
  await drawer.getByRole('button', { name: '次へ' }).click() // 2: what
  const send = drawer.getByRole('button', { name: /人に配信する/ })
  const reachable = Number(/\d+/.exec((await send.textContent()) ?? '')?.[0])
  await send.click() // 3: go
  expect(reachable).toBeGreaterThan(0)
  const sent = async () => (await read<{ items: { id: string; status: string }[] }>(page, '/newsletters')).items[0]
  const newsletter = await until(
    async () => {
      const one = await sent()
      return one?.status === 'finished' ? one : undefined
    },
    { within: 30_000, what: 'the newsletter to be through' },
  )
  const { items: mails } = await read<{ items: unknown[] }>(page, `/newsletters/${newsletter.id}/report/people?of=sent&limit=200`)
  expect(mails).toHaveLength(reachable)
})

test('GEN-13 a key of the command line opens the demo when it is made for the demo, and else says for whose data it is', async () => {
  const make = (...more: string[]) =>
    spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), 'keys', 'create', '--name', 'try', '--scope', 'read', ...more], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', DATA_DIR: dataDir, SECRET_KEY },
    })
  const status = async (key: string) =>
    (await fetch(`${product.url}/api/leads`, { headers: { authorization: `Bearer ${key.trim()}` } })).status
  const forDemo = make('--demo')
  expect(forDemo).toMatchObject({ status: 0, stdout: expect.stringMatching(/^hgk_[\w-]{43}\n$/), stderr: '' })
  expect(await status(forDemo.stdout)).toBe(200)
  const forOwn = make()
  expect(forOwn).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^hgk_[\w-]{43}\n$/),
    stderr: expect.stringContaining('add --demo'),
  })
  expect(await status(forOwn.stdout)).toBe(401)
})

test('X1 nothing went wrong in the pages on the way', () => {
  expect([...marketer.faults, ...visitor.faults]).toEqual([])
})
