// Scenarios while somebody thinks it over: long consideration, a trial, and the moment they turn hot.
import { dealMade, type Item, match, onEvent } from './kit.ts'
import { FORM } from './requests.ts'

const hotLead: Item = {
  id: 'hotLead',
  purposes: ['sales'],
  name: ['ホットリード通知', 'Hot lead to sales'],
  text: [
    'ホットになったらすぐ営業に知らせ、1時間たっても商談になっていなければ引き渡します。',
    'Tells sales the moment a lead turns hot, and hands it over an hour later unless there is a deal by then.',
  ],
  enters: ['スコアがホットの基準に達した人（30日に1回まで）', 'Whoever turns hot by score (at most once in 30 days)'],
  needs: [['スコアのルール（最初から用意されています）', 'Score rules (the ones that come with the product will do)']],
  asks: [],
  segments: [],
  letters: [],
  graph: (kit) =>
    kit.scenario({
      triggers: [onEvent('hot', 'heat.changed', [{ prop: 'to', op: 'eq', value: 'hot' }])],
      entry: { kind: 'every', days: 30 },
      goal: dealMade,
      steps: [
        kit.tell(
          'tell',
          ['ホットになりました。行動を確認して連絡してください。', 'This lead turned hot. Look at what they did and get in touch.'],
          true,
        ),
        {
          kind: 'wait',
          id: 'hour',
          name: kit.say(['1時間待つ', 'Wait an hour']),
          until: { kind: 'for', amount: 1, unit: 'hours', businessHours: true },
        },
        kit.hand('hand', ['スコアがホットの基準に達しました。', 'The score reached the mark for hot.']),
      ],
    }),
}

