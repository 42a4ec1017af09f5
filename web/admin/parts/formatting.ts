// Numbers, money and time as people read them. Pure: a language and the present in, texts out.
import { isElsewhere, ownZone } from './zone.ts'

type When = string | number | Date
const DAY = 86_400_000
const date = (when: When) => (when instanceof Date ? when : new Date(when))
/** A day of the calendar, or what a clock shows: it is the same in every zone. */
const PLAIN = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/
const plain = (when: When): when is string => typeof when === 'string' && PLAIN.test(when)
const locales = { ja: 'ja-JP', en: 'en-GB' } as const

/** The formats of days and times in one zone. */
function calendarOf(locale: string, timeZone: string) {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locale, { ...options, timeZone })
    return (at: Date): string => made.format(at)
  }
  return {
    clock: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    monthDay: format({ month: 'long', day: 'numeric' }),
    yearMonthDay: format({ year: 'numeric', month: 'long', day: 'numeric' }),
    weekday: format({ weekday: 'short' }),
    year: format({ year: 'numeric' }),
    short: format({ month: 'numeric', day: 'numeric' }),
    name: (at: Date): string =>
      new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(at).find(({ type }) => type === 'timeZoneName')
        ?.value ?? timeZone,
  }
}

/**
 * The formats of one language and the company's zone; `useFormats()` in components. Days without a zone (2026-11-22, 2026-11-22T00:00) are days
 * of the calendar and stay what they are.
 * @param now the present in ms, for relative times and for leaving out this year
 */
export function formatsOf(language: 'ja' | 'en', zone: string = ownZone, now: () => number = Date.now) {
  const locale = locales[language]
  const whole = new Intl.NumberFormat(locale)
  const one = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  const upTo2 = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  // 15 時間前 → 15時間前
  const tight = (text: string) => (language === 'ja' ? text.replaceAll(' ', '') : text)
  const relative = (n: number, unit: Intl.RelativeTimeFormatUnit) => tight(words.format(n, unit))
  const here = calendarOf(locale, zone)
  const anywhere = calendarOf(locale, 'UTC')
  const told = (when: When) =>
    plain(when) ? { at: new Date(when.length === 10 ? when : `${when}Z`), by: anywhere } : { at: date(when), by: here }

  /** 11月18日（水）; with the year when it is another one. */
  const day = (when: When) => {
    const { at, by } = told(when)
    const text = (by.year(at) === here.year(new Date(now())) ? by.monthDay : by.yearMonthDay)(at)
    return language === 'ja' ? `${text}（${by.weekday(at)}）` : `${by.weekday(at)} ${text}`
  }
  const time = (when: When) => {
    const { at, by } = told(when)
    return by.clock(at)
  }
  /** Day and time; with the name of the zone where the clock of whoever looks shows another time. */
  const instant = (when: When) => `${day(when)} ${time(when)}${!plain(when) && isElsewhere(when, zone) ? ` ${here.name(date(when))}` : ''}`
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
      if (Math.abs(yen) >= 1e4) return [whole.format(Math.round(yen / 1e4)), '万円']
      return [whole.format(yen), '円']
    }
    if (Math.abs(yen) >= 1e6) return [`¥${upTo2.format(yen / 1e6)}`, 'M']
    return [`¥${whole.format(yen)}`, '']
  }
  /** 見出し：中身, as each language writes it. */
  const pair = (label: string, text: string) => (language === 'ja' ? `${label}：${text}` : `${label}: ${text}`)
  /** 名前（補足）, as each language writes it. */
  const aside = (text: string, note: string) => (language === 'ja' ? `${text}（${note}）` : `${text} (${note})`)
  /** 甲、乙 */
  const list = (items: readonly string[]) => items.join(language === 'ja' ? '、' : ', ')
  const span = (seconds: number) => {
    const total = Math.round(seconds)
    const [m, s] = [Math.floor(total / 60), total % 60]
    if (language === 'ja') return m > 0 ? (s > 0 ? `${m}分${s}秒` : `${m}分`) : `${s}秒`
    return m > 0 ? (s > 0 ? `${m} min ${s} s` : `${m} min`) : `${s} s`
  }
  return {
    language,
    pair,
    aside,
    list,
    day,
    time,
    instant,
    ago,
    moneyParts,
    span,
    number: (n: number) => whole.format(n),
    /** One decimal: 12.3. */
    decimal: (n: number) => one.format(n),
    /** Full amount: ¥1,840,000. */
    yen: (n: number) => `¥${whole.format(n)}`,
    money: (n: number) => moneyParts(n).join(''),
    /** 0.232 → 23.2%; null (nothing to divide by) → –. */
    percent: (share: number | null) => (share === null || !Number.isFinite(share) ? '–' : `${one.format(share * 100)}%`),
    /** 11/22. */
    shortDay: (when: When) => {
      const { at, by } = told(when)
      return language === 'ja' ? by.short(at) : by.short(at).split('/').reverse().map(Number).join('/')
    },
  }
}
