// The small bar that tells about the measuring (notice) or asks for it (opt-in). Loaded by the tag only until it is answered.
import type { Hagukumi } from './api.ts'

const WORDS = {
  ja: {
    notice: 'このサイトでは、閲覧状況を把握しサービスを改善するために、閲覧したページなどの情報を計測しています。',
    ask: 'このサイトの閲覧状況（閲覧したページ、滞在時間など）を計測してもよろしいですか？',
    more: '送信する情報の一覧',
    ok: '了解しました',
    yes: '計測に同意する',
    no: '計測しない',
    label: '計測についてのお知らせ',
  },
  en: {
    notice: 'This site measures which pages are viewed so that it can be improved.',
    ask: 'May this site measure which pages you view and for how long?',
    more: 'What is sent',
    ok: 'Got it',
    yes: 'Allow',
    no: 'Do not measure',
    label: 'About measuring',
  },
}

const CSS = `:host{all:initial}div{position:fixed;inset:auto 16px 16px;max-width:720px;margin:auto;z-index:2147483000;display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;
padding:14px 16px;border-radius:12px;border:1px solid light-dark(#e8eaee,#2a2f37);background:light-dark(#fff,#1a1d22);color:light-dark(#1b1f27,#e6e8ec);box-shadow:0 8px 24px rgb(16 24 40/.14);
font:14px/1.6 "Hiragino Sans","Noto Sans JP","Yu Gothic UI",Meiryo,system-ui,sans-serif;color-scheme:light dark}
p{margin:0;flex:1 1 320px}a{color:light-dark(#4f63d8,#8797ff)}button{font:inherit;padding:7px 14px;border-radius:8px;cursor:pointer;border:1px solid light-dark(#dcdfe5,#343a44);background:transparent;color:inherit}
button.yes{background:#4f63d8;border-color:#4f63d8;color:#fff;font-weight:600}button:focus-visible,a:focus-visible{outline:2px solid #8797ff;outline-offset:2px}`

function show(): void {
  const tag = (window as unknown as { hagukumi: Hagukumi }).hagukumi
  const state = tag.consent()
  if (state === 'deny') return // by Global Privacy Control: there is nothing to ask
  const words = WORDS[document.documentElement.lang.startsWith('en') ? 'en' : 'ja']
  const asks = state === 'ask'
  const host = document.createElement('hagukumi-notice')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet() // a constructed sheet needs no style-src 'unsafe-inline' of the host page
  sheet.replaceSync(CSS)
  root.adoptedStyleSheets = [sheet]
  const bar = document.createElement('div')
  bar.setAttribute('role', 'region')
  bar.setAttribute('aria-label', words.label)
  const text = document.createElement('p')
  const more = document.createElement('a')
  more.href = `${tag.host}/notice/${encodeURIComponent(tag.key)}`
  more.target = '_blank'
  more.rel = 'noopener'
  more.textContent = words.more
  text.append(asks ? words.ask : words.notice, ' ', more)
  const button = (label: string, answer: 'grant' | 'deny') => {
    const element = document.createElement('button')
    element.type = 'button'
    element.textContent = label
    if (answer === 'grant') element.className = 'yes'
    element.addEventListener('click', () => {
      tag.consent(answer)
      host.remove()
    })
    return element
  }
  bar.append(text, button(words.no, 'deny'), button(asks ? words.yes : words.ok, 'grant'))
  root.append(bar)
  document.body.append(host)
}

try {
  if (document.body) show()
  else document.addEventListener('DOMContentLoaded', show)
} catch {} // nothing of ours may reach the host page
