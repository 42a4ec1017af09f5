// Pure moves on the blocks of a draft.
import type { Block, Draft, LeafBlock, RichText } from '#loop/deliver/template/contract.ts'
import { freshHex } from '../../parts/fresh.ts'

export type Kind = Block['kind']
export type Column = 'left' | 'right'
export const PALETTE: readonly Kind[] = [
  'heading',
  'text',
  'image',
  'button',
  'columns',
  'article',
  'divider',
  'space',
  'sns',
  'signature',
  'html',
  'footer',
]
export const LEAVES: readonly LeafBlock['kind'][] = ['heading', 'text', 'image', 'button', 'divider', 'space']

const newId = () => freshHex(8)

export const paragraphs = (...lines: readonly string[]): RichText => ({
  type: 'doc',
  content: lines.map((text) => ({ type: 'paragraph', ...(text ? { content: [{ type: 'text', text }] } : {}) })),
})

/** A fresh block of a kind. */
export function fresh(kind: Kind, words: { heading: string; text: string; button: string }): Block {
  const id = newId()
  switch (kind) {
    case 'heading':
      return { id, kind, text: words.heading, level: 1, align: 'left' }
    case 'text':
      return { id, kind, doc: paragraphs(words.text) }
    case 'image':
      return { id, kind, src: '', alt: '', width: 552 }
    case 'button':
      return { id, kind, label: words.button, href: 'https://example.com/', align: 'center', color: '#4f63d8' }
    case 'divider':
      return { id, kind }
    case 'space':
      return { id, kind, height: 24 }
    case 'columns':
      return { id, kind, left: [], right: [] }
    case 'footer':
      return { id, kind, note: '' }
    case 'article':
      return { id, kind, src: '', alt: '', title: words.heading, text: '', href: 'https://example.com/', label: words.button }
    case 'sns':
      return { id, kind, align: 'center', links: [] }
    case 'signature':
      return { id, kind, note: '' }
    case 'html':
      return { id, kind, html: '' }
  }
}

/** Segments that a condition of these blocks asks for, in the order of the mail. */
export const segmentsAsked = (blocks: readonly Block[]): string[] => [
  ...new Set(
    blocks
      .flatMap((block): (Block | LeafBlock)[] => (block.kind === 'columns' ? [block, ...block.left, ...block.right] : [block]))
      .flatMap(({ when }) => (when?.kind === 'segment' ? [when.segmentId] : [])),
  ),
]

/** The block of an id, wherever it stands. */
export function find(blocks: readonly Block[], id: string | null): Block | undefined {
  for (const block of blocks) {
    if (block.id === id) return block
    if (block.kind !== 'columns') continue
    const inside = [...block.left, ...block.right].find((leaf) => leaf.id === id)
    if (inside) return inside
  }
  return undefined
}

const mapColumns = (block: Block, change: (list: LeafBlock[]) => LeafBlock[]): Block =>
  block.kind === 'columns' ? { ...block, left: change(block.left), right: change(block.right) } : block

/** Replaces one block. */
export function put(blocks: readonly Block[], next: Block): Block[] {
  return blocks.map((block) =>
    block.id === next.id ? next : mapColumns(block, (list) => list.map((leaf) => (leaf.id === next.id ? (next as LeafBlock) : leaf))),
  )
}

export function drop(blocks: readonly Block[], id: string): Block[] {
  return blocks.filter((block) => block.id !== id).map((block) => mapColumns(block, (list) => list.filter((leaf) => leaf.id !== id)))
}

/** A block that was dropped, back where it stood; what was changed since stays. */
export function putBack(blocks: readonly Block[], id: string, before: readonly Block[]): Block[] {
  const back = <T extends { id: string }>(list: readonly T[], was: readonly T[]): T[] => {
    const [lost, ...behind] = was.slice(
      Math.max(
        0,
        was.findIndex((one) => one.id === id),
      ),
    )
    if (lost?.id !== id) return [...list]
    const at = list.findIndex((one) => behind.some((other) => other.id === one.id))
    return list.toSpliced(at < 0 ? list.length : at, 0, lost)
  }
  return back(blocks, before).map((block) => {
    const was = before.find((one) => one.id === block.id)
    if (block.kind !== 'columns' || was?.kind !== 'columns') return block
    return { ...block, left: back(block.left, was.left), right: back(block.right, was.right) }
  })
}

/** A draft without what was put in at once (`put` in the place of `before`); what was written since stays. */
export function takenBack(now: Draft, put: Draft, before: Draft): Draft {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  const undone = <T extends Block>(block: T): T =>
    same(block, find(put.blocks, block.id)) ? ((find(before.blocks, block.id) as T | undefined) ?? block) : block
  return {
    ...now,
    subject: now.subject === put.subject ? before.subject : now.subject,
    preheader: now.preheader === put.preheader ? before.preheader : now.preheader,
    ...(before.text !== undefined && now.text === put.text ? { text: before.text } : {}),
    blocks: now.blocks.map((block) => mapColumns(undone(block), (list) => list.map(undone))),
  }
}

/** Inserts behind another block, or at the end. */
export function insert(blocks: readonly Block[], block: Block, behind: string | null): Block[] {
  const at = blocks.findIndex(
    (one) => one.id === behind || (one.kind === 'columns' && [...one.left, ...one.right].some((leaf) => leaf.id === behind)),
  )
  const place = at < 0 ? (blocks.at(-1)?.kind === 'footer' ? blocks.length - 1 : blocks.length) : at + 1
  return [...blocks.slice(0, place), block, ...blocks.slice(place)]
}

export function insertAt(blocks: readonly Block[], block: Block, over: string): Block[] {
  const at = blocks.findIndex((one) => one.id === over)
  return at < 0 ? [...blocks, block] : [...blocks.slice(0, at), block, ...blocks.slice(at)]
}

export function insertInto(blocks: readonly Block[], columnsId: string, column: Column, leaf: LeafBlock): Block[] {
  return blocks.map((block) =>
    block.id === columnsId && block.kind === 'columns' ? { ...block, [column]: [...block[column], leaf] } : block,
  )
}

const moved = <T extends { id: string }>(list: readonly T[], id: string, by: -1 | 1): T[] => {
  const from = list.findIndex((one) => one.id === id)
  const to = from + by
  if (from < 0 || to < 0 || to >= list.length) return [...list]
  const next = [...list]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

/** One place up or down, among its siblings. */
export function move(blocks: readonly Block[], id: string, by: -1 | 1): Block[] {
  return moved(blocks, id, by).map((block) => mapColumns(block, (list) => moved(list, id, by)))
}

export function moveTo(blocks: readonly Block[], id: string, over: string): Block[] {
  const from = blocks.findIndex((one) => one.id === id)
  const to = blocks.findIndex((one) => one.id === over)
  if (from < 0 || to < 0) return [...blocks]
  const next = [...blocks]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

export const withNewIds = <T extends Block | LeafBlock>(block: T): T => {
  const copy = { ...block, id: newId() }
  return copy.kind === 'columns' ? ({ ...copy, left: copy.left.map(withNewIds), right: copy.right.map(withNewIds) } as T) : copy
}

export function duplicate(blocks: readonly Block[], id: string): Block[] {
  return blocks.flatMap((block) =>
    block.id === id
      ? [block, withNewIds(block)]
      : [mapColumns(block, (list) => list.flatMap((leaf) => (leaf.id === id ? [leaf, withNewIds(leaf)] : [leaf])))],
  )
}
