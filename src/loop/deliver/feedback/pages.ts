// The pages a reader of our mail sees. No script, no cookie, nothing from elsewhere.
import { escapeHtml } from '#kernel/html.ts'
import type { Language } from '#kernel/language.ts'
import type { Preferences } from './queries.ts'
import { STOP_REASONS } from './reasons/contract.ts'

const WORDS = {
  ja: {
    title: 'メールの受信設定',
    lead: (company: string) => (company ? `${company}からのご案内メールの設定です。` : 'ご案内メールの設定です。'),
    to: '宛先',
    stop: 'すべてのご案内の配信を停止する',
    stopped: '配信を停止しました。今後、ご案内のメールはお送りしません。',
    stoppedNow: '現在、ご案内のメールは停止しています。',
    again: 'もう一度ご案内を受け取る',
    topics: '受け取る内容',
    save: '設定を保存する',
    saved: '設定を保存しました。',
    stays: 'このアドレスには、配信エラーまたは苦情のお申し出により、お送りできません。再開をご希望の場合はお問い合わせください。',
    gone: 'このリンクは使えません。お手数ですが、メールに記載の問い合わせ先までご連絡ください。',
    other: 'English',
    pause: 'しばらく休む',
    pauseNone: '休まない',
    pauseDays: (n: number) => `${n}日間休む`,
    pausedUntil: (day: string) => `${day}までお休み中です。`,
    tracking: 'メールの開封・クリックの計測を許可する',
    why: '停止の理由（任意）',
  },
  en: {
    title: 'What you receive by mail',
    lead: (company: string) => (company ? `Your settings for mails from ${company}.` : 'Your settings for our mails.'),
    to: 'Address',
    stop: 'Stop all of these mails',
    stopped: 'Done. You will not receive these mails any more.',
    stoppedNow: 'You do not receive these mails at present.',
    again: 'Receive them again',
    topics: 'What you want to receive',
    save: 'Save',
    saved: 'Saved.',
    stays: 'Mails to this address failed or were reported, so we do not send any. Please contact us if you wish to receive them again.',
    gone: 'This link cannot be used. Please write to the contact address in the mail.',
    other: '日本語',
    pause: 'Take a break',
    pauseNone: 'No break',
    pauseDays: (n: number) => `${n} days`,
    pausedUntil: (day: string) => `Paused until ${day}.`,
    tracking: 'Opens and clicks of my mails may be counted',
    why: 'Why you stop (optional)',
  },
} as const

const STYLE = `:root{color-scheme:light dark}*{box-sizing:border-box}body{margin:0;font:15px/1.7 system-ui,"Hiragino Sans","Noto Sans JP","Yu Gothic UI",Meiryo,sans-serif;background:light-dark(#f5f6f8,#131519);color:light-dark(#1f2329,#e6e8ec);line-break:strict;overflow-wrap:anywhere}
main{max-width:520px;margin:48px auto;padding:32px;background:light-dark(#fff,#1a1d22);border:1px solid light-dark(#e8eaee,#2a2f37);border-radius:12px}@media(max-width:600px){main{margin:0;border:0;border-radius:0;min-height:100vh;padding:24px 20px}}
h1{font-size:20px;line-height:1.4;margin:0 0 8px}p{margin:0 0 16px}dl{margin:0 0 24px;display:grid;grid-template-columns:auto 1fr;gap:4px 16px;font-size:14px}dt{color:light-dark(#5b6270,#9aa1ad)}dd{margin:0}
fieldset{border:1px solid light-dark(#e8eaee,#2a2f37);border-radius:8px;margin:0 0 16px;padding:12px 16px}legend{padding:0 6px;font-weight:600;font-size:14px}label{display:flex;gap:10px;align-items:center;padding:6px 0}input{width:18px;height:18px;accent-color:#4f63d8}
button{font:inherit;font-weight:600;border-radius:8px;padding:11px 20px;border:1px solid light-dark(#dcdfe5,#2a2f37);background:transparent;color:inherit;cursor:pointer;width:100%}button.main{background:#4f63d8;border-color:#4f63d8;color:#fff}button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid #8797ff;outline-offset:2px}
select{font:inherit;padding:8px 10px;border-radius:8px;border:1px solid light-dark(#dcdfe5,#2a2f37);background:light-dark(#fff,#131519);color:inherit;max-width:100%}.why{justify-content:space-between;flex-wrap:wrap;margin-bottom:8px}form+form{margin-top:16px;padding-top:16px;border-top:1px solid light-dark(#e8eaee,#2a2f37)}.note{padding:12px 16px;border-radius:8px;background:light-dark(#e9f6ef,#14301f);color:light-dark(#0f5c38,#7fdcab)}.stop{background:light-dark(#fdf3e3,#33260f);color:light-dark(#7a4408,#f4c27a)}a{color:light-dark(#4f63d8,#8797ff)}.lang{margin:24px 0 0;font-size:13px}`

