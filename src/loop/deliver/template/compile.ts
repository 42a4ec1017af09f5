// Blocks → MJML → HTML, once per version. What leaves is Liquid source in which every tracked link already stands as
// `{{ track }}/c/…`: nothing is ever rewritten per recipient.
import mjml2html from 'mjml'
import { escapeHtml } from '#kernel/html.ts'
import type { Block, Draft, LeafBlock } from './contract.ts'
import { rawFault } from './rawHtml.ts'
import { escapeAround, type Holes, plainAround, richToHtml } from './richtext.ts'
import { FIELD_TOKEN, NETWORK_NAMES, type Pot, test, textPart } from './text.ts'
import { warningsOf } from './warn.ts'

/** A frozen version, ready for Liquid. Links are tracked by their position in `links`, counted from 1; 0 is the trap. */
export interface Compiled {
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly links: readonly string[]
  /** Segments whose membership a block's condition asks for. */
  readonly segments: readonly string[]
  readonly warnings: readonly string[]
}

const MOST_MJML = 200_000

interface Bag extends Holes {
  readonly links: string[]
  readonly segments: Set<string>
  fill(source: string): string
  /** From now on the text part is made: a link in it has the number of the same place in the HTML. */
  turnToText(): void
}

/** Marks are made of private-use characters; those of the author are dropped first, so none can be forged. */
const withoutMarks = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(/[\uE000-\uE002]|\\ue00[0-2]/gi, ''))

function bag(): Bag {
  const codes: string[] = []
  const links: string[] = []
  /** Places of an address that the text part has not come to yet; null while the HTML is made. */
  let left: Map<string, number[]> | null = null
  const liquid = (code: string) => `\uE000${codes.push(code) - 1}\uE001`
  return {
    links,
    segments: new Set(),
    liquid,
    link(url) {
      if (!/^https?:/i.test(url)) return escapeHtml(url)
      // Each place has a number of its own: the same address at the head and at the foot are two positions (click map).
      const n = left?.get(url)?.shift() ?? links.push(url)
      return liquid(`{{ click }}/${n}`)
    },
    // Whatever Liquid the author wrote outside of a known mark would be run: it is made harmless first.
    turnToText() {
      left = Map.groupBy(
        links.map((_, i) => i + 1),
        (n) => links[n - 1] ?? '',
      )
    },
    fill: (source) => defused(source).replace(/\uE000(\d+)\uE001/g, (_, n) => codes[Number(n)] ?? ''),
  }
}

