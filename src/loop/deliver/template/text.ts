// The text part of a mail: made from its blocks, or the author's own. Liquid and links leave as holes, as in the HTML.
import type { Block, Condition, Draft, LeafBlock, NETWORKS } from './contract.ts'
import { segmentName } from './names.ts'
import { type Holes, plainAround, richToText } from './richtext.ts'

/** Holes, and the segments that conditions ask for. */
export type Pot = Holes & { segments: Set<string> }

const FOOTER_TEXT =
  '{{ sender.legal_name }}\n{{ sender.address }}\n{{ words.contact }} {{ sender.contact }}{% if web_url %}\n\n{{ words.web_link }}\n{{ web_url }}{% endif %}{% if marketing %}\n\n{{ words.stop_sentence }}\n{{ stop_url }}{% endif %}'

const SIGNATURE_TEXT =
  '{{ sender.legal_name }}{% if owner.name and owner.name != "" %}\n{{ owner.name }}{% endif %}{% if owner.email and owner.email != "" %}\n{{ owner.email }}{% endif %}'

export const NETWORK_NAMES: Readonly<Record<(typeof NETWORKS)[number], string>> = {
  x: 'X',
  facebook: 'Facebook',
  linkedin: 'LinkedIn',
  youtube: 'YouTube',
  instagram: 'Instagram',
  line: 'LINE',
  note: 'note',
  web: 'Web',
}

/** A hole of Liquid (U+E000–E002) ends it: what a field says stands behind the address. */
const WEB = /https?:\/\/[^\s<>"'`\\{}、。）」\uE000-\uE002]+/gi

/** The whole text part: what the author wrote, or what the blocks say; the legal lines stand under either. */
export function textPart(draft: Draft, blocks: readonly Block[], holes: Pot): string {
  if (draft.text === undefined) return saidOf(blocks, holes)
  return `${linked(plainAround(draft.text, holes), holes)}\n\n--\n${holes.liquid(FOOTER_TEXT)}`
}

/** Web addresses in an author's own text are counted like all others. */
const linked = (text: string, holes: Holes): string => text.replace(WEB, (url) => holes.link(url))

const saidOf = (blocks: readonly Block[], holes: Pot): string =>
  blocks
    .map((b) => guardedText(b, holes))
    .filter(Boolean)
    .join('\n\n')

/** What an author begins their own text part from: merge fields stay as they are written, conditions and the legal lines are left out. */
export function plainOf(draft: Draft): string {
  const holes: Pot = { asWritten: true, segments: new Set(), liquid: (code) => (code.startsWith('{{') ? code : ''), link: (url) => url }
  return saidOf(
    draft.blocks.filter((b) => b.kind !== 'footer'),
    holes,
  )
}

function guardedText(b: Block | LeafBlock, holes: Pot): string {
  const body = textOf(b, holes)
  return b.when && body && b.kind !== 'footer'
    ? `${holes.liquid(`{% if ${test(b.when, holes)} %}`)}${body}${holes.liquid('{% endif %}')}`
    : body
}

/** The Liquid condition of a block. */
export function test(when: Condition, holes: { segments: Set<string> }): string {
  if (when.kind === 'segment') {
    holes.segments.add(when.segmentId)
    return `${segmentName(when.segmentId)}${when.isIn ? ' == true' : ' != true'}`
  }
  const value = when.value.replace(/["{}%\\]/g, '')
  if (when.op === 'is') return `${when.field} == "${value}"`
  if (when.op === 'isNot') return `${when.field} != "${value}"`
  return when.op === 'filled' ? `${when.field} and ${when.field} != ""` : `${when.field} == nil or ${when.field} == ""`
}

function textOf(b: Block, holes: Pot): string {
  switch (b.kind) {
    case 'heading':
      return `■ ${plainAround(b.text, holes)}`
    case 'text':
      return richToText(b.doc, holes)
    case 'image':
      return b.href ? `${b.alt} ${holes.link(b.href)}`.trim() : ''
    case 'button':
      return `→ ${plainAround(b.label, holes)}\n${holes.link(b.href)}`
    case 'divider':
      return '----------------------------------------'
    case 'space':
      return ''
    case 'columns':
      return [...b.left, ...b.right]
        .map((x) => guardedText(x, holes))
        .filter(Boolean)
        .join('\n\n')
    case 'article':
      return [`■ ${plainAround(b.title, holes)}`, plainAround(b.text, holes), `${plainAround(b.label, holes)} ${holes.link(b.href)}`.trim()]
        .filter(Boolean)
        .join('\n')
    case 'sns':
      return b.links.map(({ network, href }) => `${NETWORK_NAMES[network]} ${holes.link(href)}`).join('\n')
    case 'signature':
      return `${b.note ? `${plainAround(b.note, holes)}\n` : ''}${holes.liquid(SIGNATURE_TEXT)}`
    case 'html':
      return fieldsAround(strippedHtml(b.html), holes)
    case 'footer':
      return `--\n${b.note ? `${plainAround(b.note, holes)}\n\n` : ''}${holes.liquid(FOOTER_TEXT)}`
  }
}

/** The merge fields an author's HTML may hold; all other braces are text. */
export const FIELD_TOKEN = /\{\{ *(?:lead|owner|sender|fact)\.[A-Za-z][A-Za-z0-9_.]{0,120} *(?:\| *default: *"[^"{}%\\]*" *)?\}\}/g

const fieldsAround = (text: string, holes: Holes): string => text.replace(FIELD_TOKEN, (token) => holes.liquid(token))

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" }

/** What HTML says without its markup: line ends where blocks end, links behind their words. It goes out as text, so nothing in it acts. */
export function strippedHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<(script|style|head|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<a\b[^>]*?\bhref\s*=\s*["']([^"'<>]*)["'][^>]*>([\s\S]*?)<\/a\s*>/gi, '$2 ( $1 )')
    .replace(/<br\s*\/?>|<\/(?:p|div|tr|li|h[1-6]|table)\s*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
