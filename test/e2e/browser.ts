// One Chromium for a test file, without any traffic of its own, and pages that fail the test on a script error.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromiumPath } from './chromium.ts'

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** Starts Chromium headless. Throws when there is none: tools/test.ts leaves the project out before it comes to this. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('no Chromium found: install chromium, or name it in CHROMIUM_PATH')
  return chromium.launch({ executablePath, args: QUIET })
}

/** A page with what went wrong in it: script errors, console errors, and answers of 500 or above. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  readonly faults: string[]
}

/** Colours change in the frames after the scheme did, and what comes or goes is pale meanwhile: whoever judges them waits for both. */
export async function calm(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let n = 0; n < 4; n++) await new Promise((then) => requestAnimationFrame(then))
    const ending = document
      .getAnimations()
      .filter((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime))
    await Promise.allSettled(ending.map((one) => one.finished))
  })
}

/** A fresh context (own cookies and storage) with one page, 1440×900 and Japanese unless told otherwise. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    ...options,
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`)
  })
  return { page, context, faults }
}
