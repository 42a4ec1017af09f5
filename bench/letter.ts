// The letter of workload 6: a company's monthly newsletter as marketers send it, 28 links, some 26 kB of HTML as it is sent.
import type { Block, Draft, Inline, RichText } from '#loop/deliver/template/contract.ts'

const site = (path: string) => `https://www.mihon.example/${path}`
const prose = (...parts: string[]): RichText => ({
  type: 'doc',
  content: parts.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })),
})

const STORY =
  '製造業のお客様が、展示会で交換した名刺をその日のうちに登録し、翌朝には担当者が最初のお電話を差し上げるまでの流れをご紹介します。毎月の集計にかかっていた時間は、半日から十分ほどになりました。'

const link = (label: string, path: string): Inline => ({
  type: 'text',
  text: label,
  marks: [{ type: 'link', attrs: { href: site(path) } }],
})

/** A paragraph on one customer, with two links. */
const story = (n: number): RichText['content'][number] => ({
  type: 'paragraph',
  content: [
    { type: 'text', text: STORY },
    link('記事を読む', `cases/${n}`),
    { type: 'text', text: ' / ' },
    link('資料をもらう', `papers/${n}`),
  ],
})

const stories: Block = { id: 'stories', kind: 'text', doc: { type: 'doc', content: Array.from({ length: 12 }, (_, n) => story(n + 1)) } }

export const monthly: Draft = {
  subject: '【見本ニュース】11月号 導入事例とセミナーのご案内',
  preheader: '今月の事例と、オンラインセミナーのお知らせです',
  blocks: [
    {
      id: 'hello',
      kind: 'text',
      doc: {
        type: 'doc',
        content: [{ type: 'paragraph', content: [{ type: 'mergeField', attrs: { field: 'lead.salutation', fallback: '' } }] }],
      },
    },
    { id: 'lead', kind: 'text', doc: prose('いつもお世話になっております。見本ニュース11月号をお届けします。', STORY) },
    { id: 'h', kind: 'heading', level: 2, align: 'left', text: '今月の導入事例' },
    stories,
    { id: 'b1', kind: 'button', label: '料金を見る', href: site('pricing'), align: 'center', color: '#4f63d8' },
    { id: 'b2', kind: 'button', label: 'セミナーに申し込む', href: site('seminar'), align: 'center', color: '#4f63d8' },
    {
      id: 'cols',
      kind: 'columns',
      left: [{ id: 'c1', kind: 'button', label: '相談する', href: site('contact'), align: 'center', color: '#4f63d8' }],
      right: [{ id: 'c2', kind: 'button', label: '資料一覧', href: site('papers'), align: 'center', color: '#4f63d8' }],
    },
    { id: 'foot', kind: 'footer', note: '' },
  ],
}