export interface PreferencePage {
  readonly language: Language
  readonly company: string
  readonly token: string
  readonly preferences: Preferences
  readonly note: 'stopped' | 'saved' | null
}

/** The preference page: a button to stop everything, the topics, and the way back. Showing it changes nothing. */
export function preferencePage({ language, company, token, preferences, note }: PreferencePage): string {
  const words = WORDS[language]
  const path = `/u/${escapeHtml(token)}`
  const stop = preferences.mail_stop
  const said = note
    ? `<p class="note" role="status">${words[note]}</p>`
    : stop > 0
      ? `<p class="note stop">${stop > 2 ? words.stays : words.stoppedNow}</p>`
      : ''
  const hidden = `<input type="hidden" name="lang" value="${language}">`
  const body =
    stop > 2
      ? ''
      : stop > 0
        ? againForm(path, hidden, words.again, preferences)
        : `${choiceForm(path, hidden, language, preferences)}${stopForm(path, hidden, language)}`
  return shell(
    language,
    words.title,
    `<h1>${words.title}</h1><p>${escapeHtml(words.lead(company))}</p>${said}<dl><dt>${words.to}</dt><dd>${escapeHtml(masked(preferences.mail))}</dd></dl>${body}${other(language, path)}`,
  )
}

/** The wanted topics stay as they were when somebody comes back. */
function againForm(path: string, hidden: string, label: string, { topics }: Preferences): string {
  const kept = topics.filter((topic) => !topic.stopped).map((topic) => `<input type="hidden" name="topic" value="${topic.id}">`)
  return `<form method="post" action="${path}/preferences">${hidden}<input type="hidden" name="receive" value="1">${kept.join('')}<button>${label}</button></form>`
}

const PAUSES = [7, 30, 90] as const

/** Topics, a break, and whether anything is counted: one form, one button. */
function choiceForm(path: string, hidden: string, language: Language, { topics, pausedUntil, tracked }: Preferences): string {
  const words = WORDS[language]
  const boxes = topics.map(
    (topic) =>
      `<label><input type="checkbox" name="topic" value="${topic.id}"${topic.stopped ? '' : ' checked'}> ${escapeHtml(topic[language])}</label>`,
  )
  const now = pausedUntil
    ? `<p>${words.pausedUntil(pausedUntil.toLocaleDateString(language === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: 'Asia/Tokyo' }))}</p>`
    : ''
  const keep = pausedUntil ? '<option value="" selected>–</option>' : ''
  const days = PAUSES.map((n) => `<option value="${n}">${words.pauseDays(n)}</option>`).join('')
  const topicSet = topics.length ? `<fieldset><legend>${words.topics}</legend>${boxes.join('')}</fieldset>` : ''
  const pauseSet = `<fieldset><legend>${words.pause}</legend>${now}<select name="pause" aria-label="${words.pause}">${keep}<option value="0">${words.pauseNone}</option>${days}</select></fieldset>`
  const trackSet = `<fieldset><input type="hidden" name="tracking_shown" value="1"><label><input type="checkbox" name="tracking" value="1"${tracked ? ' checked' : ''}> ${words.tracking}</label></fieldset>`
  return `<form method="post" action="${path}/preferences">${hidden}<input type="hidden" name="receive" value="1">${topicSet}${pauseSet}${trackSet}<button class="main">${words.save}</button></form>`
}

function stopForm(path: string, hidden: string, language: Language): string {
  const words = WORDS[language]
  const reasons = STOP_REASONS.map((one) => `<option value="${one.value}">${one[language]}</option>`)
  return `<form method="post" action="${path}">${hidden}<label class="why">${words.why}<select name="reason"><option value=""></option>${reasons.join('')}</select></label><button>${words.stop}</button></form>`
}

const other = (language: Language, path: string) =>
  `<p class="lang"><a href="${path}?lang=${language === 'ja' ? 'en' : 'ja'}" lang="${language === 'ja' ? 'en' : 'ja'}">${WORDS[language].other}</a></p>`

/** The holder knows their address; whoever was forwarded the mail need not. */
function masked(mail: string | null): string {
  const [local = '', domain = ''] = (mail ?? '').split('@')
  return mail ? `${local.slice(0, 2)}…@${domain}` : '–'
}

export function gonePage(language: Language): string {
  return shell(language, WORDS[language].title, `<h1>${WORDS[language].title}</h1><p>${WORDS[language].gone}</p>`)
}

/** A page for readers of our mail. */
export function shell(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`
}
