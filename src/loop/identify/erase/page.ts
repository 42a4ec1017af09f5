// One person's data as a page to read and print. Pure text: every value is escaped.
import { escapeHtml } from '#kernel/html.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonRow } from '../tables.ts'

const WORDS = {
  ja: {
    title: '保有個人データの開示',
    made: '作成日時',
    name: '氏名',
    basics: '基本情報',
    proofs: '送信したメールと根拠',
    none: '記録はありません',
    tables: {
      person: '本人の情報',
      identity: '識別子（メール・外部ID・端末）',
      identity_history: '識別子の履歴',
      consent_entry: '同意台帳',
      consent_state: '現在の同意',
      optin: '登録の確認',
      journal: '行動履歴',
      delivery: 'メール',
      submission: 'フォームの回答',
      visit: '訪問',
      membership: 'セグメント',
      score: 'スコア',
      score_entry: 'スコアの内訳',
      handoff: '営業への引き渡し',
      deal_person: '商談',
      run: 'シナリオ',
      topic_stop: '配信停止トピック',
    } as Record<string, string>,
  },
  en: {
    title: 'Personal data held',
    made: 'Made',
    name: 'Name',
    basics: 'Basics',
    proofs: 'Mails sent, and on what ground',
    none: 'Nothing recorded',
    tables: {} as Record<string, string>,
  },
} as const

const STYLE =
  'body{font:14px/1.7 "Hiragino Sans","Noto Sans JP",Meiryo,sans-serif;max-width:960px;margin:32px auto;padding:0 20px;color:#1f2329}h1{font-size:22px}h2{font-size:16px;margin-top:28px;border-bottom:1px solid #ccc;padding-bottom:4px}table{border-collapse:collapse;width:100%;font-size:12px;table-layout:fixed}th,td{border:1px solid #ddd;padding:4px 6px;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f5f6f8}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}'

/** The page; the same data stands in it as JSON, so that one file holds both. */
export function pageOf(
  row: PersonRow,
  data: {
    readonly exportedAt: string
    readonly tables: Readonly<Record<string, readonly JsonObject[]>>
    readonly mailProofs: readonly object[]
  },
  language: 'ja' | 'en',
): string {
  const words = WORDS[language]
  const name = [row.family_name, row.given_name].filter(Boolean).join(' ') || row.mail || row.id
  const tables = Object.entries(data.tables).map(
    ([table, rows]) =>
      `<h2>${escapeHtml(words.tables[table] ?? table)}（${rows.length}）</h2>${table === 'person' ? pairsOf(rows[0] ?? {}) : gridOf(rows)}`,
  )
  const proofs = `<h2>${words.proofs}（${data.mailProofs.length}）</h2>${data.mailProofs.length ? gridOf(data.mailProofs as readonly JsonObject[]) : `<p>${words.none}</p>`}`
  const json = JSON.stringify(data).replace(/</g, '\\u003c')
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="robots" content="noindex"><title>${words.title}</title><style>${STYLE}</style></head><body>
<h1>${words.title}</h1><p>${words.name}: ${escapeHtml(name)}<br>${words.made}: ${escapeHtml(data.exportedAt)}</p>
${tables.join('\n')}
${proofs}
<script type="application/json" id="data">${json}</script></body></html>`
}

const INNER = new Set(['bucket', 'search_text', 'sort_name', 'version'])
const shown = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

function pairsOf(row: JsonObject): string {
  const lines = Object.entries(row).filter(
    ([key, value]) => !INNER.has(key) && shown(value) !== '' && shown(value) !== '[]' && shown(value) !== '{}',
  )
  return `<table>${lines.map(([key, value]) => `<tr><th>${escapeHtml(key)}</th><td>${escapeHtml(shown(value))}</td></tr>`).join('')}</table>`
}

function gridOf(rows: readonly JsonObject[]): string {
  const columns = Object.keys(rows[0] ?? {}).filter(
    (key) => !INNER.has(key) && key !== 'person_id' && rows.some((row) => shown(row[key]) !== ''),
  )
  const head = columns.map((key) => `<th>${escapeHtml(key)}</th>`).join('')
  const lines = rows.slice(0, 5_000).map((row) => `<tr>${columns.map((key) => `<td>${escapeHtml(shown(row[key]))}</td>`).join('')}</tr>`)
  return `<table><tr>${head}</tr>${lines.join('')}</table>`
}
