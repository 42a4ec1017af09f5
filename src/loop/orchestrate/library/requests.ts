// Scenarios after somebody asked for material: step mails, an eBook, a newsletter.
import { dealMade, type Item, match, type Words } from './kit.ts'
import { ATTENDED } from './seminars.ts'

/** What every scenario after a form needs. */
export const FORM: Words = ['公開中のフォーム（なければ一緒に作れます）', 'A published form (one can be made along)']

const stepMail: Item = {
  id: 'stepMail',
  purposes: ['request', 'nurture'],
  name: ['ステップメール（0・3・7日）', 'Step mail (day 0, 3, 7)'],
  text: [
    '資料請求の直後・3日後・7日後に、お礼、導入事例、相談のご案内を届けます。商談ができた時点で止まります。',
    'Thanks, a customer story and an offer to talk on day 0, 3 and 7 after a request. Stops as soon as there is a deal.',
  ],
  enters: ['選んだフォームを送信した人（1人1回）', 'Whoever sends the chosen form (once per person)'],
  needs: [FORM],
  asks: ['form', 'link'],
  form: { template: 'document', name: ['資料請求', 'Request documents'] },
  segments: [],
  letters: [
    {
      key: 'first',
      name: ['1通目：お礼と資料', 'Mail 1: thanks and material'],
      subject: ['資料をご請求いただきありがとうございます', 'Thank you for your request'],
      lines: [
        [
          'ご請求ありがとうございます。まずは全体像がわかる資料からご覧ください。',
          'Thank you for your request. We suggest you begin with the overview.',
        ],
      ],
      button: ['資料を見る', 'Open the material'],
    },
    {
      key: 'second',
      name: ['2通目：導入事例', 'Mail 2: a customer story'],
      subject: ['同じ課題を解決した企業の事例', 'How others solved it'],
      lines: [
        [
          '資料はお役に立ちましたでしょうか。本日は導入企業の事例をご紹介します。',
          'We hope the material was useful. Today we would like to share a customer story.',
        ],
      ],
      button: ['事例を読む', 'Read the story'],
    },
    {
      key: 'third',
      name: ['3通目：ご相談のご案内', 'Mail 3: let us talk'],
      subject: ['30分のオンライン相談のご案内', 'Shall we talk for 30 minutes?'],
      lines: [
        [
          '貴社の状況に合わせた進め方を、オンラインで30分ほどご説明します。',
          'We would be glad to go through your situation in a 30 minute call.',
        ],
      ],
      button: ['相談を申し込む', 'Ask for a call'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [kit.formTrigger],
      goal: dealMade,
      steps: [kit.mail('first'), kit.days('three', 3), kit.mail('second'), kit.days('seven', 4), kit.mail('third')],
    }),
}

const ebook: Item = {
  id: 'ebook',
  purposes: ['request', 'event', 'sales'],
  name: ['eBookからウェビナー、営業へ', 'From eBook to webinar to sales'],
  text: [
    'eBookを届け、読んだ人をウェビナーに案内し、参加した人にはお礼を送って営業へ引き渡します。参加しなかった人には録画を届けます。',
    'Delivers the eBook, invites its readers to a webinar, thanks those who came and hands them to sales. Others get the recording.',
  ],
  enters: ['eBookのフォームを送信した人（1人1回）', 'Whoever sends the eBook form (once per person)'],
  needs: [FORM, ['ウェビナーの参加をAPIで送ること（custom.seminar.attended）', 'Webinar visits sent by API (custom.seminar.attended)']],
  asks: ['form', 'link'],
  form: { template: 'document', name: ['eBookダウンロード', 'eBook download'] },
  segments: [],
  letters: [
    {
      key: 'ebook',
      name: ['eBookのお届け', 'The eBook'],
      subject: ['eBookをお届けします', 'Here is your eBook'],
      lines: [
        [
          'お申し込みありがとうございます。下のボタンからeBookをご覧いただけます。',
          'Thank you for your interest. You will find the eBook behind the button below.',
        ],
      ],
      button: ['eBookを読む', 'Read the eBook'],
    },
    {
      key: 'again',
      name: ['eBookのご案内（再）', 'The eBook once more'],
      subject: ['eBookはもうご覧になりましたか', 'Have you had a look at the eBook?'],
      lines: [
        ['先日お送りしたeBookから、特にお役に立つ3つのポイントをご紹介します。', 'Three points of the eBook that are of use right away.'],
        ['まだの方は、ぜひ一度ご覧ください。', 'If you have not opened it yet, please do.'],
      ],
      button: ['eBookを読む', 'Read the eBook'],
    },
    {
      key: 'invite',
      name: ['ウェビナー案内', 'Webinar invitation'],
      subject: ['eBookの内容を30分で解説するウェビナーのご案内', 'The eBook in 30 minutes: an invitation to our webinar'],
      lines: [
        ['eBookをお読みいただき、ありがとうございます。', 'Thank you for reading our eBook.'],
        [
          '実際の進め方を、事例とあわせて30分で解説します。ご質問もお受けします。',
          'We show how it is done in 30 minutes, with an example and your questions.',
        ],
      ],
      button: ['ウェビナーに申し込む', 'Register for the webinar'],
    },
    {
      key: 'thanks',
      name: ['ウェビナー参加のお礼', 'Thanks for coming'],
      subject: ['ウェビナーご参加のお礼', 'Thank you for joining our webinar'],
      lines: [
        ['ご参加いただき、ありがとうございました。', 'Thank you for joining.'],
        ['貴社でのご活用について、担当者よりあらためてご連絡いたします。', 'One of us will get in touch about what it could do for you.'],
      ],
      button: ['当日の資料を見る', 'Open the slides'],
    },
    {
      key: 'recording',
      name: ['録画案内', 'Recording'],
      subject: ['ウェビナーの録画をご覧いただけます', 'The recording of our webinar'],
      lines: [['ご都合がつかなかった方に、録画をお届けします。', 'In case you could not make it: the recording.']],
      button: ['録画を見る', 'Watch the recording'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [kit.formTrigger],
      goal: dealMade,
      steps: [
        kit.mail('ebook', 'transactional'),
        kit.clicked('read', 'ebook', 3, [], [kit.mail('again'), kit.clicked('readAgain', 'again', 7, [], [kit.end('unread')])]),
        kit.morning('next', 1),
        kit.mail('invite'),
        kit.happens(
          'visit',
          ['ウェビナーに参加した？', 'Joined the webinar?'],
          match(ATTENDED),
          30,
          [
            kit.mail('thanks'),
            kit.call(
              'call',
              ['ウェビナー参加のお礼の電話', 'Call after the webinar'],
              [
                '参加のお礼、eBookで関心を持った点、検討の時期をうかがう',
                'Thank them, ask what in the eBook interested them and when they decide',
              ],
              3,
            ),
            kit.hand('hand', ['eBookを読み、ウェビナーに参加しました。', 'Read the eBook and joined the webinar.']),
          ],
          [kit.mail('recording')],
        ),
      ],
    }),
}

const newsletter: Item = {
  id: 'newsletter',
  purposes: ['request', 'nurture'],
  name: ['メルマガ登録ウェルカム', 'Newsletter welcome'],
  text: [
    '登録直後のごあいさつ、3日後の人気記事、7日後の質問の3通で、読まれる関係をつくります。',
    'A welcome at once, the favourite articles after three days and a question after seven: a good beginning with new readers.',
  ],
  enters: ['メルマガのフォームを送信した人（1人1回）', 'Whoever sends the newsletter form (once per person)'],
  needs: [FORM],
  asks: ['form', 'link'],
  form: { template: 'newsletter', name: ['メールマガジン登録', 'Newsletter'] },
  segments: [],
  letters: [
    {
      key: 'welcome',
      name: ['ようこそ', 'Welcome'],
      subject: ['ご登録ありがとうございます', 'Welcome, and thank you for subscribing'],
      lines: [
        [
          'ご登録いただき、ありがとうございます。現場で役立つ情報を月に数回お届けします。',
          'Thank you for subscribing. A few times a month we share what helps in everyday work.',
        ],
      ],
      button: ['サイトを見る', 'Visit our site'],
    },
    {
      key: 'favourites',
      name: ['人気の記事', 'Favourite articles'],
      subject: ['まず読まれている記事をご紹介します', 'What our readers begin with'],
      lines: [['はじめての方によく読まれている記事をまとめました。', 'These are the articles that new readers like best.']],
      button: ['人気の記事を読む', 'Read the favourites'],
    },
    {
      key: 'question',
      name: ['お悩みをお聞かせください', 'A question'],
      subject: ['いま、いちばんお困りのことは何ですか', 'What keeps you busy at the moment?'],
      lines: [
        [
          'いまお困りのことを、このメールへの返信でお聞かせください。今後の記事の参考にいたします。',
          'Just reply to this mail and tell us. It helps us to choose what we write about.',
        ],
      ],
      button: ['テーマを選ぶ', 'Choose a topic'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [kit.formTrigger],
      steps: [
        kit.mail('welcome'),
        kit.days('three', 3),
        kit.mail('favourites'),
        kit.clicked('reads', 'favourites', 4, [kit.tag('reader', ['メルマガ読者', 'newsletter reader'])], []),
        kit.until('work', { kind: 'businessHours' }),
        kit.mail('question'),
      ],
    }),
}

export const requests: readonly Item[] = [stepMail, ebook, newsletter]
