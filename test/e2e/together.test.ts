// Two people in one scenario, and somebody who leaves it at once: no word is lost, and a conflict says how to go on.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Product, startProduct } from '../product.ts'
import { openBrowser, openPage, type WatchedPage } from './browser.ts'
import { askApi, setUp } from './office.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-together-'))
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

interface Saved {
  readonly name: string
  readonly revision: number
  readonly draft: { readonly steps: readonly { readonly tag?: string }[] }
}
const steps = (tag: string) => [{ kind: 'tag', id: 'a', tag }]
const savedNow = async (page: Page, id: string): Promise<Saved> => (await askApi(page, 'GET', `/scenarios/${id}`)) as unknown as Saved

/** A colleague saves the scenario, with this tag as its only step. */
async function colleague(page: Page, id: string, tag: string): Promise<void> {
  const { name, revision, draft } = await savedNow(page, id)
  await askApi(page, 'PUT', `/scenarios/${id}`, { name, revision, graph: { ...draft, steps: steps(tag) } })
}

async function opened(page: Page, name: string): Promise<string> {
  const { id } = (await askApi(page, 'POST', '/scenarios', { name, starter: 'blank' })) as { id: string }
  await colleague(page, id, 'はじめ')
  await page.goto(`${product.url}/scenarios/${id}`)
  await page.locator('.react-flow__node[data-id=a]').waitFor()
  return id
}

const nameField = (page: Page) => page.getByLabel('シナリオ名')
const saysTag = (page: Page, tag: string) => page.locator('.react-flow__node[data-id=a]').getByText(tag, { exact: false }).waitFor()
const tagOf = async (page: Page, id: string) => (await savedNow(page, id)).draft.steps[0]?.tag

test('NUR-02 what was changed right before the page is left is saved', async () => {
  const { page } = watched
  const id = await opened(page, '去り際')
  await nameField(page).fill('去り際に改名')
  await page.getByRole('link', { name: 'セグメント', exact: true }).click()
  await expect.poll(async () => (await savedNow(page, id)).name, { timeout: 10_000 }).toBe('去り際に改名')
})

test('NUR-02 what a colleague saves is shown at once, a conflict offers both ways out, and undo brings back what was given up', async () => {
  const { page } = watched
  const id = await opened(page, '二人のシナリオ')
  await colleague(page, id, '同僚の一')
  await saysTag(page, '同僚の一')

  // Both change it within the same moment: the colleague is first.
  let isFirst = true
  await page.route('**/api/scenarios/*', async (route) => {
    if (isFirst && route.request().method() === 'PUT') {
      isFirst = false
      await colleague(page, id, '同僚の二')
    }
    await route.continue()
  })
  await page.locator('.react-flow__node[data-id=a]').click()
  await page.getByLabel('タグ', { exact: true }).fill('わたし')
  await page.getByRole('button', { name: '保存された内容を読み込む' }).click()
  await saysTag(page, '同僚の二')
  expect(await tagOf(page, id)).toBe('同僚の二')

  await page.getByRole('button', { name: '元に戻す' }).first().click()
  await expect.poll(() => tagOf(page, id), { timeout: 10_000 }).toBe('わたし')
})

test('NUR-02 what the page refuses by itself, and what stands in the way of the server, are said in words and not as “try again”', async () => {
  const { page } = watched
  const { id } = (await askApi(page, 'POST', '/segments', {
    name: '読まれる側',
    rule: { kind: 'fact', fact: 'mail', is: { op: 'notEmpty' } },
  })) as { id: string }
  await askApi(page, 'POST', '/segments', { name: '読む側', rule: { kind: 'segment', segment: id, isIn: true } })
  await page.goto(`${product.url}/segments/${id}`)
  await page.getByRole('button', { name: 'セグメントを削除' }).click()
  await page.getByRole('menuitem', { name: 'セグメントを削除' }).click()
  await page.getByText('ほかのセグメントの条件で使われています').waitFor()
  expect(await page.getByText('読み込み直してから').count()).toBe(0)

  await opened(page, '貼り付け')
  await page.locator('section.sc-canvas').focus()
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', 'これはステップではない')
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.getByText('クリップボードにステップがありません').waitFor()
})

const rule = (points: number, label: string) => ({
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'behaviour',
  label,
  match: { event: 'page.viewed', filters: [] },
  points,
  limit: { kind: 'each' },
  expiresDays: null,
})
const settings = { recentDays: 30, halfLifeDays: null, heatBy: 'total', hotAt: 25, warmAt: 10, ranks: [] }
interface Scores {
  readonly items: readonly { readonly draft: { readonly rules: readonly { readonly label: string }[] } | null }[]
}
interface ShownSegment {
  readonly rule: { readonly rules: readonly { readonly is: { readonly value: string } }[] }
  readonly filling: Pick<ShownSegment, 'rule'> | null
  readonly description: string
}

