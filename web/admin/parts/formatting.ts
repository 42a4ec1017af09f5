// Numbers, money and time as people read them. Pure: a language and the present in, texts out.
type When = string | number | Date
const DAY = 86_400_000
const date = (when: When) => (when instanceof Date ? when : new Date(when))
const locales = { ja: 'ja-JP', en: 'en-GB' } as const

/**
 * The formats of one language; `useFormats()` in components.
 * @param now the present in ms, for relative times and for leaving out this year
 */
export function formatsOf(language: 'ja' | 'en', now: () => number = Date.now) {
  const locale = locales[language]
  const plain = new Intl.NumberFormat(locale)
  const one = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  const upTo2 = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  // 15 時間前 → 15時間前
  const tight = (text: string) => (language === 'ja' ? text.replaceAll(' ', '') : text)
  const relative = (n: number, unit: Intl.RelativeTimeFormatUnit) => tight(words.format(n, unit))
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const monthDay = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric' })
  const yearMonthDay = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', day: 'numeric' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })

  /** 11月18日（水）; with the year when it is another one. */
  const day = (when: When) => {
    const at = date(when)
    const text = (at.getFullYear() === new Date(now()).getFullYear() ? monthDay : yearMonthDay).format(at)
    return language === 'ja' ? `${text}（${weekday.format(at)}）` : `${weekday.format(at)} ${text}`
  }
  const time = (when: When) => clock.format(date(when))
  const instant = (when: When) => `${day(when)} ${time(when)}`
  /** Relative up to seven days, then the day. */
  const ago = (when: When) => {
    const gone = date(when).getTime() - now()
    const far = Math.abs(gone)
    if (far < 60_000) return language === 'ja' ? 'たった今' : 'just now'
    if (far < 3_600_000) return relative(Math.trunc(gone / 60_000), 'minute')
    if (far < DAY) return relative(Math.trunc(gone / 3_600_000), 'hour')
    return far < 7 * DAY ? relative(Math.trunc(gone / DAY), 'day') : day(when)
  }
  /** Number and unit apart, so the unit can be smaller: 1.84 + 億円. */
  const moneyParts = (yen: number): readonly [string, string] => {
    if (language === 'ja') {
      if (Math.abs(yen) >= 1e8) return [upTo2.format(yen / 1e8), '億円']
      if (Math.abs(yen) >= 1e4) return [plain.format(Math.round(yen / 1e4)), '万円']
      return [plain.format(yen), '円']
    }
    if (Math.abs(yen) >= 1e6) return [`¥${upTo2.format(yen / 1e6)}`, 'M']
    return [`¥${plain.format(yen)}`, '']
  }
  /** 見出し：中身, as each language writes it. */
  const pair = (label: string, text: string) => (language === 'ja' ? `${label}：${text}` : `${label}: ${text}`)
  const span = (seconds: number) => {
    const total = Math.round(seconds)
    const [m, s] = [Math.floor(total / 60), total % 60]
    if (language === 'ja') return m > 0 ? (s > 0 ? `${m}分${s}秒` : `${m}分`) : `${s}秒`
    return m > 0 ? (s > 0 ? `${m} min ${s} s` : `${m} min`) : `${s} s`
  }
  return {
    language,
    pair,
    day,
    time,
    instant,
    ago,
    moneyParts,
    span,
    number: (n: number) => plain.format(n),
    /** One decimal: 12.3. */
    decimal: (n: number) => one.format(n),
    /** Full amount: ¥1,840,000. */
    yen: (n: number) => `¥${plain.format(n)}`,
    money: (n: number) => moneyParts(n).join(''),
    /** 0.232 → 23.2%; null (nothing to divide by) → –. */
    percent: (share: number | null) => (share === null || !Number.isFinite(share) ? '–' : `${one.format(share * 100)}%`),
    shortDay: (when: When) => `${date(when).getMonth() + 1}/${date(when).getDate()}`,
  }
}
