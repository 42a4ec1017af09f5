import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, openEmbeddedArena } from '../chaos/arena.ts'
import { callApi } from '../chaos/sender.ts'
import type { Product } from '../product.ts'
import { property } from '../world.ts'
import { openBrowser, openPage } from './browser.ts'
import { PAYLOADS } from './payloads.ts'

const OWNER = {
  name: 'Owner',
  email: 'owner@example.jp',
  password: 'correct horse battery',
  language: 'ja',
  company: { legalName: '株式会社見本' },
}
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

let arena: Arena
let product: Product
let browser: Browser
let key: string

beforeAll(async () => {
  arena = await openEmbeddedArena(property.seed)
  product = await arena.product({ build: true, within: 170_000 })
  key = await arena.key('admin')
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await arena?.close()
})

const post = async (path: string, body: unknown, headers: Record<string, string>): Promise<number> => {
  const answer = await fetch(product.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** Every payload through each way in that needs no sign-in: tracking in all its fields, traits, a form; and a lead typed by hand. */
async function throwAll(): Promise<void> {
  const { writeKey } = await callApi<{ writeKey: string }>(product, key, 'POST', '/sites', { name: 'x', consentMode: 'off' })
  const auth = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }
  for (const [n, text] of PAYLOADS.entries()) {
    const ascii = text.replaceAll(/[^\x20-\x7e]/g, '')
    const url = `https://example.jp/${encodeURIComponent(text)}?utm_source=${encodeURIComponent(text)}&utm_campaign=${encodeURIComponent(text)}&x=${text}`
    const page = { url, title: text, referrer: `https://elsewhere.example/${text}`, path: text, search: text }
    const base = { anonymousId: `xss-${n}`, context: { page, userAgent: `${AGENT} ${text}`, campaign: { source: text, name: text } } }
    const traits = {
      email: `xss${n}@example.co.jp`,
      name: text,
      firstName: text,
      lastName: text,
      company: { name: text },
      title: text,
      phone: text,
      [`f${n}`]: text,
    }
    const agent = { ...auth, 'user-agent': `${AGENT} ${ascii}`, referer: `https://elsewhere.example/?q=${encodeURIComponent(text)}` }
    await post('/v1/page', { ...base, messageId: `p${n}`, name: text, properties: page }, agent)
    await post('/v1/track', { ...base, messageId: `t${n}`, event: text, properties: { [text]: text, href: text, url: text } }, agent)
    await post('/v1/identify', { ...base, messageId: `i${n}`, userId: text, traits }, agent)
    await post('/v1/group', { ...base, messageId: `g${n}`, groupId: text, traits: { name: text } }, agent)
    const fields = { familyName: text, givenName: text, companyName: text, department: text, title: text, website: text }
    await post('/api/leads', { mail: `hand${n}@example.co.jp`, fields, tags: [text] }, { authorization: `Bearer ${key}` })
  }
}

/** Answers a form with payloads in every text question, as often as the limits of one address allow. */
async function throwAtForm(): Promise<string> {
  const { id } = await callApi<{ id: string }>(product, key, 'POST', '/forms', { name: PAYLOADS[0], template: 'inquiry' })
  await callApi(product, key, 'POST', `/forms/${id}/publish`, {})
  const detail = await callApi<{ spec: { fields: { id: string; kind: string; options: { value: string }[] }[] } }>(
    product,
    key,
    'GET',
    `/forms/${id}`,
  )
  const { pass } = (await (await fetch(`${product.url}/f/${id}/embed`)).json()) as { pass: string }
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  for (const [n, text] of PAYLOADS.slice(0, 5).entries()) {
    const answers = detail.spec.fields.map((field) => [
      field.id,
      field.kind === 'email' ? `form${n}@example.co.jp` : (field.options[0]?.value ?? (field.kind === 'checkbox' ? true : text)),
    ])
    await post(
      `/f/${id}`,
      { _pass: pass, ...Object.fromEntries(answers), consent: true, _consent: true },
      { 'user-agent': AGENT, referer: `https://example.jp/${encodeURIComponent(text)}` },
    )
  }
  return id
}

test('X1 what strangers send never runs: every admin page is walked with sixty payloads in every field, 0 scripts, 0 requests, 0 CSP reports', async () => {
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(60)
  await throwAll()
  const form = await throwAtForm()
  expect(await post('/api/setup', OWNER, {})).toBe(200)

  const { page, context, faults } = await openPage(browser)
  const reports: string[] = []
  await page.exposeFunction('__report', (what: string) => reports.push(what))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      ;(window as unknown as { __report(what: string): void }).__report(
        `${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`,
      )
    })
  })
  page.on('dialog', (dialog) => {
    reports.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/canary' || new URL(request.url()).hostname === 'canary.invalid')
      reports.push(`request ${request.url()}`)
  })
  await page.goto(`${product.url}/sign-in`)
  await page.locator('input[type=email], input[name=email]').first().fill(OWNER.email)
  await page.locator('input[type=password]').first().fill(OWNER.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(/dashboard/)

  const leads = await callApi<{ items: { id: string }[] }>(product, key, 'GET', '/leads?limit=200')
  expect(leads.items.length, 'payloads became leads').toBeGreaterThan(30)
  const people = leads.items.filter((_, at) => at % 5 === 0).map((lead) => `/leads/${lead.id}`)
  const paths = [
    '/dashboard',
    '/leads',
    ...people,
    '/visitors',
    '/tag',
    '/forms',
    `/forms/${form}`,
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
    '/menu',
    '/account',
  ]
  for (const path of paths) {
    await page.goto(product.url + path)
    await page.waitForLoadState('networkidle')
    const ran = await page.evaluate(() => (window as unknown as { __ran?: number }).__ran ?? 0)
    if (ran) reports.push(`${ran} scripts on ${path}`)
    const handlers = await page.evaluate(
      () =>
        document.querySelectorAll('[onerror],[onload],[onfocus],a[href^="javascript:" i],a[href^="data:" i],iframe[srcdoc*="__ran"]')
          .length,
    )
    if (handlers) reports.push(`${handlers} live elements on ${path}`)
  }
  for (const path of [
    `/f/${form}`,
    `/f/${form}?lang=${encodeURIComponent(PAYLOADS[2] ?? '')}`,
    `/notice/${encodeURIComponent(PAYLOADS[1] ?? '')}`,
    `/u/${encodeURIComponent(PAYLOADS[1] ?? '')}`,
    `/${encodeURIComponent(PAYLOADS[0] ?? '')}`,
  ]) {
    await page.goto(product.url + path)
    if (await page.evaluate(() => (window as unknown as { __ran?: number }).__ran ?? 0)) reports.push(`script on ${path}`)
  }
  expect(reports).toEqual([])
  expect(faults.filter((fault) => /^script error|^5\d\d/.test(fault))).toEqual([])
  await context.close()
})
