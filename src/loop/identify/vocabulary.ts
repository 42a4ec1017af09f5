// The closed lists of the standard fields, with their words. Browser-safe: contracts hand them to the screens.

export interface Choice {
  readonly value: string
  readonly ja: string
  readonly en: string
}

const PREFECTURE_WORDS =
  '北海道 Hokkaido,青森県 Aomori,岩手県 Iwate,宮城県 Miyagi,秋田県 Akita,山形県 Yamagata,福島県 Fukushima,茨城県 Ibaraki,栃木県 Tochigi,群馬県 Gunma,埼玉県 Saitama,千葉県 Chiba,東京都 Tokyo,神奈川県 Kanagawa,新潟県 Niigata,富山県 Toyama,石川県 Ishikawa,福井県 Fukui,山梨県 Yamanashi,長野県 Nagano,岐阜県 Gifu,静岡県 Shizuoka,愛知県 Aichi,三重県 Mie,滋賀県 Shiga,京都府 Kyoto,大阪府 Osaka,兵庫県 Hyogo,奈良県 Nara,和歌山県 Wakayama,鳥取県 Tottori,島根県 Shimane,岡山県 Okayama,広島県 Hiroshima,山口県 Yamaguchi,徳島県 Tokushima,香川県 Kagawa,愛媛県 Ehime,高知県 Kochi,福岡県 Fukuoka,佐賀県 Saga,長崎県 Nagasaki,熊本県 Kumamoto,大分県 Oita,宮崎県 Miyazaki,鹿児島県 Kagoshima,沖縄県 Okinawa'

export const prefectures: readonly Choice[] = PREFECTURE_WORDS.split(',').map((pair) => {
  const [ja = '', en = ''] = pair.split(' ')
  return { value: ja, ja, en }
})

/** The eight regions and their prefectures, for filters and rules by area. */
const REGION_WORDS =
  'hokkaido 北海道 Hokkaido 0-1,tohoku 東北 Tohoku 1-7,kanto 関東 Kanto 7-14,chubu 中部 Chubu 14-23,kinki 近畿 Kinki 23-30,chugoku 中国 Chugoku 30-35,shikoku 四国 Shikoku 35-39,kyushu 九州・沖縄 Kyushu_and_Okinawa 39-47'

export interface Region extends Choice {
  readonly prefectures: readonly string[]
}

export const regions: readonly Region[] = REGION_WORDS.split(',').map((line) => {
  const [value = '', ja = '', en = '', range = ''] = line.split(' ')
  const [from = 0, to = 0] = range.split('-').map(Number)
  return { value, ja, en: en.replaceAll('_', ' '), prefectures: prefectures.slice(from, to).map((one) => one.value) }
})

/** The region of a prefecture; null for any other text. */
export const regionOf = (prefecture: string | null): string | null =>
  regions.find((one) => prefecture !== null && one.prefectures.includes(prefecture))?.value ?? null

/** An industry with its division (大分類, A–T) of 日本標準産業分類. */
export interface Industry extends Choice {
  readonly division: string
}

const INDUSTRY_WORDS: readonly (readonly [string, string, string, string])[] = [
  ['A', 'agriculture', '農業・林業', 'Agriculture and forestry'],
  ['B', 'fishery', '漁業', 'Fishery'],
  ['C', 'mining', '鉱業・採石業', 'Mining and quarrying'],
  ['D', 'construction', '建設業', 'Construction'],
  ['E', 'manufacturing', '製造業', 'Manufacturing'],
  ['F', 'energy', '電気・ガス・水道', 'Energy and utilities'],
  ['G', 'it', '情報通信・IT', 'IT and telecommunications'],
  ['H', 'logistics', '運輸・物流', 'Transport and logistics'],
  ['I', 'wholesale', '卸売業', 'Wholesale'],
  ['I', 'retail', '小売業', 'Retail'],
  ['J', 'finance', '金融・保険', 'Finance and insurance'],
  ['K', 'real_estate', '不動産業', 'Real estate'],
  ['L', 'professional', '学術研究・専門サービス', 'Research and professional services'],
  ['M', 'hospitality', '宿泊・飲食', 'Hospitality and food'],
  ['N', 'lifestyle', '生活関連サービス・娯楽', 'Personal services and leisure'],
  ['O', 'education', '教育', 'Education'],
  ['P', 'medical', '医療・福祉', 'Medical and welfare'],
  ['Q', 'compound', '複合サービス（協同組合など）', 'Cooperatives and post offices'],
  ['R', 'services', 'サービス業', 'Services'],
  ['S', 'public', '官公庁・団体', 'Public sector'],
  ['T', 'other', 'その他', 'Other'],
]