/** `{%` and `{{` that stand in text are text. */
function defused(source: string): string {
  return source.replace(/\{(?=[{%\uE000])/g, '{{ "{" }}')
}

/**
 * Compiles a draft. Runs in the template worker (MJML takes 10–80 ms).
 * @throws when MJML refuses its input or it is over 200 kB
 */
export async function compileDraft(given: Draft): Promise<Compiled> {
  const draft = withoutMarks(given) as Draft
  for (const b of draft.blocks) if (b.kind === 'html') refuseRaw(b.html)
  const holes = bag()
  const blocks = draft.blocks.some((b) => b.kind === 'footer')
    ? draft.blocks
    : [...draft.blocks, { kind: 'footer', id: 'footer', note: '' } as Block]
  const mjml = mjmlOf(draft, blocks, holes)
  if (mjml.length > MOST_MJML) throw new Error('template.tooLong')
  const { html, errors } = await mjml2html(mjml, { validationLevel: 'soft', ignoreIncludes: true, keepComments: true, fonts: {} })
  if (errors.length) throw new Error(`template.mjml: ${errors[0]?.message ?? ''}`)
  const filled = holes
    .fill(squeezed(html))
    .replace(
      '</body>',
      '{% if pixel %}<img src="{{ pixel }}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0" />{% endif %}</body>',
    )
  holes.turnToText()
  const text = holes.fill(textPart(draft, blocks, holes))
  const subject = holes.fill(plainAround(draft.subject, holes))
  return {
    subject,
    html: filled,
    text: `${text}\n`,
    links: holes.links,
    segments: [...holes.segments],
    warnings: warningsOf(draft, filled),
  }
}

function refuseRaw(html: string): void {
  const fault = rawFault(html)
  if (fault === 'open')
    throw new Error('HTMLブロックに閉じていないタグ・引用符・コメントがあります / A tag, quote or comment of the HTML block does not end.')
  if (fault) throw new Error(`HTMLブロックでは <${fault}> を使えません / <${fault}> cannot stand in an HTML block.`)
}

/** MJML indents lavishly; runs of blanks between tags carry nothing. */
function squeezed(html: string): string {
  return html.replace(/\n\s*\n+/g, '\n').replace(/^[ \t]+/gm, '')
}

const TRAP =
  '{% if trap %}<a href="{{ click }}/0" style="display:none;max-height:0;overflow:hidden;font-size:0;line-height:0" aria-hidden="true" tabindex="-1">&#8203;</a>{% endif %}'
/** For programs that follow the reader's scheme; the others keep the light sheet. Buttons and pictures keep their colours. */
const DARK =
  '@media (prefers-color-scheme: dark) { body, .desk { background: #14161a !important } .paper, .paper > table { background: #1d2025 !important; background-color: #1d2025 !important } .ink div, .ink p, .ink h1, .ink h2, .ink li { color: #e6e8ec !important } .ink a { color: #9daaff !important } }'
const FONT = `-apple-system, 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic', Meiryo, sans-serif`

function mjmlOf(draft: Draft, blocks: readonly Block[], holes: Holes & { segments: Set<string> }): string {
  const preview = draft.preheader ? `<mj-preview>${escapeAround(draft.preheader, holes)}</mj-preview>` : ''
  return `<mjml lang="ja"><mj-head>${preview}<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw><mj-style>${DARK}</mj-style><mj-attributes><mj-all font-family="${FONT}" /><mj-text font-size="15px" line-height="1.75" color="#1f2329" padding="0 24px" css-class="ink" /><mj-section padding="0" background-color="#ffffff" css-class="paper" /></mj-attributes></mj-head>
<mj-body background-color="#f3f4f7" width="600px" css-class="desk"><mj-raw>${holes.liquid(TRAP)}</mj-raw><mj-wrapper padding="24px 0" background-color="#ffffff" css-class="paper">${blocks.map((b) => guarded(b, holes, section(b, holes))).join('')}</mj-wrapper></mj-body></mjml>`
}

/** A block, or a leaf of a column, inside its condition. */
function guarded(b: Block | LeafBlock, holes: Pot, body: string): string {
  // The legal lines and the way out are for everybody, whatever condition stands there.
  if (!b.when || !body || b.kind === 'footer') return body
  return `<mj-raw>${holes.liquid(`{% if ${test(b.when, holes)} %}`)}</mj-raw>${body}<mj-raw>${holes.liquid('{% endif %}')}</mj-raw>`
}

/** An author's own HTML as Liquid that says exactly the same; merge fields alone are filled in. */
function verbatim(html: string): string {
  const fields = [...html.matchAll(FIELD_TOKEN)]
  let said = ''
  let at = 0
  for (const field of fields) {
    said += defused(html.slice(at, field.index)) + field[0]
    at = field.index + field[0].length
  }
  return said + defused(html.slice(at))
}

function section(b: Block, holes: Pot): string {
  if (b.kind === 'html')
    return `<mj-section><mj-column><mj-text padding="0">${b.html ? holes.liquid(verbatim(b.html)) : ''}</mj-text></mj-column></mj-section>`
  if (b.kind === 'article') return articleMjml(b, holes)
  if (b.kind === 'sns')
    return b.links.length
      ? `<mj-section><mj-column><mj-text align="${b.align}" padding="4px 24px 16px" font-size="13px">${b.links.map((one) => `<a href="${holes.link(one.href)}" style="display:inline-block;margin:0 4px 6px;padding:3px 12px;border:1px solid #c9ceda;border-radius:14px;color:#475063;text-decoration:none">${NETWORK_NAMES[one.network]}</a>`).join(' ')}</mj-text></mj-column></mj-section>`
      : ''
  if (b.kind === 'signature')
    return `<mj-section><mj-column><mj-text font-size="14px" line-height="1.7" padding="8px 24px 16px">${b.note ? `${escapeAround(b.note, holes).replace(/\n/g, '<br />')}<br />` : ''}${holes.liquid(SIGNATURE_HTML)}</mj-text></mj-column></mj-section>`
  if (b.kind === 'columns')
    return `<mj-section padding="0 12px"><mj-column>${b.left.map((x) => guarded(x, holes, leafMjml(x, holes, true))).join('')}</mj-column><mj-column>${b.right.map((x) => guarded(x, holes, leafMjml(x, holes, true))).join('')}</mj-column></mj-section>`
  if (b.kind === 'footer')
    return `<mj-section><mj-column><mj-divider border-width="1px" border-color="#e3e5ea" padding="24px 24px 16px" /><mj-text font-size="12px" line-height="1.7" color="#5b6270">${footerHtml(b.note, holes)}</mj-text></mj-column></mj-section>`
  return `<mj-section><mj-column>${leafMjml(b, holes, false)}</mj-column></mj-section>`
}

type Article = Extract<Block, { kind: 'article' }>

/** Picture and words side by side; one under the other on a phone. */
function articleMjml(b: Article, holes: Pot): string {
  const picture = b.src
    ? `<mj-column width="36%"><mj-image src="${escapeHtml(b.src)}" alt="${escapeHtml(b.alt)}" href="${holes.link(b.href)}" border-radius="6px" padding="0 12px 12px" /></mj-column>`
    : ''
  const label = b.label ? `<br /><a href="${holes.link(b.href)}" style="color:#4f63d8">${escapeAround(b.label, holes)}</a>` : ''
  return `<mj-section padding="8px 12px">${picture}<mj-column width="${b.src ? '64%' : '100%'}"><mj-text padding="0 12px 12px" font-size="14px"><a href="${holes.link(b.href)}" style="color:inherit;font-size:16px;font-weight:600;text-decoration:none">${escapeAround(b.title, holes)}</a>${b.text ? `<br />${escapeAround(b.text, holes).replace(/\n/g, '<br />')}` : ''}${label}</mj-text></mj-column></mj-section>`
}

function leafMjml(b: LeafBlock, holes: Holes, narrow: boolean): string {
  const pad = narrow ? '0 12px' : '0 24px'
  switch (b.kind) {
    case 'heading':
      return `<mj-text font-size="${b.level === 1 ? 22 : 18}px" font-weight="600" line-height="1.5" padding="${pad}" align="${b.align}"><h${b.level} style="margin:0 0 12px;font-size:inherit">${escapeAround(b.text, holes)}</h${b.level}></mj-text>`
    case 'text':
      return `<mj-text padding="${pad}">${richToHtml(b.doc, holes)}</mj-text>`
    case 'image':
      return b.src
        ? `<mj-image src="${escapeHtml(b.src)}" alt="${escapeHtml(b.alt)}" width="${narrow ? Math.min(b.width, 252) : b.width}px" padding="4px 24px 16px"${b.href ? ` href="${holes.link(b.href)}"` : ''} />`
        : ''
    case 'button':
      return `<mj-button href="${holes.link(b.href)}" background-color="${b.color}" color="#ffffff" border-radius="8px" font-size="15px" font-weight="600" align="${b.align}" inner-padding="12px 28px" padding="8px 24px 20px">${escapeAround(b.label, holes)}</mj-button>`
    case 'divider':
      return '<mj-divider border-width="1px" border-color="#e3e5ea" padding="12px 24px" />'
    case 'space':
      return `<mj-spacer height="${b.height}px" />`
  }
}

/** What 特定電子メール法 art. 4 asks for: responsible sender, address, contact, and the way out with its statement. */
const SIGNATURE_HTML =
  '{{ sender.legal_name }}{% if owner.name and owner.name != "" %}<br /><strong>{{ owner.name }}</strong>{% endif %}{% if owner.email and owner.email != "" %}<br /><a href="mailto:{{ owner.email }}" style="color:#4f63d8">{{ owner.email }}</a>{% endif %}'
const FOOTER_HTML =
  '{{ sender.legal_name }}<br />{{ sender.address }}<br />{{ words.contact }} {{ sender.contact }}{% if web_url %}<br /><br /><a href="{{ web_url }}" style="color:#5b6270">{{ words.web_link }}</a>{% endif %}{% if marketing %}<br /><br />{{ words.stop_sentence }}<br /><a href="{{ stop_url }}" style="color:#5b6270">{{ words.stop_link }}</a>{% endif %}'

function footerHtml(note: string, holes: Holes): string {
  const lines = note ? `${escapeAround(note, holes).replace(/\n/g, '<br />')}<br /><br />` : ''
  return lines + holes.liquid(FOOTER_HTML)
}
