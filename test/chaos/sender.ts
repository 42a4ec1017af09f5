// A sender that keeps book: which events were acknowledged with 2xx, and which must be repeated.
import type { Product } from '../product.ts'

/** Calls the API with a key. Throws when the answer is not 2xx. */
export async function callApi<T>(product: Product, key: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${product.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as T
}

/** Makes a site and answers its write key. */
export async function makeSite(product: Product, key: string): Promise<string> {
  const site = await callApi<{ writeKey: string }>(product, key, 'POST', '/sites', { name: 'chaos', consentMode: 'off' })
  return site.writeKey
}

/** The ledger of one sender. Events are numbered; number and message id say the same. */
export interface Ledger {
  readonly acknowledged: Set<number>
  readonly open: Set<number>
  /** Answers that were neither 2xx nor a refused connection, by status. */
  readonly strange: Map<number, number>
}

export const newLedger = (): Ledger => ({ acknowledged: new Set(), open: new Set(), strange: new Map() })

const messageOf = (n: number, visitors: number): object => ({
  type: 'track',
  event: 'chaos',
  anonymousId: `visitor-${n % visitors}`,
  messageId: `chaos-${n}`,
  properties: { n },
  context: { userAgent: 'Mozilla/5.0 (X11; Linux x64) chaos test' },
})

/** Posts these events, one request for all of them; the ledger learns what was acknowledged. */
export async function post(url: string, writeKey: string, numbers: readonly number[], ledger: Ledger, visitors = 50): Promise<void> {
  for (const n of numbers) if (!ledger.acknowledged.has(n)) ledger.open.add(n)
  const single = numbers.length === 1 ? messageOf(numbers[0] ?? 0, visitors) : undefined
  let status = 0
  try {
    const response = await fetch(`${url}/v1/${single ? 'track' : 'batch'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: JSON.stringify(single ?? { batch: numbers.map((n) => messageOf(n, visitors)) }),
    })
    await response.arrayBuffer()
    status = response.status
  } catch {
    return // refused or cut: not acknowledged, stays open
  }
  if (status >= 200 && status < 300) {
    for (const n of numbers) {
      ledger.acknowledged.add(n)
      ledger.open.delete(n)
    }
  } else if (status !== 503) {
    ledger.strange.set(status, (ledger.strange.get(status) ?? 0) + 1)
  }
}

/** Posts without pause from `lanes` connections until told to stop; numbers come from `next`. */
export function pour(
  url: string,
  writeKey: string,
  ledger: Ledger,
  next: () => number,
  { lanes = 16, per = 1 } = {},
): { stop(): Promise<void> } {
  let going = true
  const lane = async (): Promise<void> => {
    while (going) {
      const before = ledger.acknowledged.size
      await post(url, writeKey, Array.from({ length: per }, next), ledger)
      // The server is away: give it a breath instead of spinning on refused connections.
      if (ledger.acknowledged.size === before) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const all = Array.from({ length: lanes }, lane)
  return {
    stop: async () => {
      going = false
      await Promise.all(all)
    },
  }
}
