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

export const industries: readonly Choice[] = [
  { value: 'manufacturing', ja: '製造業', en: 'Manufacturing' },
  { value: 'it', ja: '情報通信・IT', en: 'IT and telecommunications' },
  { value: 'construction', ja: '建設業', en: 'Construction' },
  { value: 'wholesale', ja: '卸売業', en: 'Wholesale' },
  { value: 'retail', ja: '小売業', en: 'Retail' },
  { value: 'logistics', ja: '運輸・物流', en: 'Transport and logistics' },
  { value: 'finance', ja: '金融・保険', en: 'Finance and insurance' },
  { value: 'real_estate', ja: '不動産業', en: 'Real estate' },
  { value: 'services', ja: 'サービス業', en: 'Services' },
  { value: 'hospitality', ja: '宿泊・飲食', en: 'Hospitality and food' },
  { value: 'medical', ja: '医療・福祉', en: 'Medical and welfare' },
  { value: 'education', ja: '教育', en: 'Education' },
  { value: 'energy', ja: '電気・ガス・水道', en: 'Energy and utilities' },
  { value: 'public', ja: '官公庁・団体', en: 'Public sector' },
  { value: 'other', ja: 'その他', en: 'Other' },
]

export const employeeBands: readonly Choice[] = [
  { value: '1-9', ja: '1〜9名', en: '1–9' },
  { value: '10-49', ja: '10〜49名', en: '10–49' },
  { value: '50-99', ja: '50〜99名', en: '50–99' },
  { value: '100-299', ja: '100〜299名', en: '100–299' },
  { value: '300-999', ja: '300〜999名', en: '300–999' },
  { value: '1000-', ja: '1,000名以上', en: '1,000 or more' },
]

export const roleLevels: readonly Choice[] = [
  { value: 'executive', ja: '経営層・役員', en: 'Executive' },
  { value: 'head', ja: '部長級', en: 'Head of division' },
  { value: 'manager', ja: '課長級', en: 'Manager' },
  { value: 'chief', ja: '係長・主任級', en: 'Team lead' },
  { value: 'staff', ja: '一般', en: 'Staff' },
]

export const priorities: readonly Choice[] = [
  { value: 'high', ja: '高', en: 'High' },
  { value: 'middle', ja: '中', en: 'Middle' },
  { value: 'low', ja: '低', en: 'Low' },
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
export const vocabulary = { prefectures, industries, employeeBands, roleLevels, priorities, statuses, bases, stops, fieldClasses } as const
