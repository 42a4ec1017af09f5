// Scenarios around seminars: one that people registered for, and a webinar every month.
import { dealMade, did, type Item, match, onEvent } from './kit.ts'

/** What an API tells of a seminar; `name` is a property where there are several. */
const REGISTERED = 'custom.seminar.registered'
export const ATTENDED = 'custom.seminar.attended'

const seminar: Item = {
  id: 'seminar',
  purposes: ['event', 'nurture'],
  name: ['セミナー前後フォロー', 'Before and after a seminar'],
  text: [
    '申込の確認、前日のリマインド、参加者だけへのお礼と特典、欠席者への録画案内までを自動で届けます。',
    'Confirms the registration, reminds the day before, thanks those who came with a perk only they get, and sends the recording to those who did not.',
  ],
  enters: [
    'セミナー申込のイベント（custom.seminar.registered）がAPIで届いた人',
    'Whoever an API event custom.seminar.registered arrives for',
  ],
  needs: [
    [
      '申込と参加をAPIで送ること（custom.seminar.registered／custom.seminar.attended）',
      'Registrations and visits sent by API (custom.seminar.registered / custom.seminar.attended)',
    ],
    [
      '項目「セミナー開催日」に日付が入っていれば前日にリマインドします',
      'A date in the field “Seminar day” brings the reminder the day before',
    ],
  ],
  asks: ['link'],
  field: { key: 'seminar_date', ja: 'セミナー開催日', en: 'Seminar day' },
  segments: [],
  letters: [
    {
      key: 'confirm',
      name: ['申込の確認', 'Confirmation'],
      subject: ['セミナーのお申し込みを承りました', 'Your registration is confirmed'],
      lines: [
        ['セミナーにお申し込みいただき、ありがとうございます。', 'Thank you for registering for our seminar.'],
        ['当日のご案内は下のボタンからご確認いただけます。', 'You will find everything for the day behind the button below.'],
      ],
      button: ['当日のご案内', 'Details of the day'],
    },
    {
      key: 'reminder',
      name: ['前日のリマインド', 'Reminder the day before'],
      subject: ['明日開催：セミナーのご案内', 'Tomorrow: our seminar'],
      lines: [
        ['いよいよ明日の開催です。開始5分前までにお越しください。', 'It is tomorrow. Please be there five minutes before it begins.'],
      ],
      button: ['当日のご案内', 'Details of the day'],
    },
    {
      key: 'thanks',
      name: ['参加者へのお礼と特典', 'Thanks and perk for those who came'],
      subject: ['ご参加ありがとうございました（参加者限定資料）', 'Thank you for coming: your extra material'],
      lines: [
        ['本日はご参加いただき、ありがとうございました。', 'Thank you for taking part.'],
        ['ご参加の方だけに、当日の投影資料とチェックリストをお届けします。', 'Only those who came get the slides and the checklist.'],
      ],
      button: ['参加者限定資料を見る', 'Open the extra material'],
    },
    {
      key: 'recording',
      name: ['欠席者への録画案内', 'Recording for those who missed it'],
      subject: ['セミナーの録画をご覧いただけます', 'The recording of our seminar'],
      lines: [
        ['当日はご都合がつかなかったとのこと、録画をご用意しました。', 'We missed you, so here is the recording.'],
        ['お時間のあるときにご覧ください。', 'Watch it whenever it suits you.'],
      ],
      button: ['録画を見る', 'Watch the recording'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [onEvent('registered', REGISTERED)],
      entry: { kind: 'every', days: 7 },
      goal: dealMade,
      steps: [
        kit.mail('confirm', 'transactional'),
        kit.asks(
          'dated',
          ['開催日が分かる？', 'Is the day known?'],
          { kind: 'fact', fact: 'attrs.seminar_date', is: { op: 'notEmpty' } },
          [
            kit.until('before', { kind: 'field', field: 'attrs.seminar_date', days: -1, time: '10:00' }),
            kit.mail('reminder', 'transactional'),
            kit.until('after', { kind: 'field', field: 'attrs.seminar_date', days: 1, time: '10:00' }),
          ],
          [kit.happens('visit', ['参加した？', 'Did they come?'], match(ATTENDED), 30, [], [])],
        ),
        kit.asks(
          'came',
          ['参加した？', 'Did they come?'],
          did(ATTENDED, 1, 'atLeast', 30),
          [
            kit.mail('thanks'),
            kit.clicked(
              'keen',
              'thanks',
              5,
              [kit.tell('tell', ['セミナーに参加し、限定資料を開きました。', 'Came to the seminar and opened the extra material.'], true)],
              [],
            ),
          ],
          [kit.mail('recording')],
        ),
      ],
    }),
}

const webinar: Item = {
  id: 'webinar',
  purposes: ['event', 'nurture'],
  name: ['定期ウェビナー', 'Regular webinar'],
  text: [
    '毎月の無料ウェビナーに案内し、申し込んだ人には事前資料、参加者にはお礼、欠席者には録画を届け、反応した人を営業へ知らせます。',
    'Invites to a free webinar every month. Registered people get a preparation, visitors our thanks, others the recording, and sales hears who reacted.',
  ],
  enters: ['毎月1日10:00の時点で、選んだセグメントにいる人', 'Whoever is in the chosen segment on the 1st of the month at 10:00'],
  needs: [
    ['案内したい人のセグメント', 'A segment of the people to invite'],
    [
      '申込と参加をAPIで送ること（custom.seminar.registered／custom.seminar.attended）',
      'Registrations and visits sent by API (custom.seminar.registered / custom.seminar.attended)',
    ],
  ],
  asks: ['segment', 'link'],
  segments: [],
  letters: [
    {
      key: 'invite',
      name: ['ウェビナー案内', 'Invitation'],
      subject: ['今月の無料ウェビナーのご案内', 'This month’s free webinar'],
      lines: [
        ['今月も、実務に役立つ無料のオンラインセミナーを開催します。', 'This month again we hold a free webinar on everyday practice.'],
        ['ご都合のよい日程をお選びのうえ、お申し込みください。', 'Please choose the date that suits you.'],
      ],
      button: ['日程を見て申し込む', 'See dates and register'],
    },
    {
      key: 'prepare',
      name: ['事前資料', 'Preparation'],
      subject: ['ウェビナー当日までにご覧ください', 'Before the webinar'],
      lines: [['当日の内容がより役立つよう、短い事前資料をご用意しました。', 'A short preparation, so that you get more out of the day.']],
      button: ['事前資料を見る', 'Open the preparation'],
    },
    {
      key: 'thanks',
      name: ['参加のお礼', 'Thanks'],
      subject: ['ウェビナーご参加のお礼', 'Thank you for joining our webinar'],
      lines: [
        ['ご参加いただき、ありがとうございました。', 'Thank you for joining.'],
        ['ご質問の多かった内容を資料にまとめました。', 'We have answered the most frequent questions in writing.'],
      ],
      button: ['まとめ資料を見る', 'Read the answers'],
    },
    {
      key: 'recording',
      name: ['録画案内', 'Recording'],
      subject: ['ウェビナーの録画をお届けします', 'The recording of our webinar'],
      lines: [['当日ご覧になれなかった方へ、録画をお届けします。', 'For everybody who could not make it: the recording.']],
      button: ['録画を見る', 'Watch the recording'],
    },
  ],
  graph: (kit) =>
    kit.scenario({
      triggers: [{ kind: 'schedule', id: 'monthly', segment: kit.made.segment ?? '', days: { kind: 'monthDay', day: 1 }, time: '10:00' }],
      entry: { kind: 'every', days: 25 },
      goal: dealMade,
      steps: [
        kit.mail('invite'),
        kit.happens(
          'register',
          ['申し込んだ？', 'Registered?'],
          match(REGISTERED),
          10,
          [
            kit.mail('prepare'),
            kit.happens(
              'visit',
              ['参加した？', 'Did they come?'],
              match(ATTENDED),
              12,
              [
                kit.mail('thanks'),
                kit.clicked(
                  'keen',
                  'thanks',
                  3,
                  [kit.tell('tell', ['ウェビナーに参加し、まとめ資料を開きました。', 'Joined the webinar and read the answers.'])],
                  [],
                ),
              ],
              [kit.mail('recording')],
            ),
          ],
          [],
        ),
      ],
    }),
}

export const seminars: readonly Item[] = [seminar, webinar]
