// Scenarios to start from: graphs with words in the user's language, and the mails that go with them. Pure data.
import type { Draft } from '#loop/deliver/template/contract.ts'
import type { STARTERS } from '../contract.ts'
import { type Branch, type Goal, type Graph, PLAIN, type Step } from '../graph/contract.ts'

export type Starter = (typeof STARTERS)[number]
type Language = 'ja' | 'en'

/** Ids of the mail templates made for a starter, by the name they have in `starterMails`. */
export type StarterMails = Readonly<Record<string, string>>

type Words = readonly [ja: string, en: string]
const pick = ([ja, en]: Words, language: Language): string => (language === 'ja' ? ja : en)

const blank = (graph: Partial<Graph>): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps: [], ...graph })
const branch = (key: string, steps: Step[], weight = 0): Branch => ({ key, name: '', weight, steps })

/** The draft of a new scenario. Every starter but the blank one can be published as it comes, once its trigger is chosen. */
export function starterGraph(starter: Starter, mails: StarterMails, language: Language): Graph {
  const say = (ja: string, en: string): string => pick([ja, en], language)
  if (starter === 'hotLead') return hotLead(say)
  if (starter === 'card') return card(mails, say)
  if (starter === 'exhibition') return exhibition(mails, say)
  return starter === 'stepMail' ? stepMail(mails, say) : blank({})
}

type Say = (ja: string, en: string) => string
const dealMade: Goal = { kind: 'event', match: { event: 'deal.created', filters: [] } }
const nextMorning = (id: string, days: number, name: string): Step => ({
  kind: 'wait',
  id,
  name,
  until: { kind: 'businessDay', days, time: '09:30' },
})
const mail = (id: string, name: string, template = ''): Step => ({ kind: 'mail', id, name, template, purpose: 'marketing' })

/** Notices stand in the list of signals. */
const asSignal = { by: 'signal', to: { kind: 'owner' }, channel: '' } as const

/** A lead turned hot: sales hears of it at once, and whoever nobody takes up is handed over the next morning. */
function hotLead(say: Say): Graph {
  return blank({
    triggers: [{ kind: 'event', id: 'hot', match: { event: 'heat.changed', filters: [{ prop: 'to', op: 'eq', value: 'hot' }] } }],
    entry: { kind: 'every', days: 30 },
    goal: dealMade,
    steps: [
      {
        kind: 'notify',
        ...asSignal,
        id: 'tell',
        name: say('営業に通知', 'Tell sales'),
        text: say('ホットになりました。行動を確認して連絡してください。', 'This lead turned hot. Look at what they did and get in touch.'),
        urgent: true,
      },
      {
        kind: 'wait',
        id: 'hour',
        name: say('1時間待つ', 'Wait an hour'),
        until: { kind: 'for', amount: 1, unit: 'hours', businessHours: true },
      },
      {
        kind: 'handoff',
        id: 'hand',
        name: say('営業へ引き渡し', 'Hand to sales'),
        note: say('スコアがホットの基準に達しました。', 'The score reached the mark for hot.'),
      },
    ],
  })
}

/** After an exhibition: thanks on the next business day, then by what the reader does. */
function exhibition(mails: StarterMails, say: Say): Graph {
  const clicked: Step[] = [
    {
      kind: 'notify',
      ...asSignal,
      id: 'tell',
      name: say('営業に通知', 'Tell sales'),
      text: say('お礼メールの資料を開きました。', 'Opened the material in the thank-you mail.'),
      urgent: false,
    },
  ]
  const silent: Step[] = [
    nextMorning('rest', 3, say('3営業日待つ', 'Wait three business days')),
    mail('case', say('導入事例メール', 'Customer story'), mails['case']),
  ]
  return blank({
    triggers: [{ kind: 'segment', id: 'came', segment: '', on: 'entered' }],
    goal: dealMade,
    steps: [
      nextMorning('morning', 1, say('翌営業日まで待つ', 'Next business day')),
      mail('thanks', say('お礼メール', 'Thank-you mail'), mails['thanks']),
      {
        kind: 'await',
        id: 'reads',
        name: say('リンクをクリックした？', 'Clicked a link?'),
        event: { kind: 'mail', step: 'thanks', did: 'clicked', link: '' },
        within: { amount: 3, unit: 'days' },
        branches: [branch('happened', clicked), branch('timedOut', silent)],
      },
    ],
  })
}

/** A business card was confirmed: thanks at once, then by what the reader does. */
function card(mails: StarterMails, say: Say): Graph {
  const after = exhibition(mails, say).steps.filter((step) => step.id !== 'morning')
  return blank({
    triggers: [{ kind: 'event', id: 'card', match: { event: 'card.exchanged', filters: [] } }],
    entry: { kind: 'every', days: 90 },
    goal: dealMade,
    steps: after,
  })
}

/** Day 0, 3 and 7 after a form, ending as soon as there is a deal. */
function stepMail(mails: StarterMails, say: Say): Graph {
  const days = (id: string, amount: number): Step => ({
    kind: 'wait',
    id,
    name: say(`${amount}日待つ`, `Wait ${amount} days`),
    until: { kind: 'for', amount, unit: 'days', businessHours: true },
  })
  return blank({
    triggers: [{ kind: 'form', id: 'form', form: '' }],
    goal: dealMade,
    steps: [
      mail('first', say('1通目：お礼と資料', 'Mail 1: thanks and material'), mails['first']),
      days('three', 3),
      mail('second', say('2通目：導入事例', 'Mail 2: a customer story'), mails['second']),
      days('seven', 4),
      mail('third', say('3通目：ご相談のご案内', 'Mail 3: let us talk'), mails['third']),
    ],
  })
}

