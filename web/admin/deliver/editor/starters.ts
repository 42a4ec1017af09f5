// What a marketer can begin with. Plain drafts, no pictures from elsewhere.
import type { Block, Draft, RichText } from '#loop/deliver/template/contract.ts'
import type { Language } from '../../words/words.tsx'
import { fresh, paragraphs } from './blocks.ts'

export const STARTERS = ['blank', 'news', 'download', 'seminar'] as const
export type Starter = (typeof STARTERS)[number]

const nothing = { heading: '', text: '', button: '' }
const heading = (text: string, level: 1 | 2 = 1): Block => ({
  ...(fresh('heading', nothing) as Extract<Block, { kind: 'heading' }>),
  text,
  level,
})
const text = (doc: RichText): Block => ({ ...(fresh('text', nothing) as Extract<Block, { kind: 'text' }>), doc })
const button = (label: string): Block => ({ ...(fresh('button', nothing) as Extract<Block, { kind: 'button' }>), label })
const footer = (): Block => fresh('footer', nothing)
const greeting = (): Block =>
  text({
    type: 'doc',
    content: [{ type: 'paragraph', content: [{ type: 'mergeField', attrs: { field: 'lead.salutation', fallback: '' } }] }],
  })

type Column = Extract<Block, { kind: 'columns' }>
const columns = (left: readonly Block[], right: readonly Block[]): Block => ({
  ...(fresh('columns', nothing) as Column),
  left: left as Column['left'],
  right: right as Column['right'],
})

const JA: Record<Starter, () => Draft> = {
  blank: () => ({ subject: '件名', preheader: '', blocks: [footer()] }),
  news: () => ({
    subject: '新しいお知らせ',
    preheader: '',
    blocks: [
      heading('お知らせの見出し'),
      greeting(),
      text(paragraphs('いつもお世話になっております。', 'ここに本文を書きます。')),
      button('詳しく見る'),
      footer(),
    ],
  }),
  download: () => ({
    subject: '資料のダウンロードありがとうございます',
    preheader: '導入のご相談も承ります',
    blocks: [
      greeting(),
      text(
        paragraphs(
          'このたびは資料をダウンロードいただき、ありがとうございます。',
          'ご不明な点やご検討の状況がありましたら、このメールにそのままご返信ください。',
        ),
      ),
      button('導入事例を見る'),
      footer(),
    ],
  }),
  seminar: () => ({
    subject: 'オンラインセミナーのご案内',
    preheader: '参加無料',
    blocks: [
      heading('オンラインセミナーのご案内'),
      greeting(),
      columns(
        [heading('こんな方に', 2), text(paragraphs('・見込み客の育成をこれから始める方', '・営業への引き渡しに課題がある方'))],
        [heading('学べること', 2), text(paragraphs('・最初の3か月で整えること', '・数字の見かた'))],
      ),
      button('申し込む'),
      footer(),
    ],
  }),
}

const EN: Record<Starter, () => Draft> = {
  blank: () => ({ subject: 'Subject', preheader: '', blocks: [footer()] }),
  news: () => ({
    subject: 'News for you',
    preheader: '',
    blocks: [heading('Your headline'), greeting(), text(paragraphs('Write your text here.')), button('Read more'), footer()],
  }),
  download: () => ({
    subject: 'Thank you for downloading',
    preheader: 'We are glad to help',
    blocks: [
      greeting(),
      text(paragraphs('Thank you for downloading our guide.', 'If you have questions, simply reply to this mail.')),
      button('See how others use it'),
      footer(),
    ],
  }),
  seminar: () => ({
    subject: 'Invitation to our online seminar',
    preheader: 'Free of charge',
    blocks: [
      heading('Online seminar'),
      greeting(),
      columns(
        [heading('For whom', 2), text(paragraphs('Teams that begin to nurture leads'))],
        [heading('What you learn', 2), text(paragraphs('The first three months'))],
      ),
      button('Sign up'),
      footer(),
    ],
  }),
}

/** The draft a starter begins with. */
export const starterDraft = (starter: Starter, language: Language): Draft => (language === 'ja' ? JA : EN)[starter]()
