// Words by which a line of a business card shows what it is.

export const COMPANY_FORM =
  /株式会社|有限会社|合同会社|合名会社|合資会社|相互会社|(?:一般|公益)(?:社団|財団)法人|社会福祉法人|医療法人(?:社団|財団)?|学校法人|宗教法人|(?:特定非営利活動|NPO)法人|(?:地方)?独立行政法人|国立(?:大学|研究開発)法人|(?:税理士|弁護士|監査|司法書士|社会保険労務士|行政書士)法人|協同組合|信用金庫|信用組合|商工会議所|[((](?:株|有|同|財|社)[))]/
export const COMPANY_ABROAD = /\b(?:Inc|Corp|Corporation|Co\.?,? ?Ltd|Ltd|LLC|K\.K|GmbH|Company|Holdings)\b\.?/i
/** Names of bodies that carry no legal form. */
export const BODY_END = /(?:大学|高等学校|銀行|病院|クリニック|市役所|区役所|県庁|事務所|研究所|製作所|商店|工業|産業|商事|組合)$/

const RANKS =
  '代表取締役(?:社長|会長|専務|常務|副社長)?(?:執行役員)?|代表社員|代表理事|代表|取締役(?:会長|社長|副社長|専務|常務)?|(?:専務|常務|上席|上級)?執行役員|監査役|会長|社長|副社長|専務|常務|理事長|理事|相談役|顧問|参与|参事|支配人|本部長|事業部長|事業所長|統括部長|部門長|部長|次長|室長|局長|課長|係長|班長|主任|主事|主査|支店長|支社長|営業所長|センター長|研究所長|所長|工場長|店長|院長|園長|学長|校長|事務長|事務局長|教授|准教授|講師|助教|研究員|弁護士|弁理士|税理士|公認会計士|社会保険労務士|行政書士|司法書士|一級建築士|建築士|秘書|CEO|COO|CTO|CFO|CMO|CIO|CISO|CHRO|マネージャー|マネジャー|マネージャ|リーダー|チーフ|ディレクター|プロデューサー|プランナー|エンジニア|コンサルタント|デザイナー|アドバイザー|スペシャリスト|アナリスト|プログラマー|アーキテクト|エヴァンジェリスト|エバンジェリスト|ライター|アソシエイト|アシスタント|パートナー|主幹|主席|主務|主管|担当|課員|部員|リーダ'
const BEFORE =
  '(?:副|上席|上級|主席|首席|統括|担当|専任|専門|兼|シニア|チーフ|ゼネラル|プロジェクト|プロダクト|エリア|セールス|アカウント|マーケティング|テクニカル|アシスタント|総|チーム|グループ)*'
const AFTER = '(?:代理|補佐|心得|待遇|補|付|兼[^\\s]{1,12})?'
/** A rank at the end of a text. */
export const TITLE_END = new RegExp(`(${BEFORE}(?:${RANKS})${AFTER})$`)
/** A rank at the head of a text, as in 代表取締役 佐藤 健一. */
export const TITLE_HEAD = new RegExp(`^(${BEFORE}(?:${RANKS})${AFTER})`)
export const TITLE_ABROAD =
  /\b(?:CEO|COO|CTO|CFO|President|Director|Manager|Engineer|Consultant|Designer|Sales|Producer|Executive|Officer|Founder|Representative|Leader|Specialist|Chief|Vice)\b/i

/** How parts of a company are called. */
export const DEPARTMENT_END =
  /(?:本部|事業部|部門|部|課|室|局|グループ|チーム|センター|センタ|研究所|支店|支社|営業所|出張所|本店|本社|工場|ユニット|係|事業所|推進室|委員会|事務局|研究科|学部|学科|ディビジョン|カンパニー|オフィス|店)$/
export const DEPARTMENT_INSIDE =
  /^(.*?(?:本部|事業部|部門|部|課|室|局|グループ|チーム|センター|研究所|支店|支社|営業所|工場|ユニット|事業所|学部|研究科)(?=[^長門署品材]|$))/

/** Labels of numbers: before them, or in brackets behind them. */
export const MOBILE_LABEL = /(mobile|cell|携帯|m|mob)[^a-z]{0,4}$/i
export const FAX_LABEL = /(fax|ファックス|ファクス|ファクシミリ|f|ﾌｧｯｸｽ)[^a-z]{0,4}$/i
/** One number for both. */
export const TEL_AND_FAX_LABEL = /(tel|電話|t)\s*[/&／＆・.,+]\s*(fax|ファックス|ファクス|f)[^a-z]{0,4}$/i
export const DIRECT_LABEL = /(直通|ダイヤルイン|ダイヤル・イン|direct|dial\s?-?in|直)[^a-z\d]{0,8}(?:tel)?[^a-z\d]{0,4}$/i
export const MAIN_LABEL = /(代表|大代表|main|代)[^a-z\d]{0,8}(?:tel)?[^a-z\d]{0,4}$/i
export const BEHIND = {
  fax: /^\s*[(（]\s*(?:fax|ファックス|ファクス)/i,
  direct: /^\s*[(（]\s*(?:直|ダイヤル|direct|dial)/i,
  main: /^\s*[(（]\s*(?:代|大代|main)/i,
} as const

export const PREFECTURE =
  /(?:北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県)/
export const PLACE = /(?:[市区郡].{1,8}[町村区]?.*\d)|(?:\d+丁目)|(?:\d+番地?)/
export const BUILDING =
  /(?:ビル|タワー|マンション|ハイツ|会館|プラザ|センター|スクエア|ヒルズ|シティ|館|棟|階|号室|\d+F)\s*(?:\d+(?:F|階|号室?))?$/
