// Puts forms into the pages they are embedded in: <div data-hagukumi-form="FORM_ID"></div>. Loaded by the tag, or by itself with
// <script async src="https://host/form.js">. The tree comes from the server's renderer; here it only becomes elements.
import type { Hagukumi } from './api.ts'

interface Node {
  readonly tag: string
  readonly attrs?: Readonly<Record<string, string>>
  readonly kids?: readonly (Node | string)[]
}
interface Embed {
  readonly tree: Node
  readonly css: string
  readonly pass: string
  readonly language: 'ja' | 'en'
}
interface Flaw {
  readonly field: string
  readonly reason: string
}

const own = document.currentScript as HTMLScriptElement | null
const tag = (): Hagukumi | undefined => {
  const found = (window as { hagukumi?: unknown }).hagukumi
  return found && !Array.isArray(found) ? (found as Hagukumi) : undefined
}
const origin = (): string => tag()?.host ?? (own ? new URL(own.src).origin : location.origin)
const done = new WeakSet<Element>()
const WORDS = {
  ja: { offline: '送信できませんでした。通信状況を確認して、もう一度お試しください。', sending: '送信中…' },
  en: { offline: 'It could not be sent. Check the connection and try again.', sending: 'Sending…' },
}
const SAFE = new Set(['form', 'h1', 'p', 'div', 'span', 'label', 'legend', 'fieldset', 'input', 'textarea', 'select', 'option', 'button'])

function build(node: Node | string): globalThis.Node {
  if (typeof node === 'string') return document.createTextNode(node)
  const element = document.createElement(SAFE.has(node.tag) ? node.tag : 'span')
  for (const [name, value] of Object.entries(node.attrs ?? {})) if (!name.startsWith('on')) element.setAttribute(name, value)
  element.append(...(node.kids ?? []).map(build))
  return element
}

async function embed(host: Element): Promise<void> {
  const id = host.getAttribute('data-hagukumi-form') ?? ''
  if (!id || done.has(host) || host.shadowRoot) return
  done.add(host)
  const language = host.getAttribute('data-lang') ?? (document.documentElement.lang.startsWith('en') ? 'en' : '')
  const url = `${origin()}/f/${encodeURIComponent(id)}`
  const query = language ? `?lang=${encodeURIComponent(language)}` : ''
  const answer = await fetch(`${url}/embed${query}`, { credentials: 'omit' })
  if (!answer.ok) throw new Error(`form ${id}: ${answer.status}`)
  show(host, `${url}${query}`, (await answer.json()) as Embed)
}

function show(host: Element, url: string, given: Embed): void {
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet() // a constructed sheet needs no style-src of the host page
  sheet.replaceSync(given.css)
  root.adoptedStyleSheets = [sheet]
  const form = build(given.tree) as HTMLFormElement
  root.append(form)
  fillAddress(form)
  let pass = given.pass
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const button = form.querySelector('button')
    const label = button?.textContent ?? ''
    if (!button || button.disabled) return
    button.disabled = true
    button.textContent = WORDS[given.language].sending
    const rest = () => {
      button.disabled = false
      button.textContent = label
    }
    send(url, form, pass)
      .then(async ({ status, body }) => {
        rest()
        if (status === 200) return thank(root, form, body as { after: { kind: string; text?: string; url?: string } })
        const flaws = (body as { errors?: Flaw[] }).errors ?? []
        mark(form, flaws.length ? flaws : [{ field: '', reason: (body as { detail?: string }).detail ?? WORDS[given.language].offline }])
        if (status === 422 && flaws.some((flaw) => flaw.field === '')) pass = await fresh(url, pass)
      })
      .catch(() => {
        rest()
        mark(form, [{ field: '', reason: WORDS[given.language].offline }])
      })
  })
}

/** Seven digits of a postal code fill in the address; what somebody typed themselves is left alone. */
function fillAddress(form: HTMLFormElement): void {
  const find = (name: string) => form.querySelector<HTMLInputElement>(`[autocomplete="${name}"]`)
  const postal = find('postal-code')
  const filled: Record<string, string> = {}
  postal?.addEventListener('input', async () => {
    const digits = postal.value.normalize('NFKC').replace(/\D/g, '')
    if (digits.length !== 7) return
    const answer = await fetch(`${origin()}/f/postal/${digits}`, { credentials: 'omit' }).catch(() => null)
    if (!answer?.ok) return
    for (const [name, value] of Object.entries((await answer.json()) as Record<string, string>)) {
      const input = find(name)
      if (!input || (input.value && input.value !== filled[name])) continue
      input.value = value
      filled[name] = input.value
    }
  })
}

/** A pass that has run out is replaced, so that nobody has to type everything again. */
async function fresh(url: string, old: string): Promise<string> {
  const [path = '', query] = url.split('?')
  const answer = await fetch(`${path}/embed${query ? `?${query}` : ''}`, { credentials: 'omit' })
  return answer.ok ? ((await answer.json()) as Embed).pass : old
}

async function send(url: string, form: HTMLFormElement, pass: string): Promise<{ status: number; body: unknown }> {
  const values: Record<string, unknown> = { _pass: pass, _page: location.href }
  const visitor = tag()?.visitor()
  if (visitor) values['_visitor'] = visitor
  const data = new FormData(form)
  for (const name of new Set(data.keys())) {
    const all = data.getAll(name).filter((value) => typeof value === 'string')
    values[name] = all.length > 1 ? all : all[0]
  }
  // A string body is text/plain, which asks for no preflight.
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(values), credentials: 'omit' })
  return { status: answer.status, body: await answer.json() }
}

function mark(form: HTMLFormElement, flaws: readonly Flaw[]): void {
  for (const question of form.querySelectorAll<HTMLElement>('[data-q]')) {
    const flaw = flaws.find((one) => one.field === question.dataset['q'])
    question.classList.toggle('bad', !!flaw)
    const place = question.querySelector<HTMLElement>('.flaw')
    if (place) {
      place.hidden = !flaw
      place.textContent = flaw?.reason ?? ''
    }
    for (const input of question.querySelectorAll('input,select,textarea')) input.toggleAttribute('aria-invalid', !!flaw)
  }
  const whole = flaws.find((one) => one.field === '')
  const alert = form.querySelector<HTMLElement>('.alert')
  if (alert) {
    alert.hidden = !whole
    alert.textContent = whole?.reason ?? ''
  }
  form.querySelector<HTMLElement>('.bad input,.bad select,.bad textarea')?.focus()
}

function thank(root: ShadowRoot, form: HTMLFormElement, body: { after: { kind: string; text?: string; url?: string } }): void {
  if (body.after.kind === 'redirect' && /^https?:/.test(body.after.url ?? '')) {
    location.assign(body.after.url ?? '')
    return
  }
  const thanks = build({
    tag: 'div',
    attrs: { class: 'hgk thanks', role: 'status', tabindex: '-1' },
    kids: (body.after.text ?? '').split('\n').map((line) => ({ tag: 'p', kids: [line] })),
  })
  form.replaceWith(thanks)
  ;(root.lastElementChild as HTMLElement | null)?.focus()
}

const look = () => {
  for (const host of document.querySelectorAll('[data-hagukumi-form]')) embed(host).catch(() => done.delete(host))
}

try {
  look()
  // Forms that a single-page app puts in later.
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true })
} catch {} // nothing of ours may reach the host page
