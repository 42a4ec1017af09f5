// What can stand in the place of a character that ISO-2022-JP does not have. Pure.
import { allFits } from '../../sender/jis.ts'

/** Forms of names that JIS X 0208 has in their common shape; what Unicode itself folds is not listed. */
const KANJI =
  '髙高 﨑崎 濵浜 淸清 靑青 德徳 瀨瀬 栁柳 增増 寬寛 橫横 黑黒 敎教 綠緑 內内 戶戸 步歩 每毎 錄録 閒間 鄕郷 吞呑 𠮷吉 桒桑 曻昇 濹墨 鷗鴎 噓嘘 俠侠 顚顛 焰焔 瘦痩 簞箪 繫繋 姸妍 屛屏 倂併 瀆涜 搔掻 摑掴 攢攅 麴麹 蠟蝋 頰頬 剝剥 塡填 嚙噛'

const SIGNS: Readonly<Record<string, string>> = {
  '\u00a5': '￥',
  '\u2013': '-',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2022': '・',
  '\u00b7': '・',
  '\u2043': '・',
  '\u00a9': '(C)',
  '\u00ae': '(R)',
  '\u2122': '(TM)',
  '\u00ab': '《',
  '\u00bb': '》',
  '\u20ac': 'ユーロ',
  '\u25b6': '→',
  '\u25b8': '→',
  '\u25ba': '→',
  '\u27a1': '→',
  '\u2b05': '←',
  '\u2b06': '↑',
  '\u2b07': '↓',
  '\u2714': '○',
  '\u2713': '○',
  '\u2705': '○',
  '\u274c': '×',
  '\u2716': '×',
  '\u2b50': '★',
  '\u2b1b': '■',
  '\u2b1c': '□',
  '\u25fe': '■',
  '\u25aa': '■',
  '\u2661': '',
  '\u00bd': '1/2',
  '\u00bc': '1/4',
  '\u00be': '3/4',
  '\u301d': '“',
  '\u301f': '”',
  '\u00df': 'ss',
  '\u00e6': 'ae',
  '\u00f8': 'o',
  '\u2264': '≦',
  '\u2265': '≧',
  '\u2211': 'Σ',
}

const KANJI_SWAPS: ReadonlyMap<string, string> = new Map(
  KANJI.split(' ').map((pair): [string, string] => {
    const [from = '', to = ''] = [...pair]
    return [from, to]
  }),
)

/** ① ⓐ ㊤ ㉑: a sign inside a circle, which Unicode folds to the bare sign. */
const CIRCLED = /^[\u2460-\u2473\u24b6-\u24ea\u3244-\u3247\u3251-\u325f\u3280-\u32b0\u32b1-\u32bf]$/
/** ❶–❿ ➀–➓: circles that Unicode does not fold. */
const ROUND_DIGIT = /^[\u2776-\u2793]$/
const VARIATION = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u180b-\u180d]/gu
/** Emoji, and what nobody sees: they carry no word. */
const SILENT = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\p{Cf}|\p{Cc}|\u20e3)/u

const fitting = (text: string): string | null => (text !== '' && allFits(text) ? text : null)

/**
 * What is proposed for one character as people see it (a cluster: an emoji with its modifiers, a kanji with its selector).
 * @returns '' to leave it out; null when nothing is known
 */
export function swapOf(cluster: string): string | null {
  const bare = cluster.replace(VARIATION, '')
  if (bare === '') return ''
  const known = SIGNS[bare] ?? KANJI_SWAPS.get(bare)
  if (known !== undefined && allFits(known)) return known
  if (ROUND_DIGIT.test(bare)) return `(${((bare.charCodeAt(0) - 0x2776) % 10) + 1})`
  const folded = bare.normalize('NFKC')
  return (
    fitting(CIRCLED.test(bare) ? `(${folded})` : folded) ??
    fitting(folded.normalize('NFD').replace(/\p{M}/gu, '')) ??
    (SILENT.test(bare) ? '' : null)
  )
}
