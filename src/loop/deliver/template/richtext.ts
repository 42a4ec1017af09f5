// Rich text (closed JSON) → HTML for MJML and plain text. Liquid and links leave as holes, so that neither the MJML
// parser nor HTML escaping ever sees them.
import { escapeHtml } from '#kernel/html.ts'
import type { Inline, Mark, RichText } from './contract.ts'
import { graceful, guarded, type Piece } from './graceful.ts'

/** Collects what must not pass the MJML parser: Liquid code, and links, which are stored by number. */
export interface Holes {
  /** Puts Liquid code aside and answers with a mark that survives the parser. */
  liquid(code: string): string
  /** Stores a web link and answers with the mark of its tracked address; mailto: and tel: stay themselves. */
  link(url: string): string
  /** For an author to read and go on from: fields as codes, no conditions. */
  readonly asWritten?: true
}

const TOKEN = /^\{\{[^{}]*\}\}$/

/** Text in which merge fields are put aside as Liquid, and what stands beside them goes with them; a lone `{%` stays text. */
function around(text: string, holes: Holes, said: (text: string) => string): string {
  return graceful([{ type: 'text', text }])
    .map(({ node, guards }) => {
      if (node.type !== 'text') return ''
      return kept(TOKEN.test(node.text) ? holes.liquid(node.text) : said(node.text), guards, holes)
    })
    .join('')
}

/** Where the words are shown with their codes, nothing is guarded. */
const kept = (inner: string, guards: Piece['guards'], holes: Holes): string =>
  holes.asWritten ? inner : guarded(inner, guards, (code) => holes.liquid(code))

/** HTML-escapes text; `{{ merge fields }}` inside it are put aside as Liquid. */
export const escapeAround = (text: string, holes: Holes): string => around(text, holes, escapeHtml)

/** The same for the text part and the subject: nothing is escaped. */
export const plainAround = (text: string, holes: Holes): string => around(text, holes, (one) => one)

/** The Liquid code of a merge field with its words for "nothing there". */
export function mergeCode(field: string, fallback: string): string {
  const safe = fallback.replace(/["{}%\\]/g, '')
  return safe ? `{{ ${field} | default: "${safe}" }}` : `{{ ${field} }}`
}

export function richToHtml(doc: RichText, holes: Holes): string {
  return doc.content.map((node) => (node.type === 'paragraph' ? paragraph(node.content, holes) : listHtml(node, holes))).join('')
}

function paragraph(content: readonly Inline[] | undefined, holes: Holes): string {
  return `<p style="margin:0 0 12px">${inlineHtml(content, holes) || '&nbsp;'}</p>`
}

type List = Extract<RichText['content'][number], { type: 'bulletList' | 'orderedList' }>

function listHtml(list: List, holes: Holes): string {
  const tag = list.type === 'bulletList' ? 'ul' : 'ol'
  const items = list.content.map((item) => `<li>${item.content.map((p) => inlineHtml(p.content, holes)).join('<br />')}</li>`)
  return `<${tag} style="margin:0 0 12px;padding-left:24px">${items.join('')}</${tag}>`
}

function inlineHtml(content: readonly Inline[] | undefined, holes: Holes): string {
  return graceful(content ?? [])
    .map(({ node, guards }) => kept(oneInline(node, holes), guards, holes))
    .join('')
}

function oneInline(node: Inline, holes: Holes): string {
  if (node.type === 'hardBreak') return '<br />'
  const inner = node.type === 'text' ? escapeAround(node.text, holes) : holes.liquid(mergeCode(node.attrs.field, node.attrs.fallback))
  return (node.marks ?? []).reduce((html, mark) => wrap(html, mark, holes), inner)
}

function wrap(html: string, mark: Mark, holes: Holes): string {
  switch (mark.type) {
    case 'bold':
      return `<strong>${html}</strong>`
    case 'italic':
      return `<em>${html}</em>`
    case 'underline':
      return `<u>${html}</u>`
    case 'link':
      return `<a href="${holes.link(mark.attrs.href)}" style="color:#4f63d8">${html}</a>`
  }
}

export function richToText(doc: RichText, holes: Holes): string {
  return doc.content
    .map((node) => {
      if (node.type === 'paragraph') return inlineText(node.content, holes)
      return node.content
        .map(
          (item, i) =>
            `${node.type === 'bulletList' ? '・' : `${i + 1}. `}${item.content.map((p) => inlineText(p.content, holes)).join('\n  ')}`,
        )
        .join('\n')
    })
    .join('\n\n')
}

function inlineText(content: readonly Inline[] | undefined, holes: Holes): string {
  return graceful(content ?? [])
    .map(({ node, guards }) => kept(oneText(node, holes), guards, holes))
    .join('')
}

function oneText(node: Inline, holes: Holes): string {
  if (node.type === 'hardBreak') return '\n'
  const inner = node.type === 'text' ? plainAround(node.text, holes) : holes.liquid(mergeCode(node.attrs.field, node.attrs.fallback))
  const link = node.marks?.find((mark) => mark.type === 'link')
  return link ? `${inner} ( ${holes.link(link.attrs.href)} )` : inner
}
