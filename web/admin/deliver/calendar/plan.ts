// What the calendar's pages share: shapes, days, and the rhythm in words.

import type { client } from '../../api.ts'
import type { Tone } from '../../parts/Chip.tsx'
import { useFormats } from '../../parts/formats.ts'
import { addDays, dayOf } from '../../parts/zone.ts'
import { useWords } from '../../words/words.tsx'

export type Line = Awaited<ReturnType<typeof client.lines.list>>['items'][number]
export type Month = Awaited<ReturnType<typeof client.lines.calendar>>
export type Issue = Month['issues'][number]
export type Alert = Line['alerts'][number]
export type Rhythm = Line['rhythm']
export type Open = Month['open'][number]

export const TONES: Record<Issue['state'], Tone> = {
  planned: 'grey',
  drafted: 'blue',
  approved: 'teal',
  scheduled: 'violet',
  sent: 'green',
  cancelled: 'red',
  skipped: 'grey',
}

export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()

/** Today for the company. */
export const thisDay = (): string => dayOf(Date.now())

/** The month so many months later, as `2026-11`. */
export function monthLater(month: string, n: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const at = year * 12 + number - 1 + n
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
}

/** The weeks a month is drawn with: its first cell and its last. */
export function spanOf(month: string, firstWeekday: number): { from: string; to: string } {
  const first = `${month}-01`
  const last = addDays(`${monthLater(month, 1)}-01`, -1)
  const from = addDays(first, -((weekdayOf(first) - firstWeekday + 7) % 7))
  return { from, to: addDays(last, (firstWeekday + 6 - weekdayOf(last) + 7) % 7) }
}

/** What is on its way or out keeps its day. */
export const isMovable = ({ state }: Pick<Issue, 'state'>): boolean => state !== 'scheduled' && state !== 'sent'

/** The rhythm as one sentence. */
export function useRhythmWords() {
  const t = useWords('calendar')
  return (rhythm: Rhythm): string => {
    if (rhythm.kind === 'weeks') return t('says.weeks', { every: rhythm.every, weekday: t(`weekdays.${weekdayKey(rhythm.weekday)}`) })
    if (rhythm.kind === 'monthDay') return t('says.monthDay', { every: rhythm.every, day: rhythm.day })
    return t('says.monthWeekday', {
      every: rhythm.every,
      nth: t(`nths.${nthKey(rhythm.nth)}`),
      weekday: t(`weekdays.${weekdayKey(rhythm.weekday)}`),
    })
  }
}

export const WEEKDAYS = ['0', '1', '2', '3', '4', '5', '6'] as const
export const NTHS = ['1', '2', '3', '4', '5'] as const
const weekdayKey = (n: number) => WEEKDAYS[n] ?? '0'
const nthKey = (n: number) => NTHS[n - 1] ?? '1'

/** Days as the language writes them: `day` with its weekday, `month` with its year. */
export function useDays() {
  const f = useFormats()
  const locale = f.language === 'ja' ? 'ja-JP' : 'en-GB'
  return {
    day: (day: string) => f.day(`${day}T00:00`),
    short: (day: string) => f.shortDay(`${day}T00:00`),
    month: (month: string) => new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long' }).format(new Date(`${month}-01T00:00`)),
    /** Weeks begin on Sunday in Japan. */
    firstWeekday: f.language === 'ja' ? 0 : 1,
    weekday: (n: number) =>
      new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2026, 1, 1 + n))),
  }
}

/** What is wrong with a line, as one sentence. */
export function useAlertWords() {
  const t = useWords('calendar')
  const days = useDays()
  return (alert: Alert): string =>
    t(`alert.${alert.kind}`, {
      line: alert.lineName,
      day: days.day(alert.day),
      theme: alert.theme || 'none',
      due: alert.dueOn ? days.day(alert.dueOn) : '',
    })
}
