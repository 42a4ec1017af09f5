// BANT and CHAMP: what sales asks of a lead, and how sure the answer is. Browser-safe.
export const FRAMEWORKS = ['bant', 'champ'] as const
export type Framework = (typeof FRAMEWORKS)[number]

export const STATUSES = ['unknown', 'partly', 'confirmed', 'negative'] as const
export type Status = (typeof STATUSES)[number]

export const STATUS_WORDS = [
  { value: 'unknown', ja: '未確認', en: 'Unknown' },
  { value: 'partly', ja: '一部確認', en: 'Partly known' },
  { value: 'confirmed', ja: '確認済み', en: 'Confirmed' },
  { value: 'negative', ja: '条件に合わない', en: 'Negative' },
] as const satisfies readonly { value: Status; ja: string; en: string }[]

/** One thing to find out, with questions that open the talk about it. */
export interface Asked {
  readonly field: string
  readonly ja: string
  readonly en: string
  readonly questions: { readonly ja: readonly string[]; readonly en: readonly string[] }
}

const BANT: readonly Asked[] = [
  {
    field: 'budget',
    ja: '予算（Budget）',
    en: 'Budget',
    questions: {
      ja: [
        'この件の予算は、今期に確保されていますか。',
        'いくらくらいまでなら、社内で通りやすいですか。',
        'いま同じことに、どれくらい費用がかかっていますか。',
      ],
      en: ['Is there a budget for this within the year?', 'Up to what amount is it easily approved?', 'What does it cost you today?'],
    },
  },
  {
    field: 'authority',
    ja: '決裁権（Authority）',
    en: 'Authority',
    questions: {
      ja: ['最終的に決めるのは、どなたですか。', 'ほかに、ご意見を聞く部署はありますか。', '稟議は、どのような順番で進みますか。'],
      en: ['Who decides in the end?', 'Which other departments are asked?', 'What are the steps of approval?'],
    },
  },
  {
    field: 'need',
    ja: '必要性（Need）',
    en: 'Need',
    questions: {
      ja: ['いちばん困っているのは、どの業務ですか。', '解決しないままだと、何が起きますか。', 'これまでに試したことはありますか。'],
      en: ['Which work troubles you most?', 'What happens if it stays as it is?', 'What have you tried so far?'],
    },
  },
  {
    field: 'timeline',
    ja: '導入時期（Timeline）',
    en: 'Timeline',
    questions: {
      ja: [
        'いつまでに使い始めたいですか。',
        'その時期には、理由がありますか（契約更新、期末など）。',
        'いつごろ、比較を終える予定ですか。',
      ],
      en: ['By when do you want to use it?', 'Is there a reason for that date (renewal, end of the year)?', 'When will you have compared?'],
    },
  },
]

const CHAMP: readonly Asked[] = [
  {
    field: 'challenges',
    ja: '課題（Challenges）',
    en: 'Challenges',
    questions: {
      ja: [
        'いま、いちばん解決したい課題は何ですか。',
        'その課題で、時間や費用がどれくらい失われていますか。',
        'なぜ、これまで解決できなかったのでしょうか。',
      ],
      en: ['Which challenge do you most want to solve?', 'How much time or money does it cost?', 'Why was it not solved until now?'],
    },
  },
  {
    field: 'authority',
    ja: '決裁権（Authority）',
    en: 'Authority',
    questions: {
      ja: ['この課題に責任をお持ちなのは、どなたですか。', '決めるときに、どなたが加わりますか。'],
      en: ['Who is responsible for this challenge?', 'Who takes part in the decision?'],
    },
  },
  {
    field: 'money',
    ja: '資金（Money）',
    en: 'Money',
    questions: {
      ja: ['解決に、どれくらいの投資を見込んでいますか。', '予算は、どの部署から出ますか。'],
      en: ['How much do you expect to invest?', 'Which department pays?'],
    },
  },
  {
    field: 'prioritization',
    ja: '優先度（Prioritization）',
    en: 'Prioritization',
    questions: {
      ja: ['ほかの取り組みと比べて、この課題は何番目ですか。', 'いつまでに結果が必要ですか。'],
      en: ['Where does it stand among your other plans?', 'By when do you need a result?'],
    },
  },
]

export const ASKED: Readonly<Record<Framework, readonly Asked[]>> = { bant: BANT, champ: CHAMP }

/** Every field of every framework, as `bant.budget`. */
export const ALL_FIELDS: readonly string[] = FRAMEWORKS.flatMap((framework) => ASKED[framework].map((one) => `${framework}.${one.field}`))
