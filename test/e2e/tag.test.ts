// The tag in a real browser, on a site of another origin. What it posts is read by the very parsers of the server.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Incoming } from '#loop/capture/track/incoming.ts'
import { type Call, parseSegment } from '#loop/capture/track/parse-segment.ts'
import { parseBeacon } from '#loop/capture/track/parse-tag.ts'
import { root } from '../product.ts'
import { until } from '../world.ts'
import { openBrowser, openPage } from './browser.ts'

let browser: Browser
let host: Server
let site: Server | undefined
let hostUrl: string
let siteUrl: string
const scripts = new Map<string, string>()
let received: Incoming[] = []
let answers = 200
let preflights: string[] = []
let pageOptions = { attributes: '', csp: '', extra: '' }

async function bundle(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    write: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return result.outputFiles[0]?.text ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
const CALLS: Readonly<Record<string, Call | 'batch'>> = { p: 'page', t: 'track', i: 'identify', b: 'batch' }

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The customer's site: every page carries the tag. */
const openSite = (): Server =>
  createServer((request, response) => {
    if (pageOptions.csp) response.setHeader('content-security-policy', pageOptions.csp)
    if (request.url === '/favicon.ico') return response.writeHead(204).end()
    response
      .setHeader('content-type', 'text/html; charset=utf-8')
      .end(`<!doctype html><html lang="ja"><head><title>見本 ${request.url}</title>
      <script>${pageOptions.csp ? '' : pageOptions.extra}</script><script async src="${hostUrl}/tag.js" data-key="KEY" ${pageOptions.attributes}></script></head>
      <body style="min-height:3000px"><a id="out" href="https://other.example/">外へ</a> <a id="file" href="/guide%20ja.pdf">資料</a> <a id="next" href="/next">次へ</a><div data-hagukumi-form="F1"></div></body></html>`)
  })

beforeAll(async () => {
  for (const name of ['tag', 'notice']) scripts.set(`/${name}.js`, await bundle(`import '${join(root, 'web/tag', name)}.ts'`))
  scripts.set('/form.js', 'document.querySelector("[data-hagukumi-form]").textContent = hagukumi.visitor()')
  scripts.set(
    '/next.js',
    await bundle(`import { AnalyticsBrowser } from '@segment/analytics-next'; window.AnalyticsBrowser = AnalyticsBrowser`),
  )
  host = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const script = scripts.get(path)
    response.setHeader('access-control-allow-origin', '*')
    if (request.method === 'OPTIONS') {
      preflights.push(`${path} ${request.headers['access-control-request-headers'] ?? ''}`)
      return response.setHeader('access-control-allow-headers', 'content-type, authorization').writeHead(204).end()
    }
    if (script !== undefined) return response.setHeader('content-type', 'text/javascript').end(script)
    if (path.endsWith('/settings'))
      return response
        .setHeader('content-type', 'application/json')
        .end(
          JSON.stringify({ integrations: { 'Segment.io': { apiKey: 'KEY', apiHost: `${new URL(hostUrl).host}/v1`, protocol: 'http' } } }),
        )
    // What the page of an earlier test says in parting comes from another origin, and is not this test's.
    if (request.headers.origin !== undefined && request.headers.origin !== siteUrl) return response.writeHead(200).end('{}')
    const body = JSON.parse(await bodyOf(request)) as { readonly [key: string]: unknown }
    const about = { length: 10, isClean: false }
    const parsed = path === '/v1/e' ? parseBeacon(body, about) : parseSegment(CALLS[path.slice(4)] ?? 'batch', body, about)
    if ('reason' in parsed || parsed.rejected.length) return response.writeHead(400).end()
    if (answers === 200) received.push(...parsed.messages.map((each) => each.message))
    response.writeHead(answers).end('{"success":true}')
  })
  hostUrl = await listen(host)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  host?.close()
  site?.close()
})
beforeEach(async () => {
  site?.close()
  site = openSite()
  siteUrl = await listen(site)
  received = []
  preflights = []
  answers = 200
  pageOptions = { attributes: '', csp: '', extra: '' }
})

const named = (name: string) => received.filter((message) => message.name === name)
const arrived = (name: string, n = 1) => until(async () => named(name).length >= n && named(name), { within: 20_000, what: name })
const evaluate = (page: Awaited<ReturnType<typeof openPage>>['page'], code: string) => page.evaluate(code)
const stored = 'document.cookie + JSON.stringify({ ...localStorage })'

