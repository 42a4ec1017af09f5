// What the tag sends, to whom and why (電気通信事業法 第27条の12, the external transmission rule): the same list as text to paste and as a page.

import { companyProfile } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { findSiteByKey, type SiteRow } from './queries.ts'

interface Item {
  readonly ja: string
  readonly en: string
}

/** Everything the tag sends; the tag's tests hold this list and the tag together. */
export const ITEMS: readonly Item[] = [
  {
    ja: '閲覧したページのURLとタイトル、直前に閲覧していたページ（参照元）のURL',
    en: 'Address and title of the pages viewed, and of the page that led there (referrer)',
  },
  {
    ja: '閲覧日時、ページを実際に見ていた時間、スクロールした割合',
    en: 'When a page was viewed, how long it was looked at, how far it was scrolled',
  },
  { ja: 'クリックしたリンク、ダウンロードしたファイルの名前', en: 'Links clicked and names of files downloaded' },
  {
    ja: '広告・キャンペーンの識別情報（utmパラメータ、gclid・yclid などのクリックID、検索語）',
    en: 'Campaign parameters (utm), advertisement click ids (gclid, yclid …), search keyword',
  },
  {
    ja: 'ブラウザの種類（User-Agent）。端末の区分（PC・スマートフォン・タブレット）の判定に使い、IPアドレスは保存しません',
    en: 'Kind of browser (User-Agent), to tell computer, phone and tablet apart; the IP address is not stored',
  },
  {
    ja: '無作為に作られた訪問者識別子（Cookie「_hgk」と localStorage に最長約13か月保存）',
    en: 'A random visitor id (kept in the cookie “_hgk” and in localStorage for at most 13 months)',
  },
  { ja: 'フォームやサイトの機能でご本人が入力・送信した情報', en: 'What you enter and send yourself in forms and functions of the site' },
]

const PURPOSE = {
  ja: '閲覧状況の把握、サイトと案内内容の改善、お問い合わせ・資料請求をいただいた方への適切なご案内のため',
  en: 'To understand how the site is used, to improve it and what we offer, and to answer those who contact us in a fitting way',
}

const MODE = {
  off: {
    ja: 'ブラウザの Global Privacy Control を有効にすると計測されません。',
    en: 'Nothing is measured when Global Privacy Control is on in your browser.',
  },
  notice: {
    ja: 'サイトに表示されるお知らせの「計測しない」、またはブラウザの Global Privacy Control で計測を停止できます。停止すると識別子は削除されます。',
    en: 'Measuring stops with “Do not measure” in the notice on the site, or with Global Privacy Control in your browser. The id is then deleted.',
  },
  'opt-in': {
    ja: '同意いただくまで計測は行われず、何も保存されません。同意はいつでも取り消せ、取り消すと識別子は削除されます。',
    en: 'Nothing is measured or stored until you agree. You may withdraw at any time; the id is then deleted.',
  },
} as const

/** The text to publish, in both languages, as plain text. */
export async function noticeText(ctx: Ctx, site: SiteRow): Promise<{ ja: string; en: string; url: string }> {
  const { legalName } = await companyProfile(ctx)
  const by = { ja: legalName || '（会社情報の正式名称を設定してください）', en: legalName || '(set the legal name in the company profile)' }
  const text = (lang: 'ja' | 'en', words: Readonly<Record<'title' | 'what' | 'to' | 'why' | 'stop' | 'first', string>>) =>
    [
      words.title,
      '',
      words.what,
      ...ITEMS.map((item) => `・${item[lang]}`),
      '',
      `${words.to}${by[lang]}${words.first}`,
      `${words.why}${PURPOSE[lang]}`,
      `${words.stop}${MODE[site.consent_mode][lang]}`,
    ].join('\n')
  return {
    ja: text('ja', {
      title: `外部送信（利用者情報の送信）について：${site.name}`,
      what: '送信される情報',
      to: '送信先：',
      first: '（自社で運用するサーバー。第三者には送信しません）',
      why: '利用目的：',
      stop: '停止の方法：',
    }),
    en: text('en', {
      title: `What this site sends about its visitors: ${site.name}`,
      what: 'Information sent',
      to: 'Recipient: ',
      first: ' (on servers of our own; nothing goes to third parties)',
      why: 'Purpose: ',
      stop: 'How to stop it: ',
    }),
    url: `${ctx.house.publicUrl.replace(/\/$/, '')}/notice/${site.write_key}`,
  }
}

/** The same as a page of its own; null when no site has this key. */
export async function noticePage(ctx: Ctx, key: string): Promise<string | null> {
  const site = await findSiteByKey(ctx.db, key)
  if (!site) return null
  const text = await noticeText(ctx, site)
  const part = (lang: 'ja' | 'en') => {
    const [title = '', ...rest] = text[lang].split('\n')
    return `<section lang="${lang}"><h1>${escapeHtml(title)}</h1><pre>${escapeHtml(rest.join('\n').trim())}</pre></section>`
  }
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(site.name)} – 外部送信について</title>
<style>:root{color-scheme:light dark}body{margin:0;background:light-dark(#fbfbfc,#131519);color:light-dark(#1b1f27,#e6e8ec);font:15px/1.8 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,system-ui,sans-serif}
section{max-width:720px;margin:32px auto;padding:24px;background:light-dark(#fff,#1a1d22);border:1px solid light-dark(#e8eaee,#2a2f37);border-radius:12px}h1{font-size:18px;margin:0 0 12px}pre{font:inherit;white-space:pre-wrap;margin:0;line-break:strict}@media(max-width:760px){section{margin:14px}}</style></head>
<body>${part('ja')}${part('en')}</body></html>`
}
