// What a marketer should know before a mail goes out. Pure.
import type { Block, Draft } from './contract.ts'

/** Gmail cuts a mail's HTML at 102 kB. What is said here is in kB of 1024, tokens in it are filled in later: a little room is left. */
const CLIP_BYTES = 100_000
/** A phone shows some thirty characters of a Japanese subject. */
const LONG_SUBJECT = 60

/** Words that filters of Japanese and English mail weigh; one alone harms nobody, several do. */
const SPAM_WORDS =
  /100%無料|完全無料|今だけ|今すぐクリック|絶対に儲|必ず儲|簡単に稼|副業|当選|おめでとうございます！|限定○名|緊急のお知らせ|至急ご確認|!!!|！！！|\bfree money\b|\bact now\b|\bclick here now\b|\bwinner\b|\brisk[- ]free\b|\bguaranteed\b|\$\$\$/gi
const PLACEHOLDER = /^https?:\/\/(?:www\.)?example\.(?:com|org|net)\b/i

type Leaf = Exclude<Block, { kind: 'columns' }>
const leavesIn = (b: Block): Leaf[] => (b.kind === 'columns' ? [...b.left, ...b.right] : [b])

function pictures(b: Leaf): { src: string; alt: string }[] {
  if (b.kind === 'image') return [b]
  if (b.kind === 'article' && b.src) return [b]
  return []
}

const LINK_MARK = /"href":"([^"]*)"/g

function hrefs(b: Leaf): string[] {
  if (b.kind === 'text') return [...JSON.stringify(b.doc).matchAll(LINK_MARK)].map(([, href = '']) => href)
  if (b.kind === 'button' || b.kind === 'article') return [b.href]
  if (b.kind === 'sns') return b.links.map(({ href }) => href)
  return b.kind === 'image' && b.href ? [b.href] : []
}

/** What can be wrong with one block. */
const WRONG = {
  imageMissing: (b: Leaf) => pictures(b).some(({ src }) => src === ''),
  altMissing: (b: Leaf) => pictures(b).some(({ src, alt }) => src !== '' && alt.trim() === ''),
  htmlAlt: (b: Leaf) => b.kind === 'html' && /<img\b(?![^>]*\balt\s*=)[^>]*>/i.test(b.html),
  linkPlaceholder: (b: Leaf) => hrefs(b).some((href) => PLACEHOLDER.test(href)),
  htmlUncounted: (b: Leaf) => b.kind === 'html' && /<a\b/i.test(b.html),
}

/** Where a warning points to: the block, and which of the mail's it is (or stands in), counted from 1. */
export interface WarnedPlace {
  readonly warning: string
  readonly blockId: string
  readonly block: number
}

/** The blocks that the warnings are about; those about the mail as a whole stand nowhere. */
export function warnedPlaces(draft: Draft): WarnedPlace[] {
  return draft.blocks.flatMap((top, i) =>
    leavesIn(top).flatMap((b) =>
      Object.entries(WRONG)
        .filter(([, isWrong]) => isWrong(b))
        .map(([warning]) => ({ warning, blockId: b.id, block: i + 1 })),
    ),
  )
}

/** Every text of a draft in one piece, for looking through. */
const wordsOf = (draft: Draft): string => `${draft.subject}\n${JSON.stringify(draft.blocks)}`

/** Codes of what is wrong; `spam:` is followed by the words found. */
export function warningsOf(draft: Draft, html: string): string[] {
  const placed = new Set(warnedPlaces(draft).map(({ warning }) => warning))
  const spam = [...new Set(wordsOf(draft).match(SPAM_WORDS) ?? [])]
  const found: [string, boolean][] = [
    ['clipped', Buffer.byteLength(html) > CLIP_BYTES],
    ...(['imageMissing', 'altMissing', 'htmlAlt', 'linkPlaceholder'] as const).map((one): [string, boolean] => [one, placed.has(one)]),
    ['footerMissing', !draft.blocks.some((b) => b.kind === 'footer')],
    ['subjectLong', draft.subject.replace(/\{\{[^{}]*\}\}/g, '○○○').length > LONG_SUBJECT],
    ['htmlUncounted', placed.has('htmlUncounted')],
    [`spam:${spam.join('、')}`, spam.length > 0],
  ]
  return found.filter(([, is]) => is).map(([code]) => code)
}