test('QUA-01 a colleague’s rules of a score are not overwritten unseen: both ways out are offered, and undo brings back what was given up', async () => {
  const { page } = watched
  const saved = async () => ((await askApi(page, 'GET', '/scores')) as Scores).items[0]?.draft?.rules[0]?.label
  const colleagueSaves = (label: string) => askApi(page, 'PUT', '/scores/main/draft', { rules: [rule(5, label)], settings })
  await colleagueSaves('はじめ')
  await page.goto(`${product.url}/scores`)
  const label = page.getByLabel('名前（任意）').first()
  await expect.poll(() => label.inputValue(), { timeout: 10_000 }).toBe('はじめ')

  // Nothing of one's own on the screen: what a colleague saves is there at once.
  await colleagueSaves('同僚の一')
  await expect.poll(() => label.inputValue(), { timeout: 10_000 }).toBe('同僚の一')

  await label.fill('わたし')
  await colleagueSaves('同僚の二')
  await page.getByRole('button', { name: '下書きを保存' }).click()
  await page.getByText('ほかの人がこのスコアのルールを変えました').waitFor()
  expect([await label.inputValue(), await saved()]).toEqual(['わたし', '同僚の二'])
  await page.getByRole('button', { name: '保存された内容を読み込む' }).click()
  await expect.poll(() => label.inputValue(), { timeout: 10_000 }).toBe('同僚の二')
  await page.getByRole('button', { name: '元に戻す' }).click()
  expect(await label.inputValue()).toBe('わたし')

  await colleagueSaves('同僚の三')
  await page.getByRole('button', { name: '下書きを保存' }).click()
  await page.getByRole('button', { name: '自分の内容で上書きする' }).click()
  await expect.poll(saved, { timeout: 10_000 }).toBe('わたし')
})

test('QUA-21 a colleague’s proposal of what an MQL is is not overwritten unseen', async () => {
  const { page } = watched
  const propose = (note: string) =>
    askApi(page, 'PUT', '/mql/proposal', { rule: { kind: 'fact', fact: 'mail', is: { op: 'notEmpty' } }, note })
  const proposed = async () => ((await askApi(page, 'GET', '/mql')) as { proposed: { note: string } | null }).proposed?.note
  await propose('はじめ')
  await page.goto(`${product.url}/mql`)
  await page.getByRole('button', { name: '提案を直す' }).click()
  await page.locator('textarea').first().fill('わたし')
  await propose('同僚')
  await page.getByRole('button', { name: '提案する' }).click()
  await page.getByText('ほかの人がMQLの定義を変えました').waitFor()
  await page.getByRole('button', { name: '保存された内容を読み込む' }).click()
  await expect.poll(() => page.locator('textarea').first().inputValue(), { timeout: 10_000 }).toBe('同僚')
  await page.getByRole('button', { name: '元に戻す' }).click()
  await page.getByRole('button', { name: '提案する' }).click()
  await expect.poll(proposed, { timeout: 10_000 }).toBe('わたし')
})

