// Scenarios after people were met: at an exhibition or over a business card.
import { dealMade, type Item, type Kit, onEvent } from './kit.ts'

/** By what the reader does with the thanks: interest goes to sales, silence gets a story. */
const byReading = (kit: Kit) =>
  kit.clicked(
    'reads',
    'thanks',
    3,
    [kit.tell('tell', ['お礼メールの資料を開きました。', 'Opened the material in the thank-you mail.'])],
    [kit.morning('rest', 3), kit.mail('case')],
  )

const exhibition: Item = {
  id: 'exhibition',
  purposes: ['event', 'sales'],
  name: ['展示会フォロー', 'Exhibition follow-up'],
  text: [
    '来場者に翌営業日の朝お礼を送り、資料を開いた人を営業へ知らせます。反応がない人には3営業日後に導入事例を届けます。',
    'Thanks visitors on the next business morning and tells sales who opened the material. Whoever stays silent gets a customer story three business days later.',
  ],
  enters: [
    '選んだセグメント（展示会の来場者など）に入った人',
    'Whoever comes into the segment you choose (for example the visitors of an exhibition)',
  ],
  needs: [
    ['来場者を取り込んだセグメント', 'A segment of the visitors you imported'],
    ['メール配信の同意がある人だけに届きます', 'Mails only reach people who agreed to them'],
  ],
  asks: ['segment', 'link'],
  segments: [],
  letters: [
    {
      key: 'thanks',
      name: ['お礼メール', 'Thank-you mail'],
      subject: ['ご来場ありがとうございました', 'Thank you for visiting our booth'],
      lines: [
        ['先日は弊社ブースにお立ち寄りいただき、ありがとうございました。', 'Thank you for stopping by our booth the other day.'],
        [
          '当日ご紹介した内容を資料にまとめました。お時間のあるときにご覧ください。',
          'We have put together what we showed you. Please have a look when you have a moment.',
        ],
      ],
      button: ['資料を見る', 'Open the material'],
    },
    {
      key: 'case',
      name: ['導入事例メール', 'Customer story'],
      subject: ['導入企業の取り組みをご紹介します', 'How a customer put it to work'],
      lines: [
        [
          'その後いかがでしょうか。同じ課題に取り組まれた企業の事例をお届けします。',
          'We would like to share how a company with the same questions went about it.',
        ],
        ['ご不明な点がありましたら、このメールにそのままご返信ください。', 'If you have any questions, simply reply to this mail.'],
      ],
      button: ['事例を読む', 'Read the story'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [{ kind: 'segment', id: 'came', segment: kit.made.segment ?? '', on: 'entered' }],
      goal: dealMade,
      steps: [kit.morning('morning', 1), kit.mail('thanks'), byReading(kit)],
    }),
}

const card: Item = {
  id: 'card',
  purposes: ['event', 'sales'],
  name: ['名刺交換お礼', 'Business card thank-you'],
  text: [
    '名刺を確認するとすぐにお礼メール。クリックした人は担当へ知らせ、反応がない人には3営業日後に事例を送ります。',
    'As soon as a card is confirmed, a thank-you goes out. Clicks are told to the owner; silence gets a story three business days later.',
  ],
  enters: ['名刺を読み取り、内容を確認した人（90日に1回まで）', 'Whoever’s card was read and confirmed (at most once in 90 days)'],
  needs: [['名刺の読み取り（過去の名刺の一括登録では始まりません）', 'Cards that are read in; a pile of old cards starts nothing']],
  asks: ['link'],
  segments: [],
  letters: [
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
      button: ['ご紹介資料を見る', 'Have a look'],
    },
    {
      key: 'case',
      name: ['名刺交換後の導入事例', 'Business card: a customer story'],
      subject: ['導入企業の取り組みをご紹介します', 'How a customer put it to work'],
      lines: [
        ['先日は名刺交換のお時間をいただきありがとうございました。', 'Thank you again for your time the other day.'],
        ['同じ課題に取り組まれた企業の事例をお届けします。', 'Here is how a company with similar questions went about it.'],
      ],
      button: ['事例を読む', 'Read the story'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [onEvent('card', 'card.exchanged')],
      entry: { kind: 'every', days: 90 },
      goal: dealMade,
      steps: [kit.mail('thanks'), byReading(kit)],
    }),
}

export const meetings: readonly Item[] = [exhibition, card]
