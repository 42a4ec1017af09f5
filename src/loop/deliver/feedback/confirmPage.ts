import { escapeHtml } from '#kernel/html.ts'
import type { Language } from '#kernel/language.ts'
import type { Confirmed } from '#loop/identify/consent/optin.ts'
import { shell } from './pages.ts'

const WORDS = {
  ja: {
    title: 'メール配信の登録確認',
    ask: (company: string) => `${company || '弊社'}からのご案内メールの配信を登録します。よろしければ下のボタンを押してください。`,
    button: '登録を確認する',
    confirmed: '登録を確認しました。ありがとうございます。',
    already: 'すでに登録を確認しています。',
    late: 'このリンクの有効期限が切れました。お手数ですが、もう一度お申し込みください。',
    other: 'このリンクは使えません。お手数ですが、もう一度お申し込みください。',
    stays: 'このアドレスには、配信エラーまたは停止のお申し出により、お送りできません。お問い合わせください。',
  },
  en: {
    title: 'Confirm your subscription',
    ask: (company: string) => `You are about to subscribe to mails from ${company || 'us'}. Press the button if that is what you want.`,
    button: 'Confirm',
    confirmed: 'Confirmed. Thank you.',
    already: 'This was confirmed before.',
    late: 'This link has expired. Please sign up once more.',
    other: 'This link cannot be used. Please sign up once more.',
    stays: 'Mails to this address failed or were stopped, so we do not send any. Please contact us.',
  },
} as const

/** The page behind the link of a confirmation mail: a button first, then what became of it. */
export function confirmPage(language: Language, company: string, token: string, outcome: Confirmed | null): string {
  const words = WORDS[language]
  const good = outcome === 'confirmed' || outcome === 'already'
  const body = outcome
    ? `<p class="note${good ? '' : ' stop'}" role="status">${words[outcome]}</p>`
    : `<p>${escapeHtml(words.ask(company))}</p><form method="post" action="/u/${escapeHtml(token)}/confirm"><input type="hidden" name="lang" value="${language}"><button class="main">${words.button}</button></form>`
  return shell(language, words.title, `<h1>${words.title}</h1>${body}`)
}
