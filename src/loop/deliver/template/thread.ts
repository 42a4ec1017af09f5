// The thread that runs authors' templates: no file, network or environment is handed to it, its heap is capped, and
// whoever started it kills it when an answer takes too long (template/kitchen.ts).
import { parentPort } from 'node:worker_threads'
import type { Draft } from './contract.ts'
import { type MergeContext, type Ready, ready } from './liquid.ts'

export interface Source {
  readonly subject: string
  readonly html: string
  readonly text: string
}

export type Order =
  | { readonly id: number; readonly kind: 'compile'; readonly draft: Draft }
  | {
      readonly id: number
      readonly kind: 'render'
      readonly key: string
      readonly source: Source
      readonly contexts: readonly MergeContext[]
    }

export type Served =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly reason: string }

const MOST_KEPT = 50
const kept = new Map<string, Ready>()

/** Parsing costs five times a rendering, so versions stay parsed; they never change. */
function parsed(key: string, source: Source): Ready {
  const known = kept.get(key)
  if (known) return known
  const fresh = ready(source)
  if (key) kept.set(key, fresh)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '')
  return fresh
}

async function serve(order: Order): Promise<unknown> {
  if (order.kind === 'compile') {
    const { compileDraft } = await import('./compile.ts')
    const compiled = await compileDraft(order.draft)
    ready(compiled)
    return compiled
  }
  const template = parsed(order.key, order.source)
  return order.contexts.map((context) => ({
    subject: template.subject(context),
    html: template.html(context),
    text: template.text(context),
  }))
}

parentPort?.on('message', (order: Order) => {
  serve(order).then(
    (value) => parentPort?.postMessage({ id: order.id, ok: true, value } satisfies Served),
    (error: unknown) =>
      parentPort?.postMessage({ id: order.id, ok: false, reason: error instanceof Error ? error.message : String(error) } satisfies Served),
  )
})
