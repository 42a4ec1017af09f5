// A form as a small tree of elements: one renderer for the hosted page and the preview (as HTML) and for the embed (as DOM nodes).
import { escapeHtml } from '#kernel/html.ts'
import type { FormField, FormSpec } from './contract.ts'
import { type Flaw, inWords, type Language } from './decide.ts'
import { ADDRESS_AUTOFILL } from './postal.ts'

/** An element; texts are text, never markup. */
export interface Node {
  readonly tag: string
  readonly attrs?: Readonly<Record<string, string>>
  readonly kids?: readonly (Node | string)[]
}

export interface Shown {
  readonly language: Language
  /** What was sent, when the page is shown again with flaws. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  readonly flaws?: readonly Flaw[]
  readonly hidden?: Readonly<Record<string, string>>
  readonly action?: string
}

const el = (
  tag: string,
  attrs: Readonly<Record<string, string | false | undefined>> = {},
  kids: readonly (Node | string)[] = [],
): Node => ({
  tag,
  attrs: Object.fromEntries(Object.entries(attrs).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  kids,
})

const WORDS = { ja: { required: '必須', choose: '選択してください' }, en: { required: 'required', choose: 'Choose' } } as const
export const TRAP = 'company_fax' // looks like a question to a robot; people never see it

/** The form element with everything in it. */
export function formTree(spec: FormSpec, shown: Shown): Node {
  const { language } = shown
  const intro = inWords(spec.intro, language)
  return el('form', { class: 'hgk', method: 'post', action: shown.action ?? '', novalidate: '', lang: language }, [
    el('h1', {}, [inWords(spec.title, language)]),
    ...(intro ? [el('p', { class: 'intro' }, [intro])] : []),
    el('div', { class: 'alert', role: 'alert', ...(shown.flaws?.some((flaw) => flaw.field === '') ? {} : { hidden: '' }) }, [
      shown.flaws?.find((flaw) => flaw.field === '')?.reason ?? '',
    ]),
    el(
      'div',
      { class: 'fields' },
      spec.fields.map((field) => question(field, shown)),
    ),
    ...(spec.consent.mode === 'none' ? [] : [consent(spec, shown)]),
    el('div', { class: 'trap', 'aria-hidden': 'true' }, [
      el('label', {}, ['FAX', el('input', { type: 'text', name: TRAP, tabindex: '-1', autocomplete: 'off' })]),
    ]),
    ...Object.entries(shown.hidden ?? {}).map(([name, value]) => el('input', { type: 'hidden', name, value })),
    el('button', { type: 'submit' }, [inWords(spec.submit, language) || 'OK']),
  ])
}

function question(field: FormField, shown: Shown): Node {
  const { language } = shown
  const flaw = shown.flaws?.find((one) => one.field === field.id)
  const grouped = field.kind === 'radio' || field.kind === 'multi'
  const name = [inWords(field.label, language), ...(field.required ? [el('span', { class: 'req' }, [WORDS[language].required])] : [])]
  const help = field.help ? inWords(field.help, language) : ''
  const tail = [
    ...(help ? [el('p', { class: 'help', id: `hgk-${field.id}-h` }, [help])] : []),
    el('p', { class: 'flaw', id: `hgk-${field.id}-e`, ...(flaw ? {} : { hidden: '' }) }, [flaw?.reason ?? '']),
  ]
  const attrs = { class: `q${field.half ? ' half' : ''}${flaw ? ' bad' : ''}`, 'data-q': field.id }
  if (grouped) return el('fieldset', attrs, [el('legend', {}, name), ...field.options.map((option) => tick(field, option, shown)), ...tail])
  if (field.kind === 'checkbox')
    return el('div', attrs, [el('label', { class: 'tick' }, [control(field, shown), el('span', {}, name)]), ...tail])
  return el('div', attrs, [el('label', { for: `hgk-${field.id}` }, name), control(field, shown), ...tail])
}

const AUTOFILL: Readonly<Record<string, string>> = {
  mail: 'email',
  phone: 'tel',
  companyName: 'organization',
  familyName: 'family-name',
  givenName: 'given-name',
  title: 'organization-title',
  website: 'url',
  ...ADDRESS_AUTOFILL,
}

function control(field: FormField, shown: Shown): Node {
  const [value = ''] = shown.values?.[field.id] ?? []
  const flawed = shown.flaws?.some((one) => one.field === field.id)
  const base = {
    id: `hgk-${field.id}`,
    name: field.id,
    'aria-describedby': `hgk-${field.id}-e`,
    'aria-invalid': flawed ? 'true' : undefined,
    'aria-required': field.required ? 'true' : undefined,
    autocomplete: AUTOFILL[field.key],
  }
  if (field.kind === 'textarea') return el('textarea', { ...base, rows: '5', maxlength: '4000' }, [value])
  if (field.kind === 'select') {
    const options = field.options.map((option) =>
      el('option', { value: option.value, selected: option.value === value && '' }, [inWords(option, shown.language)]),
    )
    return el('select', base, [el('option', { value: '' }, [WORDS[shown.language].choose]), ...options])
  }
  if (field.kind === 'checkbox') return el('input', { ...base, type: 'checkbox', value: 'yes', checked: value ? '' : undefined })
  const type = field.kind === 'number' ? 'text' : field.kind
  return el('input', { ...base, type, value, maxlength: '500', inputmode: field.kind === 'number' ? 'decimal' : undefined })
}

function tick(field: FormField, option: FormField['options'][number], shown: Shown): Node {
  const checked = shown.values?.[field.id]?.includes(option.value)
  const type = field.kind === 'radio' ? 'radio' : 'checkbox'
  return el('label', { class: 'tick' }, [
    el('input', { type, name: field.id, value: option.value, checked: checked ? '' : undefined }),
    el('span', {}, [inWords(option, shown.language)]),
  ])
}

function consent(spec: FormSpec, shown: Shown): Node {
  const flaw = shown.flaws?.find((one) => one.field === 'consent')
  const ticked = (shown.values?.['consent']?.length ?? 0) > 0
  const required = spec.consent.mode === 'required' ? [el('span', { class: 'req' }, [WORDS[shown.language].required])] : []
  return el('div', { class: `q consent${flaw ? ' bad' : ''}`, 'data-q': 'consent' }, [
    el('label', { class: 'tick' }, [
      el('input', { type: 'checkbox', name: 'consent', value: 'yes', checked: ticked ? '' : undefined }),
      el('span', {}, [inWords(spec.consent.text, shown.language), ...required]),
    ]),
    el('p', { class: 'flaw', ...(flaw ? {} : { hidden: '' }) }, [flaw?.reason ?? '']),
  ])
}

/** The thank-you text in place of the form. */
export const thanksTree = (text: string): Node =>
  el(
    'div',
    { class: 'hgk thanks', role: 'status', tabindex: '-1' },
    text.split('\n').map((line) => el('p', {}, [line])),
  )

const VOID = new Set(['input', 'br', 'meta', 'link'])

/** The tree as HTML, every text and value escaped. */
export function toHtml(node: Node | string): string {
  if (typeof node === 'string') return escapeHtml(node)
  const attrs = Object.entries(node.attrs ?? {}).map(([name, value]) => (value === '' ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`))
  const open = `<${node.tag}${attrs.join('')}>`
  return VOID.has(node.tag) ? open : `${open}${(node.kids ?? []).map(toHtml).join('')}</${node.tag}>`
}

/** The look of a form, for the hosted page and inside the embed's shadow root alike. */
export const FORM_CSS = `:root{color-scheme:light dark}
.hgk{box-sizing:border-box;font:15px/1.6 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,system-ui,sans-serif;color:light-dark(#1b1f27,#e6e8ec);line-break:strict;overflow-wrap:anywhere}
.hgk *{box-sizing:border-box}.hgk h1{font-size:22px;line-height:1.4;margin:0 0 16px}.hgk .intro{margin:-6px 0 20px;color:light-dark(#5a6270,#a4abb8);white-space:pre-line}
.hgk .fields{display:grid;grid-template-columns:1fr 1fr;gap:16px}.hgk .q{grid-column:1/-1;border:0;margin:0;padding:0;min-width:0}.hgk .q.half{grid-column:span 1}
.hgk label,.hgk legend{display:block;font-weight:600;font-size:14px;margin:0 0 6px;padding:0}.hgk .req{margin-left:8px;padding:1px 6px;border-radius:4px;font-size:11px;font-weight:600;background:light-dark(#fdecea,#4a2320);color:light-dark(#b42318,#ffb4ab)}
.hgk input[type=text],.hgk input[type=email],.hgk input[type=tel],.hgk input[type=date],.hgk textarea,.hgk select{width:100%;font-family:inherit;font-size:16px;line-height:1.5;color:inherit;padding:10px 12px;border:1px solid light-dark(#dcdfe5,#3a424e);border-radius:8px;background:light-dark(#fff,#14171b)}
.hgk textarea{resize:vertical}.hgk :is(input,textarea,select):focus-visible{outline:2px solid light-dark(#4f63d8,#8797ff);outline-offset:1px;border-color:transparent}
.hgk .tick{display:flex;gap:10px;align-items:flex-start;font-weight:400;margin:6px 0}.hgk .tick input{width:18px;height:18px;margin:3px 0 0;accent-color:#4f63d8;flex:none}.hgk .consent{margin-top:20px;padding:14px;border-radius:8px;background:light-dark(#f5f6f8,#20252c)}
.hgk .help{margin:6px 0 0;font-size:13px;color:light-dark(#5a6270,#a4abb8)}.hgk .flaw{margin:6px 0 0;font-size:13px;color:light-dark(#b42318,#ff9b91)}.hgk .flaw[hidden],.hgk .alert[hidden]{display:none}
.hgk .bad :is(input,textarea,select){border-color:light-dark(#c0302b,#ff7b72)}.hgk .alert{padding:10px 14px;margin:0 0 16px;border-radius:8px;background:light-dark(#fdecea,#3b1f1d);color:light-dark(#8c1d18,#ffb4ab)}
.hgk .trap{position:absolute!important;left:-9999px;width:1px;height:1px;overflow:hidden}.hgk button{margin-top:24px;width:100%;padding:13px 20px;border:0;border-radius:8px;background:#4f63d8;color:#fff;font-family:inherit;font-size:16px;font-weight:600;line-height:1.4;cursor:pointer}
.hgk button:hover{background:#4457c4}.hgk button:focus-visible{outline:2px solid light-dark(#1b1f27,#fff);outline-offset:2px}.hgk button[disabled]{opacity:.6;cursor:default}.hgk.thanks{text-align:center;padding:32px 8px;outline:0}.hgk.thanks p{margin:4px 0;font-size:17px}
@media(max-width:480px){.hgk .q.half{grid-column:1/-1}}`

const PAGE_CSS = `html{background:light-dark(#f5f6f8,#131519)}body{margin:0;padding:32px 16px}main{max-width:640px;margin:0 auto;padding:32px;border-radius:12px;border:1px solid light-dark(#e8eaee,#2a2f37);background:light-dark(#fff,#1a1d22)}
footer{max-width:640px;margin:16px auto 0;font:12px/1.6 system-ui,sans-serif;color:light-dark(#5a6270,#a4abb8);text-align:center}@media(max-width:480px){body{padding:12px}main{padding:20px}}`

/** A whole page around a tree. `nonce` stands in the page's Content-Security-Policy. */
export function pageHtml(
  title: string,
  body: Node,
  page: { language: Language; nonce: string; company: string; scheme?: 'light' | 'dark'; script?: string },
): string {
  const scheme = page.scheme ? `<style nonce="${page.nonce}">:root{color-scheme:${page.scheme}!important}</style>` : ''
  return `<!doctype html><html lang="${page.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style nonce="${page.nonce}">${FORM_CSS}${PAGE_CSS}</style>${scheme}</head><body><main>${toHtml(body)}</main>${page.script ? `<script nonce="${page.nonce}">${page.script}</script>` : ''}${page.company ? `<footer>${escapeHtml(page.company)}</footer>` : ''}</body></html>`
}
