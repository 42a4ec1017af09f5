// Five personas, each written to in its own words, and two pages compared.
import type { Step, SwitchCase } from '../graph/contract.ts'
import { branch, dealMade, type Item, type Letter, match, type Words } from './kit.ts'
import { FORM } from './requests.ts'

interface Persona {
  readonly key: 'a' | 'b' | 'c' | 'd' | 'e'
  readonly name: Words
  readonly letter: Words
  readonly line: Words
  readonly rule: SwitchCase['rule']
}
const inDepartment = (...parts: string[]): SwitchCase['rule'] => ({
  kind: 'or',
  rules: parts.map((value) => ({ kind: 'fact', fact: 'department', is: { op: 'contains', value } })),
})
const atLevel = (...values: string[]): SwitchCase['rule'] => ({ kind: 'fact', fact: 'roleLevel', is: { op: 'in', values } })

const PERSONAS: readonly Persona[] = [
  {
    key: 'a',
    name: ['経営者', 'Executive'],
    letter: ['投資と効果を1ページで', 'Cost and effect on one page'],
    line: [
      '経営の視点から、投資と効果の考え方を1ページにまとめました。',
      'Cost and effect from the point of view of management, on one page.',
    ],
    rule: atLevel('representative', 'executive'),
  },
  {
    key: 'b',
    name: ['情報システム', 'IT'],
    letter: ['連携とセキュリティ', 'Integration and security'],
    line: ['連携方法とセキュリティの確認事項を一覧でお届けします。', 'How it connects, and the answers to your questions on security.'],
    rule: inDepartment('情報システム', '情シス', 'IT', 'システム'),
  },
  {
    key: 'c',
    name: ['マーケティング', 'Marketing'],
    letter: ['成果の測り方', 'How to measure it'],
    line: ['成果をどう測り、どう改善するかを事例とともにご紹介します。', 'How to measure and improve, with an example.'],
    rule: inDepartment('マーケティング', '広報', '宣伝', 'Marketing'),
  },
  {
    key: 'd',
    name: ['営業', 'Sales'],
    letter: ['商談につながる使い方', 'How it leads to deals'],
    line: ['営業の現場で、商談につながる使い方をご紹介します。', 'How sales teams turn it into deals.'],
    rule: inDepartment('営業', 'Sales'),
  },
  {
    key: 'e',
    name: ['管理職', 'Manager'],
    letter: ['チームへの広げ方', 'How to bring the team along'],
    line: ['チームに無理なく広げた進め方をご紹介します。', 'How others brought their team along without friction.'],
    rule: atLevel('head', 'manager'),
  },
]

const personaLetter = ({ key, name, letter, line }: Persona): Letter => ({
  key: `for_${key}`,
  name: [`${name[0]}向け`, `For ${name[1]}`],
  subject: letter,
  lines: [line],
  button: ['詳しく見る', 'Read more'],
})

export const personas: Item = {
  id: 'personas',
  purposes: ['nurture'],
  name: ['5つのペルソナ別育成', 'Five personas'],
  text: [
    '役職レベルと部署から5つのペルソナに分け、それぞれに合う内容を届けます。クリックした人には2種類のページを半分ずつ案内し、どちらが申込につながるかを比べます。',
    'Tells five personas apart by role level and department and writes to each of them. Half of the readers are led to one landing page, half to another, to see which brings more requests.',
  ],
  enters: ['選んだフォームを送信した人（1人1回）', 'Whoever sends the chosen form (once per person)'],
  needs: [
    FORM,
    [
      '役職レベルか部署が分かるリード。分岐は自社のペルソナに置き換えられます',
      'Leads with a role level or department. The ways can be exchanged for your own personas',
    ],
  ],
  asks: ['form', 'link'],
  form: { template: 'document', name: ['資料請求', 'Request documents'] },
  segments: [],
  letters: [
    ...PERSONAS.map(personaLetter),
    {
      key: 'general',
      name: ['その他の方向け', 'For everybody else'],
      subject: ['はじめての方へ：全体像のご紹介', 'An overview to begin with'],
      lines: [['まずは全体像をご紹介します。', 'Here is an overview to begin with.']],
      button: ['詳しく見る', 'Read more'],
    },
    {
      key: 'pageA',
      name: ['ページA：事例から', 'Page A: by example'],
      subject: ['事例で見る、はじめの一歩', 'The first step, by example'],
      lines: [['実際の事例から、はじめの一歩をご紹介します。', 'The first step, told by an example.']],
      button: ['事例ページを見る', 'See the examples'],
    },
    {
      key: 'pageB',
      name: ['ページB：数字から', 'Page B: by numbers'],
      subject: ['数字で見る、導入の効果', 'The effect in numbers'],
      lines: [['効果を数字でまとめたページをご用意しました。', 'A page that tells the effect in numbers.']],
      button: ['効果のページを見る', 'See the numbers'],
    },
  ],
  graph: (kit) => {
    const own = (name: Words, one: Persona): SwitchCase => ({ key: one.key, name: kit.say(name), rule: one.rule })
    const pages: Step = {
      kind: 'split',
      id: 'pages',
      name: kit.say(['ページを比べる', 'Compare two pages']),
      branches: [
        branch('a', [kit.mail('pageA')], kit.say(['ページA', 'Page A']), 50),
        branch('b', [kit.mail('pageB')], kit.say(['ページB', 'Page B']), 50),
      ],
    }
    return kit.scenario({
      triggers: [kit.formTrigger],
      goal: dealMade,
      steps: [
        kit.morning('next', 1),
        kit.ways(
          'who',
          ['ペルソナで分ける', 'By persona'],
          PERSONAS.map((one) => ({ case: own(one.name, one), steps: [kit.mail(`for_${one.key}`)] })),
          [kit.mail('general')],
        ),
        kit.days('rest', 4),
        pages,
        kit.happens(
          'asks',
          ['もう一度申し込んだ？', 'Sent a form again?'],
          match('form.submitted'),
          14,
          [kit.hand('hand', ['案内したページから、もう一度フォームを送信しました。', 'Sent a form again after visiting the page.'])],
          [],
        ),
      ],
    })
  },
}
