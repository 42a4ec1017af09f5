// How names of companies are told apart and together. Pure and browser-safe.

/** Old and variant kanji that stand for the same letter in names. Shown names keep theirs. */
const OLD_KANJI =
  '髙高 﨑崎 碕崎 嵜崎 齋斎 齊斎 斉斎 邊辺 邉辺 澤沢 濱浜 濵浜 國国 學学 會会 櫻桜 廣広 眞真 應応 藝芸 榮栄 圓円 龍竜 澁渋 嶋島 嶌島 鐵鉄 鉃鉄 壽寿 驛駅 寶宝 豐豊 假仮 圖図 團団 醫医 聲声 體体 點点 當当 舊旧 實実 寫写 數数 樂楽 氣気 淺浅 瀧滝 燈灯 獨独 畫画 竝並 經経 繩縄 總総 縣県 萬万 藏蔵 藥薬 螢蛍 觀観 證証 讀読 變変 轉転 遙遥 鄕郷 釀醸 鑛鉱 關関 雜雑 靈霊 顯顕 驗験 鷄鶏 黃黄 黑黒 齡齢 冨富 冐冒 德徳 惠恵 晉晋 曉暁 條条 來来 歐欧 步歩 每毎 爲為 祿禄 稻稲 穗穂 莊荘 處処 號号 賴頼 辯弁 辨弁 瓣弁 鹽塩 竈釜 籔薮 藪薮 桧檜 埜野 舘館 曾曽 槇槙 彌弥 靜静 亞亜 產産 絲糸 勞労 勳勲 區区 卷巻 參参 雙双 敍叙 囑嘱 壓圧 壯壮 夾挟 奧奥 孃嬢 寬寛 專専 將将 峽峡 巖巌 帶帯 廳庁 彈弾 從従 恆恒 悅悦 戰戦 拂払 擇択 擔担 據拠 攝摂 敎教 敕勅 斷断'
const KANJI = new Map(OLD_KANJI.split(' ').map((pair) => [[...pair][0] ?? '', [...pair][1] ?? '']))

const FORMS =
  '株式会社 株式會社 有限会社 合同会社 合資会社 合名会社 相互会社 特例有限会社 一般社団法人 公益社団法人 社団法人 一般財団法人 公益財団法人 財団法人 特定非営利活動法人 npo法人 学校法人 準学校法人 医療法人社団 医療法人財団 社会医療法人 医療法人 社会福祉法人 宗教法人 独立行政法人 地方独立行政法人 国立大学法人 公立大学法人 国立研究開発法人 弁護士法人 税理士法人 司法書士法人 行政書士法人 社会保険労務士法人 特許業務法人 弁理士法人 土地家屋調査士法人 監査法人 農事組合法人 有限責任事業組合 有限責任監査法人 投資法人 更生保護法人 管理組合法人 協業組合 企業組合'.split(
    ' ',
  )
const KANA_FORMS =
  'カフシキカイシヤ カブシキガイシヤ カブシキカイシヤ ユウゲンガイシヤ ユウゲンカイシヤ ゴウドウガイシヤ ゴウシガイシヤ ゴウメイガイシヤ イツパンシヤダンホウジン イツパンザイダンホウジン'.split(
    ' ',
  )
const SHORT_FORMS =
  '株 有 同 資 名 相 社 財 一社 一財 公社 公財 特非 学 医 福 社福 宗 独 独法 地独 弁 税 司 行 監 農 投 カ ユ ド シ メ'.split(' ')

const byLength = (words: readonly string[]): string[] => [...words].sort((a, b) => b.length - a.length)
const LONG = new RegExp(byLength([...FORMS, ...KANA_FORMS]).join('|'), 'gu')
const SHORT = new RegExp(`\\((?:${byLength(SHORT_FORMS).join('|')})\\)`, 'gu')
/** As banks write it: `カ)サンプル`, `サンプル(カ`. */
const BANK = /^(?:カ|ユ|ド)\)|\((?:カ|ユ|ド)$/u
const ENGLISH =
  /(?:[\s,.]|\b)(?:co\.?\s*,?\s*ltd|company\s*,?\s*limited|companies|company|corporation|incorporated|limited|corp|inc|ltd|llc|l\.l\.c|llp|plc|k\.\s*k|kk|g\.\s*k|gk|kabushiki\s*-?\s*kaisha|kabushiki\s*-?\s*gaisha|godo\s*-?\s*kaisha|yugen\s*-?\s*kaisha|yugen\s*-?\s*gaisha|gmbh|ag|b\.v|bv|s\.a|sa|s\.r\.l|srl|pte|pty|co)\.?\s*$/iu
const BRANCH = /\s+\S*(?:支店|支社|支部|営業所|事業所|出張所|本社|本店|工場|事業部)$/u

const SMALL_KANA = new Map([...'ァィゥェォッャュョヮヵヶ'].map((letter, i) => [letter, [...'アイウエオツヤユヨワカケ'][i] ?? letter]))

/** Letters as matching sees them: NFKC, lower case, katakana, small kana large, old kanji new. */
function folded(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u3041-\u3096]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
  return Array.from(plain, (letter) => SMALL_KANA.get(letter) ?? KANJI.get(letter) ?? letter).join('')
}

function withoutForm(text: string): string {
  let rest = text.replace(BRANCH, '').replace(SHORT, ' ').trim().replace(BANK, '').replace(LONG, ' ').trim()
  // "Sample Holdings Co., Ltd.": one ending after the other.
  for (let before = ''; before !== rest; ) {
    before = rest
    const shorter = rest.replace(ENGLISH, '').trim()
    if (shorter !== '') rest = shorter
  }
  return rest
}

/**
 * The key under which names of one company meet: without its form (株式会社, (株), ㈱, カ), Co., Ltd. … before, behind or in the middle), width,
 * case, blanks, middle dots, hyphens and 長音, with kana large and kanji new. Null when nothing is left. Equal keys propose, they never prove.
 */
export function nameKey(name: string | null | undefined): string | null {
  if (!name) return null
  const plain = folded(name)
  const bare = compact(withoutForm(plain))
  const key = bare === '' ? compact(plain) : bare
  return key === '' ? null : key.slice(0, 200)
}

const compact = (text: string): string => text.replace(/&/gu, 'and').replace(/[\s\u3000\p{P}\p{S}ー]+/gu, '')

/** All keys of a company: its name, kana, English name and aliases, each once. */
export function nameKeys(company: {
  readonly name: string
  readonly kana?: string | null
  readonly english_name?: string | null
  readonly aliases?: readonly string[]
}): string[] {
  const names = [company.name, company.kana, company.english_name, ...(company.aliases ?? [])]
  return [...new Set(names.flatMap((name) => nameKey(name) ?? []))].sort()
}

/** The order of lists: without the form of the company, so that 株式会社 is not one long column under カ. */
export function sortNameOf(name: string, kana: string | null): string {
  return (
    withoutForm(folded(kana ?? name))
      .replace(/\s+/gu, ' ')
      .trim() || folded(name)
  )
}

/** A 法人番号: 13 digits whose first is the check digit of the other twelve (国税庁告示: 9 − Σ PnQn mod 9). Null when it is none. */
export function corporateNumber(text: string | null | undefined): string | null {
  const digits = (text ?? '').normalize('NFKC').replace(/[\s\-‐−ー]/gu, '')
  if (!/^[1-9]\d{12}$/.test(digits)) return null
  const sum = [...digits.slice(1)].reverse().reduce((all, digit, i) => all + Number(digit) * (i % 2 === 0 ? 1 : 2), 0)
  return Number(digits[0]) === 9 - (sum % 9) ? digits : null
}
