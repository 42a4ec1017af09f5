// Blocks → MJML → HTML, once per version. What leaves is Liquid source in which every tracked link already stands as
// `{{ track }}/c/…`: nothing is ever rewritten per recipient.
import mjml2html from 'mjml'
import type { Block, Condition, Draft, LeafBlock } from './contract.ts'
import { segmentName } from './names.ts'
import { escapeAround, escapeHtml, type Holes, plainAround, richToHtml, richToText } from './richtext.ts'

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

/** Gmail cuts a mail's HTML at 102 kB; MJML input is capped besides. */
const CLIP_BYTES = 100_000
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
  const text = holes.fill(
    blocks
      .map((b) => guardedText(b, holes))
      .filter(Boolean)
      .join('\n\n'),
  )
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

/** MJML indents lavishly; runs of blanks between tags carry nothing. */
function squeezed(html: string): string {
  return html.replace(/\n\s*\n+/g, '\n').replace(/^[ \t]+/gm, '')
}

function warningsOf(draft: Draft, html: string): string[] {
  const warnings: string[] = []
  if (Buffer.byteLength(html) > CLIP_BYTES) warnings.push('clipped')
  if (draft.blocks.some((b) => b.kind === 'image' && b.src === '')) warnings.push('imageMissing')
  if (draft.blocks.some((b) => b.kind === 'image' && b.src !== '' && b.alt === '')) warnings.push('altMissing')
  return warnings
}

const TRAP =
  '{% if trap %}<a href="{{ click }}/0" style="display:none;max-height:0;overflow:hidden;font-size:0;line-height:0" aria-hidden="true" tabindex="-1">&#8203;</a>{% endif %}'
const FONT = `-apple-system, 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic', Meiryo, sans-serif`

function mjmlOf(draft: Draft, blocks: readonly Block[], holes: Holes & { segments: Set<string> }): string {
  const preview = draft.preheader ? `<mj-preview>${escapeAround(draft.preheader, holes)}</mj-preview>` : ''
  return `<mjml lang="ja"><mj-head>${preview}<mj-attributes><mj-all font-family="${FONT}" /><mj-text font-size="15px" line-height="1.75" color="#1f2329" padding="0 24px" /><mj-section padding="0" background-color="#ffffff" /></mj-attributes></mj-head>
<mj-body background-color="#f3f4f7" width="600px"><mj-raw>${holes.liquid(TRAP)}</mj-raw><mj-wrapper padding="24px 0" background-color="#ffffff">${blocks.map((b) => guarded(b, holes, section(b, holes))).join('')}</mj-wrapper></mj-body></mjml>`
}

type Pot = Holes & { segments: Set<string> }

/** A block, or a leaf of a column, inside its condition. */
function guarded(b: Block | LeafBlock, holes: Pot, body: string): string {
  if (!b.when || !body) return body
  return `<mj-raw>${holes.liquid(`{% if ${test(b.when, holes)} %}`)}</mj-raw>${body}<mj-raw>${holes.liquid('{% endif %}')}</mj-raw>`
}

function guardedText(b: Block | LeafBlock, holes: Pot): string {
  const body = textOf(b, holes)
  return b.when && body ? `${holes.liquid(`{% if ${test(b.when, holes)} %}`)}${body}${holes.liquid('{% endif %}')}` : body
}

function test(when: Condition, holes: { segments: Set<string> }): string {
  if (when.kind === 'segment') {
    holes.segments.add(when.segmentId)
    return `${segmentName(when.segmentId)}${when.isIn ? ' == true' : ' != true'}`
  }
  const value = when.value.replace(/["{}%\\]/g, '')
  if (when.op === 'is') return `${when.field} == "${value}"`
  if (when.op === 'isNot') return `${when.field} != "${value}"`
  return when.op === 'filled' ? `${when.field} and ${when.field} != ""` : `${when.field} == nil or ${when.field} == ""`
}

function section(b: Block, holes: Pot): string {
  if (b.kind === 'columns')
    return `<mj-section padding="0 12px"><mj-column>${b.left.map((x) => guarded(x, holes, leafMjml(x, holes, true))).join('')}</mj-column><mj-column>${b.right.map((x) => guarded(x, holes, leafMjml(x, holes, true))).join('')}</mj-column></mj-section>`
  if (b.kind === 'footer')
    return `<mj-section><mj-column><mj-divider border-width="1px" border-color="#e3e5ea" padding="24px 24px 16px" /><mj-text font-size="12px" line-height="1.7" color="#5b6270">${footerHtml(b.note, holes)}</mj-text></mj-column></mj-section>`
  return `<mj-section><mj-column>${leafMjml(b, holes, false)}</mj-column></mj-section>`
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
const FOOTER_TEXT =
  '{{ sender.legal_name }}\n{{ sender.address }}\n{{ words.contact }} {{ sender.contact }}{% if marketing %}\n\n{{ words.stop_sentence }}\n{{ stop_url }}{% endif %}'
const FOOTER_HTML =
  '{{ sender.legal_name }}<br />{{ sender.address }}<br />{{ words.contact }} {{ sender.contact }}{% if marketing %}<br /><br />{{ words.stop_sentence }}<br /><a href="{{ stop_url }}" style="color:#5b6270">{{ words.stop_link }}</a>{% endif %}'

function footerHtml(note: string, holes: Holes): string {
  const lines = note ? `${escapeAround(note, holes).replace(/\n/g, '<br />')}<br /><br />` : ''
  return lines + holes.liquid(FOOTER_HTML)
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
      return `▶ ${plainAround(b.label, holes)}\n${holes.link(b.href)}`
    case 'divider':
      return '----------------------------------------'
    case 'space':
      return ''
    case 'columns':
      return [...b.left, ...b.right]
        .map((x) => guardedText(x, holes))
        .filter(Boolean)
        .join('\n\n')
    case 'footer':
      return `--\n${b.note ? `${plainAround(b.note, holes)}\n\n` : ''}${holes.liquid(FOOTER_TEXT)}`
  }
}
