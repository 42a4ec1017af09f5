// Workload 9: the tag's weight, and what it costs a page in a throttled browser, beside the same page without it.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openBrowser } from '../test/e2e/browser.ts'
import { root } from '../test/product.ts'
import { build } from '../tools/build.ts'
import { type Bench, type Line, median } from './measure.ts'

interface Visit {
  readonly scriptMs: number
  readonly longest: number
  readonly shift: number
  readonly requests: number
}

const page = (tag: boolean): string => `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>料金</title>
${tag ? '<script async src="/tag.js" data-key="bench" data-consent="off"></script>' : ''}</head>
<body><h1>料金プラン</h1>${'<p>すべてのプランで、移行の支援と専任の担当者がつきます。<a href="/download/guide.pdf">資料</a></p>'.repeat(200)}</body></html>`

function serveSite(): Promise<{ url: string; requests: string[]; close(): void }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/'
    requests.push(path)
    if (path === '/tag.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(root, 'dist/tag/tag.js')))
    if (path.startsWith('/v1/')) return response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}')
    return response.writeHead(200, { 'content-type': 'text/html' }).end(page(path === '/with'))
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ url: `http://127.0.0.1:${port}`, requests, close: () => server.close() })
    }),
  )
}

/** One page view in a fresh context at a quarter of the CPU, watched for two seconds. */
async function visit(
  browser: Awaited<ReturnType<typeof openBrowser>>,
  site: { url: string; requests: string[] },
  path: string,
): Promise<Visit> {
  const context = await browser.newContext()
  const tab = await context.newPage()
  const session = await context.newCDPSession(tab)
  await session.send('Performance.enable')
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await tab.addInitScript(`window.__seen = { longest: 0, shift: 0 };
    new PerformanceObserver((list) => { for (const e of list.getEntries()) window.__seen.longest = Math.max(window.__seen.longest, e.duration) }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => { for (const e of list.getEntries()) window.__seen.shift += e.value }).observe({ type: 'layout-shift', buffered: true });`)
  site.requests.length = 0
  await tab.goto(site.url + path, { waitUntil: 'load' })
  await tab.waitForTimeout(2_000)
  const seen = (await tab.evaluate('window.__seen')) as { longest: number; shift: number }
  const { metrics } = await session.send('Performance.getMetrics')
  const scriptMs = (metrics.find((metric) => metric.name === 'ScriptDuration')?.value ?? 0) * 1000
  const requests = site.requests.filter((each) => each.endsWith('.js')).length
  await context.close()
  return { scriptMs, longest: seen.longest, shift: seen.shift, requests }
}

function weights(): { core: number; lazy: number } {
  const folder = join(root, 'dist/tag')
  const weigh = (file: string): number => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
  return { core: weigh('tag.js'), lazy: files.filter((file) => file !== 'tag.js').reduce((sum, file) => sum + weigh(file), 0) }
}

export const tag: Bench = {
  id: '9',
  title: 'The tag',
  async run({ small }): Promise<Line[]> {
    await build()
    const { core, lazy } = weights()
    const site = await serveSite()
    const browser = await openBrowser()
    const [plain, tagged]: [Visit[], Visit[]] = [[], []]
    try {
      for (let round = 0; round < (small ? 3 : 7); round++) {
        plain.push(await visit(browser, site, '/without'))
        tagged.push(await visit(browser, site, '/with'))
      }
    } finally {
      await browser.close()
      site.close()
    }
    const script = median(tagged.map((each) => each.scriptMs)) - median(plain.map((each) => each.scriptMs))
    const longest = Math.max(...tagged.map((each) => each.longest)) - Math.max(...plain.map((each) => each.longest))
    const shift = Math.max(...tagged.map((each) => each.shift))
    const requests = Math.max(...tagged.map((each) => each.requests))
    return [
      {
        id: '9',
        what: 'weight of the tag, gzip -9',
        product: `${core} B core · ${lazy} B lazily`,
        control: '',
        ratio: '',
        goal: '≤ 3,500 B core, ≤ 15,000 B lazily',
        reached: core <= 3_500 && lazy <= 15_000,
      },
      {
        id: '9',
        what: 'cost to a page at 4× CPU throttle',
        product: `${script.toFixed(1)} ms script · longest task +${Math.max(0, longest).toFixed(0)} ms · shift ${shift.toFixed(3)} · ${requests} request`,
        control: 'the page without it',
        ratio: '',
        goal: 'no task > 50 ms, shift 0, one request',
        reached: longest <= 50 && shift === 0 && requests === 1,
      },
    ]
  },
}
