// Scenarios for people who were silent for long: who come back, and who do not.
import { dealMade, did, type Item, match } from './kit.ts'

const sleeping: Item = {
  id: 'sleeping',
  purposes: ['revive', 'sales'],
  name: ['休眠から戻った人への再アプローチ', 'Sleepers who come back'],
  text: [
    '90日間動きのなかった人がサイトに戻ってきた、そのタイミングで案内を届け、反応したら営業へ知らせます。',
    'Meets people at the very moment they come back to the site after 90 silent days, and tells sales when they react.',
  ],
  enters: [
    '90日以上動きがなく、サイトに戻ってきた人（90日に1回まで）',
    'Whoever comes back to the site after 90 silent days (at most once in 90 days)',
  ],
  needs: [['サイトの計測タグ', 'The tag on your site']],
  asks: ['link'],
  segments: [],
  letters: [
    {
      key: 'back',
      name: ['お久しぶりのご案内', 'Good to see you again'],
      subject: ['最近の更新をまとめてお届けします', 'What is new since your last visit'],
      lines: [
        [
          'ご無沙汰しております。この数か月で新しくなったことを、短くまとめました。',
          'It has been a while. Here is what has changed, in short.',
        ],
      ],
      button: ['新しい内容を見る', 'See what is new'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [{ kind: 'silence', id: 'back', days: 90, match: match('page.viewed') }],
      entry: { kind: 'every', days: 90 },
      goal: dealMade,
      steps: [
        kit.until('work', { kind: 'businessHours' }),
        kit.mail('back'),
        kit.clicked(
          'reads',
          'back',
          3,
          [kit.tell('tell', ['休眠から戻り、案内をクリックしました。', 'Came back after a long silence and clicked our mail.'], true)],
          [],
        ),
      ],
    }),
}

const winBack: Item = {
  id: 'winBack',
  purposes: ['revive'],
  name: ['休眠リードの掘り起こし', 'Sleeping leads revived'],
  text: [
    '90日間動きのない人に2通だけ案内を送り、それでも反応がない人には「休眠」の印を付けて追いかけるのをやめます。',
    'Two mails to people who were silent for 90 days. Whoever still does not react is marked as asleep and left in peace.',
  ],
  enters: [
    '90日間サイト閲覧もクリックもなくなった人。一覧から手動でも追加できます',
    'Whoever has neither visited nor clicked for 90 days; people can also be added by hand',
  ],
  needs: [['サイトの計測タグ', 'The tag on your site']],
  asks: ['link'],
  segments: [
    {
      key: 'silent',
      name: ['90日間動きなし', 'Silent for 90 days'],
      text: [
        'リードになって90日以上たち、その間ページの閲覧もクリックも送信もない人',
        'Leads of 90 days or more without a page view, a click or a form in that time',
      ],
      rule: () => ({
        kind: 'and',
        rules: [
          { kind: 'fact', fact: 'identifiedAt', is: { op: 'olderThan', n: 90, unit: 'days' } },
          did('page.viewed', 0, 'atMost', 90),
          did('mail.clicked', 0, 'atMost', 90),
          did('form.submitted', 0, 'atMost', 90),
        ],
      }),
    },
  ],
  letters: [
    {
      key: 'hello',
      name: ['ご無沙汰のごあいさつ', 'It has been a while'],
      subject: ['ご無沙汰しております', 'It has been a while'],
      lines: [
        [
          'しばらくご案内を差し上げていませんでした。いま多くの企業が取り組んでいるテーマをご紹介します。',
          'It has been a while. Here is what many companies work on at the moment.',
        ],
      ],
      button: ['テーマを見る', 'See the topic'],
    },
    {
      key: 'last',
      name: ['最後のご案内', 'The last one'],
      subject: ['今後のご案内についておうかがいします', 'Shall we stay in touch?'],
      lines: [
        ['ご関心のあるテーマがあれば、下のボタンからお選びください。', 'If there is a topic that interests you, please choose it below.'],
        ['ご案内が不要な場合は、このメールの配信停止からお手続きいただけます。', 'If not, you can unsubscribe at the end of this mail.'],
      ],
      button: ['テーマを選ぶ', 'Choose a topic'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [
        { kind: 'segment', id: 'silent', segment: kit.segmentOf('silent'), on: 'entered' },
        { kind: 'manual', id: 'hand' },
      ],
      entry: { kind: 'every', days: 180 },
      goal: dealMade,
      steps: [
        kit.until('best', { kind: 'bestHour', within: 48, control: 10 }),
        kit.mail('hello'),
        kit.clicked(
          'reads',
          'hello',
          7,
          [kit.tell('tell', ['休眠していましたが、案内をクリックしました。', 'Was asleep, and clicked our mail.'])],
          [
            kit.morning('rest', 5),
            kit.mail('last'),
            kit.clicked(
              'answers',
              'last',
              7,
              [kit.tell('tell2', ['最後の案内に反応しました。', 'Reacted to our last mail.'])],
              [kit.tag('asleep', ['休眠', 'asleep'])],
            ),
          ],
        ),
      ],
    }),
}

export const sleepers: readonly Item[] = [sleeping, winBack]