test('QUA-14 a colleague’s conditions of a segment are not overwritten unseen: both ways out are offered, undo brings back what was given up', async () => {
  const { page } = watched
  const titleIs = (value: string) => ({ kind: 'and', rules: [{ kind: 'fact', fact: 'title', is: { op: 'eq', value } }] })
  const { id } = (await askApi(page, 'POST', '/segments', { name: '二人のセグメント', rule: titleIs('はじめ') })) as { id: string }
  const colleagueSaves = (value: string) =>
    askApi(page, 'PATCH', `/segments/${id}`, { rule: titleIs(value), description: `${value}のメモ` })
  const saved = async () => {
    const { rule, filling, description } = (await askApi(page, 'GET', `/segments/${id}`)) as ShownSegment
    return [(filling?.rule ?? rule).rules[0]?.is.value, description]
  }
  await page.goto(`${product.url}/segments/${id}/edit`)
  const [value, note] = [page.getByLabel('値', { exact: true }), page.getByLabel('メモ', { exact: true })]
  const shown = async () => [await value.inputValue(), await note.inputValue()]
  const [theirs, mine] = ['保存された内容を読み込む', '自分の内容で上書きする'].map((name) => page.getByRole('button', { name }))
  const refused = async () => {
    await page.getByRole('button', { name: '保存して計算を始める' }).press('Enter')
    await page.getByText('ほかの人がこのセグメントの条件を変えました').waitFor()
  }
  await value.fill('わたし')
  await note.fill('わたしのメモ')
  await colleagueSaves('同僚')
  await refused()
  expect([await shown(), await saved()]).toEqual([
    ['わたし', 'わたしのメモ'],
    ['同僚', '同僚のメモ'],
  ])

  // The ways out stand right behind the button that was refused.
  await page.keyboard.press('Tab')
  await expect.poll(() => theirs?.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(shown, { timeout: 10_000 }).toEqual(['同僚', '同僚のメモ'])
  expect(await theirs?.count()).toBe(0)
  await page.getByRole('button', { name: '元に戻す' }).click()
  await expect.poll(shown, { timeout: 10_000 }).toEqual(['わたし', 'わたしのメモ'])

  // Ours goes on what the colleague has by then, not on what was loaded before.
  await colleagueSaves('同僚の二')
  await refused()
  await mine?.press('Enter')
  await page.waitForURL(`**/segments/${id}`)
  expect(await saved()).toEqual(['わたし', 'わたしのメモ'])
})

test('NUR-05 a colleague’s words of a template are not overwritten unseen: both ways out are offered, undo brings back what was given up', async () => {
  const { page } = watched
  const letter = (subject: string) => ({
    subject,
    blocks: [
      {
        id: 'a',
        kind: 'text',
        doc: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: `${subject}の本文` }] }] },
      },
    ],
  })
  const { id } = (await askApi(page, 'POST', '/templates', { name: '二人のテンプレート', draft: letter('はじめ') })) as { id: string }
  const saved = async () => ((await askApi(page, 'GET', `/templates/${id}`)) as { draft: { subject: string } }).draft.subject
  const colleagueSaves = (subject: string) =>
    askApi(page, 'PUT', `/templates/${id}`, { name: '二人のテンプレート', draft: letter(subject) })
  await page.goto(`${product.url}/templates/${id}`)
  const subject = page.getByLabel('件名', { exact: true })
  const [theirs, mine] = ['保存された内容を読み込む', '自分の内容で上書きする'].map((name) => page.getByRole('button', { name }))
  const refused = async () => {
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('ほかの人がこのテンプレートを保存しました').waitFor()
  }
  // The text is at work when the colleague's comes in its place.
  await subject.fill('わたし')
  await page.locator('.block').getByText('はじめの本文').click()
  await colleagueSaves('同僚')
  await refused()
  await page.locator('.block').getByText('はじめの本文').waitFor()
  expect(await saved()).toBe('同僚')
  // Whoever types on until the colleague's is there gets that back as well.
  const arrived = Promise.withResolvers<void>()
  const path = `**/api/templates/${id}`
  await page.route(path, (route) => arrived.promise.then(() => route.continue()))
  await theirs?.click()
  await subject.fill('わたしの続き')
  arrived.resolve()
  await page.locator('.block').getByText('同僚の本文').waitFor()
  await page.unroute(path)
  expect([await subject.inputValue(), await theirs?.count()]).toEqual(['同僚', 0])
  await page.getByRole('button', { name: '元に戻す' }).click()
  await page.locator('.block').getByText('はじめの本文').waitFor()
  expect(await subject.inputValue()).toBe('わたしの続き')

  // Ours goes on what the colleague has by then, not on what was loaded before.
  await colleagueSaves('同僚の二')
  await refused()
  await mine?.click()
  await expect.poll(saved, { timeout: 10_000 }).toBe('わたしの続き')
})

test('M6 what a colleague changed since stays when a version that was taken into the draft is taken back', async () => {
  const { page } = watched
  const { id } = (await askApi(page, 'POST', '/scenarios', { name: '版を取り込む', starter: 'blank' })) as { id: string }
  const { name, draft, revision } = await savedNow(page, id)
  const graph = { ...draft, triggers: [{ kind: 'manual', id: 't' }], steps: steps('はじめ') }
  const saved = (await askApi(page, 'PUT', `/scenarios/${id}`, { name, revision, graph })) as unknown as Saved
  await askApi(page, 'POST', `/scenarios/${id}/publish`, { revision: saved.revision })
  await colleague(page, id, 'いま')
  await page.goto(`${product.url}/scenarios/${id}?tab=versions`)
  await page.getByRole('button', { name: 'v1の操作' }).click()
  await page.getByRole('menuitem', { name: '下書きに取り込む' }).click()
  await expect.poll(() => tagOf(page, id), { timeout: 10_000 }).toBe('はじめ')
  const now = await savedNow(page, id)
  const theirs = { name: '同僚が直した', revision: now.revision, graph: { ...now.draft, steps: steps('同僚') } }
  await askApi(page, 'PUT', `/scenarios/${id}`, theirs)
  await expect.poll(() => nameField(page).inputValue(), { timeout: 10_000 }).toBe('同僚が直した')
  await page.getByRole('button', { name: '元に戻す' }).last().click()
  await page.getByText('そのあとに内容が変わったため').waitFor()
  expect(await tagOf(page, id)).toBe('同僚')
})
