import type { Recipient } from '../sender/queries.ts'
import type { Compiled } from './compile.ts'

/** The made-up lead of previews; plainly artificial. */
export const SAMPLE: Recipient = {
  bucket: 0,
  id: '00000000-0000-7000-8000-000000000000',
  mail: 'mihon@example.co.jp',
  family_name: '見本',
  given_name: '一郎',
  family_kana: 'ミホン',
  given_kana: 'イチロウ',
  company_name: '株式会社サンプル01',
  department: '情報システム部',
  title: '課長',
  prefecture: '東京都',
  industry: '製造業',
  attrs: {},
  identified: true,
  status: 'active',
  mail_stop: 0,
  mail_basis: 4,
  proof: true,
  proof_of: null,
  paused: false,
  tracked: true,
  owner_name: null,
  owner_mail: null,
}

/** The same template with the links themselves in place of the tracked ones. */
export function untracked(compiled: Compiled): Compiled {
  const plain = (source: string, shown: (url: string) => string) =>
    source.replace(/\{\{ click \}\}\/(\d+)/g, (_, n: string) => (n === '0' ? '#' : shown(compiled.links[Number(n) - 1] ?? '#')))
  const attribute = (url: string) => url.replace(/&/g, '&amp;').replace(/"/g, '&quot;')
  return { ...compiled, html: plain(compiled.html, attribute), text: plain(compiled.text, (url) => url) }
}