test('TRK-01 performance row 9: the core is at most 3.5 kB, and one request', () => {
  expect(gzipSync(scripts.get('/tag.js') ?? '', { level: 9 }).length).toBeLessThanOrEqual(3_500)
})

test('TRK-01 page views with their titles, single-page changes, clicks, downloads, engaged time and scroll', async () => {
  pageOptions.extra = `window.hagukumi = [['track', 'before_load', { a: 1 }]]`
  const { page, context, faults } = await openPage(browser)
  await page.goto(`${siteUrl}/first?utm_source=x`)
  await arrived('page.viewed')
  expect(named('page.viewed')[0]).toMatchObject({
    url: `${siteUrl}/first?utm_source=x`,
    props: { title: '見本 /first?utm_source=x' },
    consent: 'implied',
  })
  expect(named('custom.before_load')[0]?.props).toEqual({ a: 1 })
  await evaluate(page, `history.pushState({}, '', '/second'); document.title = '二枚目'`)
  await arrived('page.viewed', 2)
  expect(named('page.viewed')[1]).toMatchObject({
    url: `${siteUrl}/second`,
    props: { title: '二枚目', referrer: `${siteUrl}/first?utm_source=x` },
  })
  await evaluate(
    page,
    `history.replaceState({}, '', '/second#part'); document.querySelectorAll('a').forEach((a) => a.addEventListener('click', (e) => e.preventDefault()))`,
  )
  await page.mouse.wheel(0, 1_500)
  await page.click('#out')
  await page.click('#file')
  await page.click('#next')
  expect((await arrived('link.clicked'))[0]?.props).toEqual({ href: 'https://other.example/', text: '外へ' })
  expect((await arrived('file.downloaded'))[0]?.props).toMatchObject({ file: 'guide ja.pdf' })
  await page.waitForTimeout(1_200)
  await page.goto(`${siteUrl}/third`)
  await arrived('page.viewed', 3)
  const left = (await arrived('page.left', 2)).find((each) => each.url?.includes('/second'))
  expect(Number(left?.props['engaged'])).toBeGreaterThanOrEqual(1)
  expect(Number(left?.props['scroll'])).toBeGreaterThan(30)
  expect(new Set(received.map((each) => each.device)).size).toBe(1)
  expect(new Set(received.map((each) => each.visit)).size).toBe(1)
  expect(received[0]?.device).toMatch(/^[0-9a-f]{32}$/)
  expect(preflights).toEqual([])
  expect(await evaluate(page, `document.querySelector('[data-hagukumi-form]').textContent`)).toBe(received[0]?.device)
  expect(faults).toEqual([])
  await context.close()
})

test('TRK-02 identify carries the user id and traits of the site', async () => {
  const { page, context } = await openPage(browser)
  await page.goto(siteUrl)
  await arrived('page.viewed')
  await evaluate(page, `hagukumi.identify('u1', { email: 'a@example.co.jp' }); hagukumi.identify({ title: '課長' })`)
  await arrived('identify', 2)
  expect(named('identify').map((each) => [each.userId, each.traits])).toEqual([
    ['u1', { email: 'a@example.co.jp' }],
    [null, { title: '課長' }],
  ])
  await context.close()
})

test('TRK-01 opt-in stores and sends nothing before a yes, and a later no forgets the visitor', async () => {
  pageOptions.attributes = 'data-consent="opt-in"'
  const { page, context, faults } = await openPage(browser)
  await page.goto(siteUrl)
  await page.locator('hagukumi-notice button.yes').waitFor({ timeout: 20_000 })
  await evaluate(page, `hagukumi.track('too_early')`)
  await page.waitForTimeout(500)
  expect(await evaluate(page, stored)).toBe('{}')
  expect(await evaluate(page, `hagukumi.consent() + '|' + hagukumi.visitor()`)).toBe('ask|')
  expect(received).toEqual([])
  await page.locator('hagukumi-notice button.yes').click()
  await arrived('page.viewed')
  expect(received.map((each) => [each.name, each.consent])).toEqual([['page.viewed', 'granted']])
  await evaluate(page, `hagukumi.consent('deny')`)
  expect(await evaluate(page, stored)).toBe('{"_hgk.c":"deny"}')
  await page.goto(`${siteUrl}/later`)
  await page.waitForTimeout(500)
  expect(received).toHaveLength(1)
  expect(faults).toEqual([])
  await context.close()
})

