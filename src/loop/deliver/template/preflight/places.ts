// The words of a draft and where they stand. Pure.
import type { Block, Draft, Inline, LeafBlock, RichText } from '../contract.ts'
import type { Place } from './contract.ts'

type Change = (text: string) => string

const inline = (node: Inline, change: Change): Inline => {
  if (node.type === 'text') return { ...node, text: change(node.text) }
  return node.type === 'mergeField' ? { ...node, attrs: { ...node.attrs, fallback: change(node.attrs.fallback) } } : node
}

type Paragraph = Extract<RichText['content'][number], { type: 'paragraph' }>
const paragraph = (one: Paragraph, change: Change): Paragraph =>
  one.content ? { ...one, content: one.content.map((node) => inline(node, change)) } : one

const richText = (doc: RichText, change: Change): RichText => ({
  ...doc,
  content: doc.content.map((node) =>
    node.type === 'paragraph'
      ? paragraph(node, change)
      : {
          ...node,
          content: node.content.map((item) => ({ ...item, content: item.content.map((one) => paragraph(one, change)) })),
        },
  ),
})

/** What is no words in HTML, as browsers read it: one that is not closed goes to the end, and a `<` without a name is text. Each place is read once. */
const NO_WORDS = /(<style\b[\s\S]*?(?:<\/style\s*>|$)|<[a-z/!?][^>]*(?:>|$))/i

/** An author's HTML: what stands between its tags. Addresses and styles in them are no words. */
const betweenTags = (html: string, change: Change): string =>
  html
    .split(NO_WORDS)
    .map((piece, i) => (i % 2 ? piece : change(piece)))
    .join('')

/** A block with its words changed; addresses, colours and ids stay. */
function inBlock<T extends Block | LeafBlock>(given: T, change: Change): T {
  const b: Block = given
  const changed = (): Block => {
    switch (b.kind) {
      case 'heading':
        return { ...b, text: change(b.text) }
      case 'text':
        return { ...b, doc: richText(b.doc, change) }
      case 'image':
        return { ...b, alt: change(b.alt) }
      case 'button':
        return { ...b, label: change(b.label) }
      case 'article':
        return { ...b, alt: change(b.alt), title: change(b.title), text: change(b.text), label: change(b.label) }
      case 'signature':
      case 'footer':
        return { ...b, note: change(b.note) }
      case 'html':
        return { ...b, html: betweenTags(b.html, change) }
      case 'columns':
        return { ...b, left: b.left.map((leaf) => inBlock(leaf, change)), right: b.right.map((leaf) => inBlock(leaf, change)) }
      default:
        return b
    }
  }
  return changed() as T
}

/** A draft with its words changed. */
export const withWords = (draft: Draft, change: Change): Draft => ({
  ...draft,
  subject: change(draft.subject),
  preheader: change(draft.preheader),
  blocks: draft.blocks.map((block) => inBlock(block, change)),
  ...(draft.text === undefined ? {} : { text: change(draft.text) }),
})

export const blockPlace = (block: Pick<Block, 'id'>, index: number): Place => ({ part: 'block', block: index + 1, blockId: block.id })
const elsewhere = (part: Place['part']): Place => ({ part, block: null, blockId: null })

/** Every piece of words of a draft, with what stands in it of its sender. */
export function wordsIn(draft: Draft, sender: readonly string[]): { readonly place: Place; readonly text: string }[] {
  const found: { place: Place; text: string }[] = []
  const gather = (place: Place) => (text: string) => {
    if (text) found.push({ place, text })
    return text
  }
  gather(elsewhere('subject'))(draft.subject)
  gather(elsewhere('preheader'))(draft.preheader)
  for (const [i, block] of draft.blocks.entries()) inBlock(block, gather(blockPlace(block, i)))
  gather(elsewhere('text'))(draft.text ?? '')
  for (const text of sender) gather(elsewhere('sender'))(text)
  return found
}