interface StarterMail {
  readonly key: string
  readonly name: string
  readonly draft: Draft
}

interface Letter {
  readonly key: string
  readonly name: Words
  readonly subject: Words
  readonly lines: readonly Words[]
}

const letters: Readonly<Partial<Record<Starter, readonly Letter[]>>> = {
  card: [
    {
      key: 'thanks',
      name: ['名刺交換のお礼', 'Business card: thank you'],
      subject: ['名刺交換のお礼', 'It was good to meet you'],
      lines: [
        ['このたびは名刺を交換させていただき、ありがとうございました。', 'Thank you for exchanging business cards with us.'],
        [
          '弊社のご紹介をまとめました。お時間のあるときにご覧いただければ幸いです。',
          'Here is a short introduction of what we do. Please have a look when you have a moment.',
        ],
      ],
    },
    {
      key: 'case',
      name: ['名刺交換後の導入事例', 'Business card: a customer story'],
      subject: ['導入企業の取り組みをご紹介します', 'How a customer put it to work'],
      lines: [
        ['先日は名刺交換のお時間をいただきありがとうございました。', 'Thank you again for your time the other day.'],
        ['同じ課題に取り組まれた企業の事例をお届けします。', 'Here is how a company with similar questions went about it.'],
      ],
    },
  ],
  exhibition: [
    {
      key: 'thanks',
      name: ['展示会のお礼', 'Exhibition: thank you'],
      subject: ['ご来場ありがとうございました', 'Thank you for visiting our booth'],
      lines: [
        ['先日は弊社ブースにお立ち寄りいただき、ありがとうございました。', 'Thank you for stopping by our booth the other day.'],
        [
          '当日ご紹介した内容を資料にまとめました。お時間のあるときにご覧ください。',
          'We have put together what we showed you. Please have a look when you have a moment.',
        ],
      ],
    },
    {
      key: 'case',
      name: ['展示会後の導入事例', 'Exhibition: a customer story'],
      subject: ['導入企業の取り組みをご紹介します', 'How a customer put it to work'],
      lines: [
        [
          'その後いかがでしょうか。同じ課題に取り組まれた企業の事例をお届けします。',
          'We would like to share how a company with the same questions went about it.',
        ],
        ['ご不明な点がありましたら、このメールにそのままご返信ください。', 'If you have any questions, simply reply to this mail.'],
      ],
    },
  ],
  stepMail: [
    {
      key: 'first',
      name: ['ステップ1：お礼と資料', 'Step 1: thanks and material'],
      subject: ['資料をご請求いただきありがとうございます', 'Thank you for your request'],
      lines: [
        [
          'ご請求ありがとうございます。まずは全体像がわかる資料からご覧ください。',
          'Thank you for your request. We suggest you begin with the overview.',
        ],
      ],
    },
    {
      key: 'second',
      name: ['ステップ2：導入事例', 'Step 2: a customer story'],
      subject: ['同じ課題を解決した企業の事例', 'How others solved it'],
      lines: [
        [
          '資料はお役に立ちましたでしょうか。本日は導入企業の事例をご紹介します。',
          'We hope the material was useful. Today we would like to share a customer story.',
        ],
      ],
    },
    {
      key: 'third',
      name: ['ステップ3：ご相談のご案内', 'Step 3: let us talk'],
      subject: ['30分のオンライン相談のご案内', 'Shall we talk for 30 minutes?'],
      lines: [
        [
          '貴社の状況に合わせた進め方を、オンラインで30分ほどご説明します。',
          'We would be glad to go through your situation in a 30 minute call.',
        ],
      ],
    },
  ],
}

/** The mails a starter needs, to be made as templates before its scenario. */
export function starterMails(starter: Starter, language: Language): StarterMail[] {
  return (letters[starter] ?? []).map(({ key, name, subject, lines }) => ({
    key,
    name: pick(name, language),
    draft: {
      subject: pick(subject, language),
      preheader: '',
      blocks: blocksOf(
        lines.map((line) => pick(line, language)),
        language,
      ),
    },
  }))
}

function blocksOf(lines: readonly string[], language: Language): Draft['blocks'] {
  const field = (name: string, fallback: string) => ({ type: 'mergeField' as const, attrs: { field: name, fallback } })
  const greeting =
    language === 'ja'
      ? [
          field('lead.company', ''),
          { type: 'hardBreak' as const },
          field('lead.family_name', 'ご担当者'),
          { type: 'text' as const, text: ' 様' },
        ]
      : [{ type: 'text' as const, text: 'Dear ' }, field('lead.given_name', 'reader'), { type: 'text' as const, text: ',' }]
  const paragraphs = lines.map((text) => ({ type: 'paragraph' as const, content: [{ type: 'text' as const, text }] }))
  return [
    { id: 'greeting', kind: 'text', doc: { type: 'doc', content: [{ type: 'paragraph', content: greeting }] } },
    { id: 'body', kind: 'text', doc: { type: 'doc', content: paragraphs } },
    { id: 'footer', kind: 'footer', note: '' },
  ]
}
