// The thread that runs authors' templates and signs what came of them: no file, network or environment is handed to it, its heap is capped,
// and whoever started it kills it when an answer takes too long (template/kitchen.ts).
import { type KeyObject, sign } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { writeBody } from '../sender/body.ts'
import { digested } from '../sender/digest.ts'
import { allFits, jisBodyOf } from '../sender/jis.ts'
import { putBytes, sheetOn } from '../sender/sheet.ts'
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
  | {
      readonly id: number
      readonly kind: 'press'
      readonly key: string
      readonly source: Source
      /** What all of these mails have in common, and what each has of its own. */
      readonly shared: MergeContext
      readonly contexts: readonly MergeContext[]
      readonly boundaries: readonly string[]
      /** Memory of earlier bodies that nobody needs any more; null: none yet. */
      readonly room: ArrayBuffer | null
      /** Which of them are wanted in ISO-2022-JP. */
      readonly jis: readonly boolean[]
    }
  | { readonly id: number; readonly kind: 'sign'; readonly key: KeyObject; readonly isRsa: boolean; readonly texts: readonly string[] }

/** Mails of one order, made ready for the wire: their bodies one after the other in one piece of memory, which moves over instead of being copied, and back again. */
export interface Pressed {
  readonly subjects: readonly string[]
  /** Where each body ends. */
  readonly ends: readonly number[]
  /** SHA-256 of each body in base64, as DKIM wants it. */
  readonly hashes: readonly string[]
  /** Which of them are in ISO-2022-JP: all their words fitted. */
  readonly jis: readonly boolean[]
  readonly room: ArrayBuffer
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
  if (order.kind === 'sign') return order.texts.map((text) => signed(order.key, order.isRsa, text))
  const template = parsed(order.key, order.source)
  if (order.kind === 'press') return press(template, order)
  return order.contexts.map((context) => ({
    subject: template.subject(context),
    html: template.html(context),
    text: template.text(context),
  }))
}

function signed(key: KeyObject, isRsa: boolean, text: string): string {
  const { algorithm, bytes } = digested(isRsa, text)
  return sign(algorithm, bytes, key).toString('base64')
}

/** Room for the bodies of an order whose size is not known yet. */
const FIRST_ROOM = 256 * 1024

function press(template: Ready, order: Extract<Order, { kind: 'press' }>): Pressed {
  const sheet = sheetOn(order.room ?? new ArrayBuffer(FIRST_ROOM))
  const subjects: string[] = []
  const hashes: string[] = []
  const jis: boolean[] = []
  const ends: number[] = []
  for (const [i, own] of order.contexts.entries()) {
    const context = { ...order.shared, ...own }
    const subject = template.subject(context)
    subjects.push(subject)
    const boundary = order.boundaries[i] ?? ''
    const old = order.jis[i] && allFits(subject) ? jisBodyOf(boundary, template.text(context), template.html(context)) : null
    jis.push(old !== null)
    if (old) putBytes(sheet, old.bytes)
    const put = { text: () => template.putText(context, sheet), html: () => template.putHtml(context, sheet) }
    hashes.push(old?.hash ?? writeBody(sheet, boundary, put.text, put.html))
    ends.push(sheet.at)
  }
  return { subjects, ends, hashes, jis, room: sheet.room.buffer }
}

parentPort?.on('message', (order: Order) => {
  serve(order).then(
    (value) =>
      parentPort?.postMessage({ id: order.id, ok: true, value } satisfies Served, order.kind === 'press' ? [(value as Pressed).room] : []),
    (error: unknown) =>
      parentPort?.postMessage({ id: order.id, ok: false, reason: error instanceof Error ? error.message : String(error) } satisfies Served),
  )
})
