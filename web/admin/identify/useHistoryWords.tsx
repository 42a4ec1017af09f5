import { activityResults } from '#loop/identify/activities/kinds/contract.ts'
import { useFormats } from '../parts/formats.ts'
import type { TimelineEntry } from '../parts/Timeline.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { ActivityMenu } from './ActivityMenu.tsx'
import { type Activity, type HistoryEntry, isVisit, type Shown, type Visit } from './history.ts'
import { isSwarm } from './swarms.ts'
import { useEventWords } from './useEventWords.tsx'
import { useTruthWords } from './useTruthWords.tsx'

/** An entry of the timeline as a line: a visit with its pages, what a colleague did, or an event in the user's words. */
export function useHistoryWords(): (shown: Shown) => TimelineEntry {
  const t = useWords('person')
  const f = useFormats()
  const { language } = useLanguage()
  const { may } = useSession()
  const eventOf = useEventWords()
  const { ofSwarm } = useTruthWords()
  const pointsOf = (pages: readonly HistoryEntry[]): number | null => pages.reduce((sum, page) => sum + (page.points ?? 0), 0) || null
  const secondsOf = (pages: readonly HistoryEntry[]): number => pages.reduce((sum, page) => sum + (page.engaged ?? 0), 0)

  /** The pages of a visit by name, in the order they were seen, each once. */
  const titlesOf = (pages: readonly HistoryEntry[]): string => {
    const titles = [...new Set([...pages].reverse().map((page) => String(page.props['title'] ?? page.props['url'] ?? '')))].filter(Boolean)
    return titles.length > 4 ? `${f.list(titles.slice(0, 4))} …` : f.list(titles)
  }
  const ofPage = (entry: HistoryEntry): TimelineEntry => {
    const line = eventOf(entry)
    if (!entry.engaged) return line
    return { ...line, meta: [line.meta, t('visitSpan', { span: f.span(entry.engaged) })].filter(Boolean).join(' ・ ') }
  }
  const ofVisit = ({ pages }: Visit): TimelineEntry => {
    const seconds = secondsOf(pages)
    const last = pages[0] as HistoryEntry
    return {
      id: last.id,
      name: 'page.viewed',
      at: last.at,
      title: t('visit', { n: pages.length }),
      meta: seconds > 0 ? t('visitSpan', { span: f.span(seconds) }) : undefined,
      points: pointsOf(pages),
      box: (
        <details className="visit-pages">
          <summary>{titlesOf(pages)}</summary>
          <ul>
            {pages.map((page) => (
              <li key={page.id}>
                <span className="num muted">{f.time(page.at)}</span>
                <span>
                  {eventOf(page).title}
                  {page.engaged ? <span className="muted"> {f.span(page.engaged)}</span> : null}
                </span>
              </li>
            ))}
          </ul>
        </details>
      ),
    }
  }
  const didOf = (activity: Activity): string => {
    const kind = activity.kind === 'call' ? (activity.direction === 'in' ? 'call_in' : 'call_out') : activity.kind
    return t(`did.${kind}`, { name: activity.userName })
  }
  const ofActivity = (entry: HistoryEntry, activity: Activity): TimelineEntry => {
    const result = activityResults[activity.kind]?.find((one) => one.value === activity.result)?.[language]
    const meta = [
      activity.minutes ? t('minutesOf', { n: activity.minutes }) : '',
      activity.kind === 'seminar' || activity.kind === 'exhibition' ? activity.userName : '',
      activity.with > 1 ? t('withMany', { n: activity.with }) : '',
      f.list(activity.colleagues.map((one) => one.name)),
      activity.changedAt ? t('corrected') : '',
    ].filter(Boolean)
    return {
      id: entry.id,
      name: entry.name,
      at: entry.at,
      title: (
        <>
          {didOf(activity)}
          {activity.title && <b>{language === 'ja' ? `「${activity.title}」` : ` “${activity.title}”`}</b>}
          {result && <span className="muted">{f.aside('', result)}</span>}
        </>
      ),
      meta: meta.length ? meta.join(' ・ ') : undefined,
      points: entry.points,
      box: activity.body ? <span className="activity-body">{activity.body}</span> : undefined,
      aside: may('leads.write') ? <ActivityMenu activity={activity} /> : undefined,
    }
  }
  return (shown) => {
    if (isSwarm(shown)) return ofSwarm(shown)
    if (isVisit(shown)) return ofVisit(shown)
    return shown.activity ? ofActivity(shown, shown.activity) : ofPage(shown)
  }
}
