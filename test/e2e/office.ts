// The admin as its users enter it: set up, signed in, and asked through the session of the page.
import type { Page } from 'playwright-core'

const OWNER = {
  name: '見本 太郎',
  email: 'owner@example.co.jp',
  password: 'correct horse battery',
  language: 'ja',
  company: { legalName: '株式会社見本' },
}

/** Signs in with the keyboard, and is on the dashboard. */
export async function signIn(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('メールアドレス').fill(email)
  await page.locator('input[type=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL(/dashboard/)
}

/** Sets up a product without anybody, and signs its owner in. */
export async function setUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await askApi(page, 'POST', '/setup', OWNER)
  await signIn(page, url, OWNER.email, OWNER.password)
}

/** What the API answers whoever is signed in on the page. Throws on a refusal. */
export async function askApi(page: Page, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await page.evaluate(
    async ([how, url, sent]) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
      const response = await fetch(`/api${url}`, { method: how as string, headers, ...(sent ? { body: sent as string } : {}) })
      return { status: response.status, body: (await response.json()) as unknown }
    },
    [method, path, body ? JSON.stringify(body) : ''],
  )
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
