// A programme of white papers with a score of its own.
import type { ScoreRule } from '#loop/score/rules/contract.ts'
import { dealMade, type Item, type Kit, match } from './kit.ts'
import { FORM } from './requests.ts'

const earns = (n: number, event: string, points: number, times: number): ScoreRule => ({
  ...{
    id: `00000000-0000-4000-8000-0000000001a${n}`,
    kind: 'behaviour',
    label: '',
    points,
    limit: { kind: 'cap', times },
    expiresDays: 180,
  },
  match: match(event),
})
const LEARNING = 'learning'
const READY = 25
const handed = (kit: Kit, n: number) => [
  kit.hand(`hand${n}`, [`資料の閲覧で学習スコアが${READY}点に達しました。`, `Reading our papers brought the learning score to ${READY}.`]),
  kit.end(`end${n}`),
]

export const whitepaper: Item = {
  id: 'whitepaper',
  purposes: ['request', 'nurture', 'sales'],
  name: ['ホワイトペーパー育成', 'White paper programme'],
  text: [
    '入門・実践・比較の3つの資料を順に届け、ダウンロードとクリックを専用のスコアで数えます。25点に達した時点で営業へ引き渡します。',
    'Three papers in a row – basics, practice, comparison. Downloads and clicks earn points in a score of their own; at 25 the lead goes to sales at once.',
  ],
  enters: ['資料のフォームを送信した人（1人1回）', 'Whoever sends the form for the paper (once per person)'],
  needs: [FORM],
  asks: ['form', 'link'],
  form: { template: 'document', name: ['ホワイトペーパー', 'White paper'] },
  score: {
    name: LEARNING,
    label: { ja: '学習スコア', en: 'Learning score' },
    rules: [earns(1, 'file.downloaded', 10, 5), earns(2, 'form.submitted', 10, 3), earns(3, 'mail.clicked', 5, 5)],
  },
  segments: [
    {
      key: 'ready',
      name: ['学習スコア25点以上', 'Learning score of 25 or more'],
      text: ['資料のダウンロードとクリックで25点に達したリード', 'Leads whom downloads and clicks brought to 25 points'],
      rule: () => ({ kind: 'fact', fact: `score.${LEARNING}.total`, is: { op: 'gte', value: READY } }),
    },
  ],
  letters: [
    {
      key: 'basics',
      name: ['資料1：入門編', 'Paper 1: the basics'],
      subject: ['【資料1】はじめての方のための入門編', 'Paper 1: the basics'],
      lines: [
        [
          'ご請求の資料をお届けします。基本の考え方と用語を10分で確認できます。',
          'Here is the paper you asked for: the basics in ten minutes.',
        ],
      ],
      button: ['入門編を読む', 'Read the basics'],
    },
    {
      key: 'practice',
      name: ['資料2：実践編', 'Paper 2: in practice'],
      subject: ['【資料2】つまずきやすい点と進め方（実践編）', 'Paper 2: how it is done in practice'],
      lines: [
        [
          '次は実践編です。はじめの3か月で取り組むことを、順を追ってまとめました。',
          'Next comes the practice: what to do in the first three months, step by step.',
        ],
      ],
      button: ['実践編を読む', 'Read the practice'],
    },
    {
      key: 'compare',
      name: ['資料3：比較編', 'Paper 3: how to compare'],
      subject: ['【資料3】選び方のチェックリスト（比較編）', 'Paper 3: a checklist for choosing'],
      lines: [
        ['最後に、製品やサービスを比べるときの確認項目を一覧にしました。', 'Lastly, a checklist for comparing products and services.'],
      ],
      button: ['比較編を読む', 'Read the checklist'],
    },
  ],
  graph: (kit) => {
    const ready = (n: number, days: number, no: Parameters<Kit['comesInto']>[5]) =>
      kit.comesInto(`ready${n}`, ['25点に達した？', 'Reached 25 points?'], 'ready', days, handed(kit, n), no)
    const already = { kind: 'fact', fact: `score.${LEARNING}.total`, is: { op: 'gte', value: READY } } as const
    const later = ready(3, 10, [kit.tag('learning', ['学習中', 'still learning'])])
    return kit.scenario({
      triggers: [kit.formTrigger],
      goal: dealMade,
      steps: [
        kit.mail('basics', 'transactional'),
        kit.asks('already', ['すでに25点以上？', 'At 25 points already?'], already, handed(kit, 0), []),
        ready(1, 5, [kit.mail('practice'), ready(2, 5, [kit.mail('compare'), later])]),
      ],
    })
  },
}
