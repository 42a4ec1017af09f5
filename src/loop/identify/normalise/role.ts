// From a job title (役職) to its level. Pure.
import { roleLevels } from '../vocabulary.ts'
import { choose, cleanText } from './decide.ts'

/** The first that fits decides, from the top down; what only sounds like a chief (社長室, 役員秘書) is taken out before. */
const LEVELS: readonly (readonly [string, RegExp])[] = [
  ['staff', /秘書|secretary|assistant to/],
  [
    'executive',
    /(副|元|前)社長|副会長|専務|常務|社外取締役|監査役|監事|執行役|managing director|vice[- ]?president|\b[se]?vp\b|\bc(to|oo|fo|mo|io|hro|so|iso|do|xo|po|ro)\b/,
  ],
  [
    'representative',
    /代表(?!部|課|窓口|電話)|(?<!支)社長|会長|\bceo\b|\bpresident\b|founder|chairman|創業者|事業主|オーナー|\bowner\b|頭取|総裁|理事長|学長|校長|院長|園長|所長弁護士|代表社員/,
  ],
  ['executive', /取締役|役員|理事(?!会)|顧問|相談役|会計参与|board member|chief .+ officer/],
  ['manager', /課長|室長|グループ長|グループリーダー|グループマネ|チーム長|チームマネ|参事|主幹|部長付/],
  [
    'head',
    /部長|次長|局長|所長|支社長|支店長|支部長|工場長|センター長|部門長|事業所長|館長|営業所長|院長|\bdirector\b|general manager|head of|ゼネラルマネ|ディレクター長|ディビジョンマネ|部門責任者|参与|学部長/,
  ],
  [
    'chief',
    /係長|主任|チーフ|リーダー|サブマネ|アシスタントマネ|assistant manager|\bleader?\b|team lead|supervisor|スーパーバイザー|主査|主務|班長|職長|主席|店長代理/,
  ],
  ['manager', /マネージャ|マネジャ|\bmanager\b|\bmgr\b|責任者|店長|課長/],
  [
    'staff',
    /担当|一般|スタッフ|社員|職員|事務員|係員|部員|メンバー|アシスタント|\bstaff\b|\bassociate\b|\bmember\b|\bassistant\b|パート|アルバイト|インターン|\bintern\b/,
  ],
]

const NOT_THE_PERSON = /(社長|会長|役員|経営|取締役会|理事会)(?=室|秘書|付)/gu

/**
 * The level of a job title: 代表取締役社長 → representative, 執行役員 営業部長 → executive, 担当部長 → head, 課長補佐 → chief.
 * @returns null when the title says no level (エンジニア, 弁護士)
 */
export function roleLevelOf(title: string | null): string | null {
  const plain = (title ?? '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim().replace(NOT_THE_PERSON, '')
  if (plain === '') return null
  if (/(課長|係長|主任)(補佐|心得)/.test(plain)) return 'chief'
  if (/部長(補佐)/.test(plain)) return 'manager'
  return LEVELS.find(([, words]) => words.test(plain))?.[0] ?? null
}

const OLD_WORDS: Readonly<Record<string, string>> = {
  '経営層・役員': 'executive',
  経営層: 'executive',
  経営者: 'representative',
  一般: 'staff',
  一般社員: 'staff',
}

/** A level by its code or word, else what the text means as a title; texts that mean none are kept as they are. */
export function normaliseRoleLevel(text: string): string | null {
  const chosen = choose(roleLevels, text)
  if (chosen === null || roleLevels.some((one) => one.value === chosen)) return chosen
  return OLD_WORDS[chosen] ?? roleLevelOf(chosen) ?? cleanText(text, 100)
}