test('TRK-01 Global Privacy Control is a no until the visitor says yes themselves', async () => {
  pageOptions.attributes = 'data-consent="notice"'
  const { page, context } = await openPage(browser)
  await page.addInitScript('Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true })')
  await page.goto(siteUrl)
  await page.waitForTimeout(500)
  expect([received.length, await evaluate(page, stored), await page.locator('hagukumi-notice').count()]).toEqual([0, '{}', 0])
  await evaluate(page, `hagukumi.consent('grant')`)
  expect((await arrived('page.viewed'))[0]?.consent).toBe('granted')
  await context.close()
})

test('I8 what could not be sent is kept and goes from the next page and from another tab, under the same ids', async () => {
  answers = 503
  const { page, context, faults } = await openPage(browser)
  await page.goto(`${siteUrl}/kept`)
  await page.waitForFunction(`Object.keys(localStorage).some((key) => key.startsWith('_hgk.q.'))`)
  await evaluate(page, `hagukumi.track('kept')`)
  await page.waitForTimeout(400)
  answers = 200
  const second = await context.newPage()
  await second.goto(`${siteUrl}/second-tab`)
  await arrived('custom.kept')
  await arrived('page.viewed', 2)
  await second.waitForFunction(`!Object.keys(localStorage).some((key) => key.startsWith('_hgk.q.'))`)
  const byId = new Map(received.map((each) => [each.messageId, each]))
  expect([...byId.values()].filter((each) => each.name === 'custom.kept')).toHaveLength(1)
  expect(faults.filter((fault) => fault.startsWith('script error'))).toEqual([])
  await context.close()
})

test('I8 without any storage the tag still measures and throws nothing', async () => {
  const { page, context, faults } = await openPage(browser)
  await page.addInitScript(`Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } });
    Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {} })`)
  await page.goto(siteUrl)
  await arrived('page.viewed')
  expect(faults).toEqual([])
  await context.close()
})

test('I8 a full storage loses nothing while the page lives', async () => {
  const { page, context, faults } = await openPage(browser)
  await page.addInitScript(`Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }`)
  await page.goto(siteUrl)
  await arrived('page.viewed')
  await evaluate(page, `for (let i = 0; i < 60; i++) hagukumi.track('many', { i })`)
  await arrived('custom.many', 60)
  expect(faults).toEqual([])
  await context.close()
})

test('I8 a strict content security policy is kept to, and one that forbids us harms nobody', async () => {
  pageOptions = {
    attributes: 'data-consent="notice"',
    csp: `default-src 'none'; style-src 'unsafe-inline'; script-src ${hostUrl}; connect-src ${hostUrl}`,
    extra: '',
  }
  const open = await openPage(browser)
  await open.page.goto(siteUrl)
  await arrived('page.viewed')
  await open.page.locator('hagukumi-notice button.yes').waitFor({ timeout: 20_000 })
  expect(open.faults).toEqual([])
  await open.context.close()
  pageOptions.csp = `default-src 'none'; script-src ${hostUrl}`
  const closed = await openPage(browser)
  await closed.page.goto(siteUrl)
  await closed.page.waitForTimeout(500)
  expect(closed.faults.filter((fault) => fault.startsWith('script error'))).toEqual([])
  await closed.context.close()
})

test('TRK-01 at a quarter of the speed the tag still delivers, and is asked for once', async () => {
  const { page, context } = await openPage(browser)
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(siteUrl)
  await arrived('page.viewed')
  const requests = await evaluate(page, `performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('tag.js')).length`)
  expect(requests).toBe(1)
  await context.close()
})

test('TRK-02 the real analytics-next delivers to the same server', async () => {
  const { page, context, faults } = await openPage(browser)
  await page.goto(siteUrl)
  await page.addScriptTag({ url: `${hostUrl}/next.js` })
  await evaluate(
    page,
    `(async () => {
    const analytics = AnalyticsBrowser.load({ writeKey: 'KEY', cdnURL: '${hostUrl}' }, { integrations: { 'Segment.io': { apiHost: '${hostUrl.slice(7)}/v1', protocol: 'http' } } })
    await analytics.page('料金')
    await analytics.identify('next-1', { email: 'a@example.co.jp' })
    await analytics.track('plan_compared', { plan: 'B' })
  })()`,
  )
  await arrived('custom.plan_compared')
  expect(received.filter((each) => each.visit === null).map((each) => each.name)).toEqual([
    'page.viewed',
    'identify',
    'custom.plan_compared',
  ])
  expect(faults).toEqual([])
  await context.close()
})