/** Industries in the order of 日本標準産業分類; 卸売業 and 小売業 (both division I) are told apart, as Japanese forms do. */
export const industries: readonly Industry[] = INDUSTRY_WORDS.map(([division, value, ja, en]) => ({ value, ja, en, division }))

export const employeeBands: readonly Choice[] = [
  { value: '1-9', ja: '1〜9名', en: '1–9' },
  { value: '10-49', ja: '10〜49名', en: '10–49' },
  { value: '50-99', ja: '50〜99名', en: '50–99' },
  { value: '100-299', ja: '100〜299名', en: '100–299' },
  { value: '300-999', ja: '300〜999名', en: '300–999' },
  { value: '1000-', ja: '1,000名以上', en: '1,000 or more' },
]

export const roleLevels: readonly Choice[] = [
  { value: 'representative', ja: '代表', en: 'Representative' },
  { value: 'executive', ja: '役員', en: 'Executive' },
  { value: 'head', ja: '部長級', en: 'Head of division' },
  { value: 'manager', ja: '課長級', en: 'Manager' },
  { value: 'chief', ja: '係長・主任級', en: 'Team lead' },
  { value: 'staff', ja: '担当', en: 'Staff' },
]

export const priorities: readonly Choice[] = [
  { value: 'high', ja: '高', en: 'High' },
  { value: 'middle', ja: '中', en: 'Middle' },
  { value: 'low', ja: '低', en: 'Low' },
]

/** What follows a name in letters. */
export const salutations: readonly Choice[] = [
  { value: '様', ja: '様', en: '様 (person)' },
  { value: '御中', ja: '御中', en: '御中 (organisation)' },
  { value: '先生', ja: '先生', en: '先生 (doctor, lawyer, teacher)' },
  { value: '殿', ja: '殿', en: '殿 (formal)' },
]

export const statuses: readonly Choice[] = [
  { value: 'active', ja: '有効', en: 'Active' },
  { value: 'on_hold', ja: '保留', en: 'On hold' },
  { value: 'invalid', ja: '無効', en: 'Invalid' },
]

export const bases: readonly Choice[] = [
  { value: 'none', ja: '根拠なし', en: 'No basis' },
  { value: 'published', ja: '公開アドレス', en: 'Published address' },
  { value: 'relation', ja: '取引関係', en: 'Business relation' },
  { value: 'card', ja: '名刺交換', en: 'Business card' },
  { value: 'consent', ja: '同意あり', en: 'Consent' },
]

export const stops: readonly Choice[] = [
  { value: 'none', ja: 'なし', en: 'None' },
  { value: 'unsubscribe', ja: '配信停止', en: 'Unsubscribed' },
  { value: 'manual', ja: '手動で停止', en: 'Stopped by hand' },
  { value: 'hard_bounce', ja: '不達', en: 'Address unreachable' },
  { value: 'complaint', ja: '迷惑メール申告', en: 'Complaint' },
]

export const fieldClasses: readonly Choice[] = [
  { value: 'basic', ja: '基本情報', en: 'Basic' },
  { value: 'secondary', ja: '関心・検討状況', en: 'Interest' },
  { value: 'behaviour', ja: '行動', en: 'Behaviour' },
]

/** The closed lists together, for pickers and labels. */
export const vocabulary = {
  prefectures,
  regions,
  industries,
  employeeBands,
  roleLevels,
  priorities,
  salutations,
  statuses,
  bases,
  stops,
  fieldClasses,
} as const