const consideration: Item = {
  id: 'consideration',
  purposes: ['nurture', 'sales'],
  name: ['長期検討ステップ', 'Long consideration'],
  text: [
    '製品紹介、導入事例、比較ガイドを2〜3週間かけて届け、比較ガイドに反応した人を営業へ引き渡します。',
    'Product, customer story and comparison guide over two to three weeks. Whoever reacts to the guide goes to sales.',
  ],
  enters: ['選んだフォームを送信した人（1人1回）', 'Whoever sends the chosen form (once per person)'],
  needs: [FORM],
  asks: ['form', 'link'],
  form: { template: 'document', name: ['製品資料', 'Product material'] },
  segments: [],
  letters: [
    {
      key: 'product',
      name: ['製品紹介', 'The product'],
      subject: ['製品のご紹介資料をお届けします', 'An introduction to our product'],
      lines: [
        [
          'お問い合わせありがとうございます。できることと、導入までの流れをまとめました。',
          'Thank you for your interest. Here is what it does and how it is introduced.',
        ],
      ],
      button: ['製品紹介を見る', 'See the product'],
    },
    {
      key: 'cases',
      name: ['導入事例', 'Customer story'],
      subject: ['導入前と導入後：お客様の事例', 'Before and after: a customer story'],
      lines: [
        [
          '同じ業務に取り組む企業が、何に悩み、どう変わったかをご紹介します。',
          'What a company in the same line of work struggled with, and what changed.',
        ],
      ],
      button: ['事例を読む', 'Read the story'],
    },
    {
      key: 'guide',
      name: ['比較ガイド', 'Comparison guide'],
      subject: ['選定で失敗しないための比較ガイド', 'A guide for comparing'],
      lines: [
        [
          '社内でのご検討にそのままお使いいただける、比較の観点をまとめました。',
          'Points of comparison that you can use in your own team as they are.',
        ],
      ],
      button: ['比較ガイドを見る', 'Open the guide'],
    },
    {
      key: 'talk',
      name: ['ご相談のご案内', 'Offer to talk'],
      subject: ['ご検討の状況はいかがでしょうか', 'How is your evaluation going?'],
      lines: [
        [
          '気になる点がありましたら、オンラインで30分ほどお話しできます。',
          'If there are open questions, we would be glad to talk for 30 minutes.',
        ],
      ],
      button: ['相談を申し込む', 'Ask for a call'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [kit.formTrigger],
      goal: dealMade,
      steps: [
        kit.mail('product'),
        kit.days('four', 4),
        kit.mail('cases'),
        kit.clicked('story', 'cases', 5, [kit.tell('told', ['導入事例を読みました。', 'Read the customer story.'])], []),
        kit.until('work', { kind: 'businessHours' }),
        kit.mail('guide'),
        kit.clicked(
          'compares',
          'guide',
          5,
          [
            kit.hand('hand', [
              '比較ガイドを読みました。製品を比べている段階です。',
              'Read the comparison guide: they are comparing products.',
            ]),
          ],
          [
            kit.mail('talk'),
            kit.clicked('answers', 'talk', 7, [kit.hand('hand2', ['相談の案内に反応しました。', 'Reacted to the offer to talk.'])], []),
          ],
        ),
      ],
    }),
}

const trial: Item = {
  id: 'trial',
  purposes: ['trial', 'sales'],
  name: ['トライアルから有料へ', 'Trial to paid'],
  text: [
    '使い始めたかどうか、料金ページを見たかどうかで案内を変え、終了前に営業の電話につなげます。契約した時点で止まります。',
    'Guides by what they do in the trial: help for those who do not begin, a comparison for those who look at prices, a call before it ends. Stops at the contract.',
  ],
  enters: ['トライアル開始のイベント（custom.trial.started）がAPIで届いた人', 'Whoever an API event custom.trial.started arrives for'],
  needs: [
    [
      '製品のイベントをAPIで送ること（custom.trial.started／activated／converted）',
      'Product events sent by API (custom.trial.started / activated / converted)',
    ],
  ],
  asks: ['link'],
  segments: [],
  letters: [
    {
      key: 'welcome',
      name: ['トライアル開始のご案内', 'Trial: welcome'],
      subject: ['トライアルを始めるための3つのステップ', 'Three steps to begin your trial'],
      lines: [
        [
          'お申し込みありがとうございます。最初の3つのステップをご案内します。',
          'Thank you for trying it. These are the first three steps.',
        ],
      ],
      button: ['はじめる', 'Begin'],
    },
    {
      key: 'help',
      name: ['使い始めのお手伝い', 'Help to begin'],
      subject: ['設定でお困りのことはありませんか', 'Is anything in the way?'],
      lines: [
        [
          'よくあるつまずきと解決方法をまとめました。お困りのことはご返信ください。',
          'Where others got stuck, and how to go on. Simply reply if you need a hand.',
        ],
      ],
      button: ['使い方を見る', 'See how it works'],
    },
    {
      key: 'compare',
      name: ['料金・プラン比較', 'Plans compared'],
      subject: ['プランの違いと選び方', 'Our plans, and how to choose'],
      lines: [
        ['料金ページをご覧いただいた方へ、プランの違いと選び方をまとめました。', 'The plans side by side, and how to choose between them.'],
      ],
      button: ['プランを比べる', 'Compare the plans'],
    },
    {
      key: 'guide',
      name: ['活用ガイド', 'Guide'],
      subject: ['もう一歩進んだ使い方', 'One step further'],
      lines: [['多くのお客様が2週目から使い始める機能をご紹介します。', 'What most customers begin to use in the second week.']],
      button: ['活用ガイドを見る', 'Open the guide'],
    },
    {
      key: 'ending',
      name: ['まもなく終了', 'The trial ends soon'],
      subject: ['トライアルはまもなく終了します', 'Your trial ends soon'],
      lines: [
        [
          'まもなくトライアルが終了します。設定やデータはそのまま引き継げます。',
          'Your trial ends soon. Everything you have set up stays as it is.',
        ],
      ],
      button: ['契約の手続きを見る', 'See how to go on'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [onEvent('started', 'custom.trial.started')],
      goal: { kind: 'event', match: match('custom.trial.converted') },
      exits: [{ kind: 'event', match: match('deal.won') }],
      steps: [
        kit.mail('welcome', 'transactional'),
        kit.happens('active', ['使い始めた？', 'Began to use it?'], match('custom.trial.activated'), 3, [], [kit.mail('help')]),
        kit.happens(
          'prices',
          ['料金ページを見た？', 'Looked at prices?'],
          match('page.viewed', [{ prop: 'url', op: 'contains', value: '/pricing' }]),
          5,
          [kit.mail('compare'), kit.tell('tell', ['トライアル中に料金ページを見ました。', 'Looked at the prices during the trial.'], true)],
          [kit.mail('guide')],
        ),
        kit.morning('soon', 3),
        kit.call(
          'call',
          ['トライアル終了前の電話', 'Call before the trial ends'],
          ['使い心地、残っている疑問、契約の時期をうかがう', 'Ask how it went, what is open, and when they decide'],
          2,
        ),
        kit.mail('ending'),
      ],
    }),
}

export const considering: readonly Item[] = [hotLead, consideration, trial]
