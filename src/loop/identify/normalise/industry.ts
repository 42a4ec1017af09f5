// 日本標準産業分類 (Rev. 13/14): the 99 middle groups, and what texts of forms and files mean by them. Pure.
import { type Choice, industries } from '../vocabulary.ts'
import { choose, cleanText, searchable } from './decide.ts'

/** Division, then its middle groups in order: `日本語|English`. Their numbers run from 01 through 99 over all divisions. */
const GROUP_WORDS: readonly (readonly [string, string])[] = [
  ['A', '農業|Agriculture,林業|Forestry'],
  ['B', '漁業（水産養殖業を除く）|Fisheries,水産養殖業|Aquaculture'],
  ['C', '鉱業・採石業・砂利採取業|Mining and quarrying'],
  ['D', '総合工事業|General construction,職別工事業|Specialist construction,設備工事業|Equipment installation'],
  [
    'E',
    '食料品製造業|Food,飲料・たばこ・飼料製造業|Beverages tobacco and feed,繊維工業|Textiles,木材・木製品製造業|Lumber and wood products,家具・装備品製造業|Furniture,パルプ・紙・紙加工品製造業|Pulp and paper,印刷・同関連業|Printing,化学工業|Chemicals,石油製品・石炭製品製造業|Petroleum and coal products,プラスチック製品製造業|Plastic products,ゴム製品製造業|Rubber products,なめし革・同製品・毛皮製造業|Leather and fur,窯業・土石製品製造業|Ceramics and stone,鉄鋼業|Iron and steel,非鉄金属製造業|Non-ferrous metals,金属製品製造業|Fabricated metal,はん用機械器具製造業|General-purpose machinery,生産用機械器具製造業|Production machinery,業務用機械器具製造業|Business machinery,電子部品・デバイス・電子回路製造業|Electronic parts and devices,電気機械器具製造業|Electrical machinery,情報通信機械器具製造業|Information and communication equipment,輸送用機械器具製造業|Transport equipment,その他の製造業|Other manufacturing',
  ],
  ['F', '電気業|Electricity,ガス業|Gas,熱供給業|Heat supply,水道業|Water supply'],
  [
    'G',
    '通信業|Communications,放送業|Broadcasting,情報サービス業|Information services,インターネット附随サービス業|Internet services,映像・音声・文字情報制作業|Video audio and text production',
  ],
  [
    'H',
    '鉄道業|Railways,道路旅客運送業|Road passenger transport,道路貨物運送業|Road freight,水運業|Water transport,航空運輸業|Air transport,倉庫業|Warehousing,運輸に附帯するサービス業|Services incidental to transport,郵便業|Postal services',
  ],
  [
    'I',
    '各種商品卸売業|General wholesale,繊維・衣服等卸売業|Wholesale of textiles and apparel,飲食料品卸売業|Wholesale of food and beverages,建築材料・鉱物・金属材料等卸売業|Wholesale of building and metal materials,機械器具卸売業|Wholesale of machinery,その他の卸売業|Other wholesale,各種商品小売業|General retail,織物・衣服・身の回り品小売業|Retail of apparel,飲食料品小売業|Retail of food and beverages,機械器具小売業|Retail of machinery,その他の小売業|Other retail,無店舗小売業|Non-store retail',
  ],
  [
    'J',
    '銀行業|Banking,協同組織金融業|Cooperative finance,貸金業・クレジットカード業等|Non-deposit money lending,金融商品取引業・商品先物取引業|Securities and futures,補助的金融業等|Auxiliary finance,保険業|Insurance',
  ],
  ['K', '不動産取引業|Real estate agencies,不動産賃貸業・管理業|Real estate leasing and management,物品賃貸業|Goods rental and leasing'],
  ['L', '学術・開発研究機関|Research institutes,専門サービス業|Professional services,広告業|Advertising,技術サービス業|Technical services'],
  ['M', '宿泊業|Accommodation,飲食店|Restaurants,持ち帰り・配達飲食サービス業|Take-out and delivery'],
  ['N', '洗濯・理容・美容・浴場業|Laundry beauty and bath,その他の生活関連サービス業|Other personal services,娯楽業|Amusement'],
  ['O', '学校教育|Schools,その他の教育・学習支援業|Other education'],
  ['P', '医療業|Medical,保健衛生|Public health,社会保険・社会福祉・介護事業|Social insurance welfare and care'],
  ['Q', '郵便局|Post offices,協同組合|Cooperatives'],
  [
    'R',
    '廃棄物処理業|Waste disposal,自動車整備業|Automobile maintenance,機械等修理業|Machine repair,職業紹介・労働者派遣業|Employment and worker dispatch,その他の事業サービス業|Other business services,政治・経済・文化団体|Political economic and cultural organisations,宗教|Religion,その他のサービス業|Other services,外国公務|Foreign governments',
  ],
  ['S', '国家公務|National government,地方公務|Local government'],
  ['T', '分類不能の産業|Unclassifiable'],
]

