// Scenarios after a deal was lost: asking again when the time has come, and another product.
import { dealMade, type Item, match } from './kit.ts'

const lostDeal: Item = {
  id: 'lostDeal',
  purposes: ['deal', 'revive', 'sales'],
  name: ['失注の掘り起こし', 'Lost deals revived'],
  text: [
    '「時期が合わない」で失注して6か月たった人に近況をうかがい、反応した人には台本つきの電話タスクを作ります。電話の結果で次の動きが決まります。',
    'Asks after people whose deal was lost half a year ago for its timing. Whoever reacts gets a call with a script, and its result decides what comes next.',
  ],
  enters: [
    '時期を理由に失注し、6か月たった人。一覧から手動でも追加できます',
    'Whoever lost a deal for its timing six months ago; people can also be added by hand',
  ],
  needs: [
    ['失注理由を「時期」で記録した商談', 'Deals that were closed as lost for their timing'],
    ['すでに6か月を過ぎている人は、一覧から手動で追加します', 'People for whom it was longer ago are added by hand'],
  ],
  asks: ['link'],
  segments: [
    {
      key: 'lost',
      name: ['失注から6か月（時期が合わず）', 'Lost six months ago (timing)'],
      text: [
        '時期を理由に失注して180日以上たち、進行中の商談がないリード',
        'Leads whose deal was lost for its timing 180 days ago or more, without an open one',
      ],
      rule: () => ({
        kind: 'and',
        rules: [
          { kind: 'fact', fact: 'sales.lost_reason', is: { op: 'in', values: ['timing'] } },
          { kind: 'fact', fact: 'sales.lost_at', is: { op: 'olderThan', n: 180, unit: 'days' } },
          { kind: 'fact', fact: 'sales.open_deals', is: { op: 'lte', value: 0 } },
        ],
      }),
    },
  ],
  letters: [
    {
      key: 'after',
      name: ['その後のご様子うかがい', 'How have you been'],
      subject: ['その後、ご検討の状況はいかがでしょうか', 'How have things been since?'],
      lines: [
        [
          '以前ご検討いただいてから半年がたちました。その後、状況にお変わりはありませんか。',
          'It has been half a year since we talked. Has anything changed since?',
        ],
        ['この間に加わった機能と、最近の事例をまとめました。', 'Here is what is new, and a recent example.'],
      ],
      button: ['新しい内容を見る', 'See what is new'],
    },
    {
      key: 'news',
      name: ['最近の事例', 'A recent example'],
      subject: ['同じ課題に取り組まれた企業の最新事例', 'A recent example from a company like yours'],
      lines: [
        [
          '最近導入された企業の事例をご紹介します。ご検討再開の際にお役立てください。',
          'An example from a company that began lately, for whenever you take it up again.',
        ],
      ],
      button: ['事例を読む', 'Read the example'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [
        { kind: 'segment', id: 'lost', segment: kit.segmentOf('lost'), on: 'entered' },
        { kind: 'manual', id: 'hand' },
      ],
      entry: { kind: 'every', days: 180 },
      goal: dealMade,
      exits: [{ kind: 'event', match: match('deal.reopened') }],
      steps: [
        kit.until('work', { kind: 'timeOfDay', time: '10:00', businessDays: true, weekdays: [2, 3, 4] }),
        kit.mail('after'),
        kit.clicked(
          'reads',
          'after',
          7,
          [
            kit.call(
              'call',
              ['失注案件の掘り起こし電話', 'Call to revive a lost deal'],
              [
                '前回の検討の経緯、状況の変化、次の検討時期をうかがう',
                'Ask what became of it, what has changed, and when it comes up again',
              ],
              7,
              [
                {
                  name: ['検討を再開', 'Takes it up again'],
                  steps: [
                    kit.hand('hand', ['掘り起こしの電話で検討再開を確認しました。', 'Said on the phone that they take it up again.']),
                  ],
                },
                { name: ['まだ時期ではない', 'Not yet'], steps: [kit.days('quarter', 90), kit.mail('news')] },
                { name: ['不要', 'No need'], steps: [kit.tag('closed', ['掘り起こし対象外', 'not to be revived'])] },
              ],
            ),
          ],
          [kit.days('rest', 14), { ...kit.mail('news'), id: 'news2' }],
        ),
      ],
    }),
}

const similarProduct: Item = {
  id: 'similarProduct',
  purposes: ['deal', 'revive'],
  name: ['失注した人へ類似製品の案内', 'Another product after a lost deal'],
  text: [
    '以前の製品で失注した人に、近い用途の新製品を案内します。クリックした人は営業へ引き渡し、反応がない人には事例を1通だけ届けます。',
    'Announces a similar new product to people whose deal about an earlier one was lost. Clicks go to sales; silence gets one story and no more.',
  ],
  enters: [
    '火曜10:00の時点で、選んだ製品で失注している人（1人1回）',
    'Whoever lost a deal about the chosen product, on Tuesdays at 10:00 (once per person)',
  ],
  needs: [['製品を記録した失注商談', 'Lost deals that name their product']],
  asks: ['product', 'link'],
  segments: [
    {
      key: 'lost',
      name: ['失注した製品がある人', 'Lost a deal about a product'],
      text: ['製品を記録した商談で失注したリード', 'Leads who lost a deal that names its product'],
      rule: (product) => ({
        kind: 'and',
        rules: [
          { kind: 'fact', fact: 'sales.lost_products', is: product ? { op: 'in', values: [product] } : { op: 'notEmpty' } },
          { kind: 'fact', fact: 'sales.open_deals', is: { op: 'lte', value: 0 } },
        ],
      }),
    },
  ],
  letters: [
    {
      key: 'announce',
      name: ['新製品のご案内', 'The new product'],
      subject: ['以前ご検討いただいた内容に近い新製品のご案内', 'A new product close to what you were looking for'],
      lines: [
        ['以前は製品をご検討いただき、ありがとうございました。', 'Thank you again for considering our product.'],
        ['このたび、当時のご要望に近い新しい製品をご用意しました。', 'We now have a new one that comes closer to what you asked for.'],
      ],
      button: ['新製品を見る', 'See the new product'],
    },
    {
      key: 'case',
      name: ['新製品の導入事例', 'A story about the new product'],
      subject: ['新製品の導入事例をお届けします', 'How the new product is used'],
      lines: [['先日ご案内した製品を、実際にお使いの企業の事例です。', 'How a company uses the product we told you about.']],
      button: ['事例を読む', 'Read the story'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [
        { kind: 'schedule', id: 'weekly', segment: kit.segmentOf('lost'), days: { kind: 'weekdays', weekdays: [2] }, time: '10:00' },
      ],
      goal: dealMade,
      steps: [
        kit.mail('announce'),
        kit.clicked(
          'reads',
          'announce',
          7,
          [
            kit.hand('hand', [
              '以前は別の製品で失注。新製品の案内に反応しました。',
              'Lost a deal about another product; reacted to the new one.',
            ]),
          ],
          [kit.morning('rest', 3), kit.mail('case')],
        ),
      ],
    }),
}

export const lostDeals: readonly Item[] = [lostDeal, similarProduct]