/** A middle group (中分類); its value is its number, `01`–`99`. */
export interface IndustryGroup extends Choice {
  readonly division: string
}

export const industryGroups: readonly IndustryGroup[] = GROUP_WORDS.flatMap(([division, line]) =>
  line.split(',').map((words) => ({ division, words })),
).map(({ division, words }, index) => {
  const [ja = '', en = ''] = words.split('|')
  const value = String(index + 1).padStart(2, '0')
  return { value, ja: `${value} ${ja}`, en: `${value} ${en}`, division }
})

/** The industry (大分類) of a middle group; wholesale and retail share division I and are told apart by the number. */
export function industryOfGroup(group: string | null): string | null {
  const found = industryGroups.find((one) => one.value === group)
  if (!found) return null
  if (found.division === 'I') return Number(found.value) < 56 ? 'wholesale' : 'retail'
  return industries.find((one) => one.division === found.division)?.value ?? null
}

const OFFICIAL: Readonly<Record<string, string>> = {
  農業林業: 'agriculture',
  鉱業採石業砂利採取業: 'mining',
  建設: 'construction',
  不動産建設: 'real_estate',
  製造: 'manufacturing',
  メーカー: 'manufacturing',
  電気ガス熱供給水道業: 'energy',
  情報通信業: 'it',
  情報通信: 'it',
  it: 'it',
  ソフトウェア: 'it',
  運輸業郵便業: 'logistics',
  運輸業: 'logistics',
  物流業: 'logistics',
  卸売業小売業: 'wholesale',
  卸売: 'wholesale',
  商社: 'wholesale',
  小売: 'retail',
  金融業保険業: 'finance',
  金融業: 'finance',
  金融: 'finance',
  保険業: 'finance',
  不動産業物品賃貸業: 'real_estate',
  不動産: 'real_estate',
  学術研究専門技術サービス業: 'professional',
  コンサルティング: 'professional',
  宿泊業飲食サービス業: 'hospitality',
  生活関連サービス業娯楽業: 'lifestyle',
  教育学習支援業: 'education',
  医療福祉: 'medical',
  医療: 'medical',
  複合サービス事業: 'compound',
  サービス業他に分類されないもの: 'services',
  サービス: 'services',
  公務他に分類されるものを除く: 'public',
  公務: 'public',
  官公庁: 'public',
  自治体: 'public',
  分類不能の産業: 'other',
}

const bare = (text: string): string => searchable(text).replace(/[\s,，、・/／()（）]/g, '')

/** A middle group by its number or name, with or without the number; null when it means none. */
export function normaliseIndustryGroup(text: string): string | null {
  const wanted = bare(text)
  const number = /^\d{1,2}$/.test(wanted) ? wanted.padStart(2, '0') : null
  const found = industryGroups.find(
    (one) => one.value === number || [one.ja, one.en].some((words) => bare(words) === wanted || bare(words.slice(3)) === wanted),
  )
  return found?.value ?? null
}

/** An industry by code, word, division letter (`G`), official name or middle group; other texts are kept as they are. */
export function normaliseIndustry(text: string): string | null {
  const chosen = choose(industries, text)
  if (chosen === null || industries.some((one) => one.value === chosen)) return chosen
  const letter = /^([A-T])(?:[\s:：.．]|$)/.exec(text.normalize('NFKC').trim())?.[1]
  const rest =
    letter &&
    text
      .normalize('NFKC')
      .trim()
      .slice(1)
      .replace(/^[\s:：.．]+/, '')
  const named = OFFICIAL[bare(rest || text)] ?? industryOfGroup(normaliseIndustryGroup(text))
  if (named) return named
  if (letter) return industries.find((one) => one.division === letter)?.value ?? cleanText(text, 100)
  return cleanText(text, 100)
}
