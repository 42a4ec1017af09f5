import { ActionIcon, Button } from '@mantine/core'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { MouseEvent } from 'react'
import type { PartResult } from '#loop/orchestrate/simulate/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { useWords } from '../../words/words.tsx'

/** The days of the window as a strip: bars of entries and mails, and a day to stop at. */
export function Calendar({ days, day, onDay }: { days: PartResult['days']; day: number | null; onDay: (day: number | null) => void }) {
  const t = useWords('simulate')
  const f = useFormats()
  const last = days.length - 1
  const at = day ?? last
  const one = days[at]
  const most = Math.max(1, ...days.map((each) => Math.max(each.entered, each.mails)))
  const name = (index: number): string => f.shortDay(`${days[index]?.day}T12:00:00`)
  const pick = (event: MouseEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onDay(Math.max(0, Math.min(last, Math.floor(((event.clientX - left) / width) * days.length))))
  }
  return (
    <Card
      title={t('calendar')}
      aside={
        <span className="row">
          <ActionIcon variant="default" aria-label={t('previousDay')} disabled={at <= 0} onClick={() => onDay(at - 1)}>
            <ChevronLeft size={16} />
          </ActionIcon>
          <b className="num sm-day">{day === null ? t('wholeTime') : t('calendarText', { day: name(at) })}</b>
          <ActionIcon variant="default" aria-label={t('nextDay')} disabled={day === null || at >= last} onClick={() => onDay(at + 1)}>
            <ChevronRight size={16} />
          </ActionIcon>
          <Button size="compact-sm" variant={day === null ? 'light' : 'default'} onClick={() => onDay(null)}>
            {t('wholeTime')}
          </Button>
        </span>
      }
    >
      <div className="sm-strip" onClick={pick} aria-hidden>
        {days.map((each, index) => (
          <i key={each.day} data-past={index <= at} title={`${name(index)}`}>
            <i className="sm-mails" style={{ height: `${(each.mails / most) * 100}%` }} />
            <i className="sm-entered" style={{ height: `${(each.entered / most) * 100}%` }} />
          </i>
        ))}
      </div>
      <input
        className="sm-slider"
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label={t('day')}
        aria-valuetext={name(at)}
        onChange={(event) => onDay(Number(event.currentTarget.value))}
      />
      <div className="row wrap muted sm-legend">
        <span className="sm-key sm-entered">{t('entered')}</span>
        <span className="sm-key sm-mails">{t('mails')}</span>
        {day !== null && one && (
          <span className="push num">{t('thatDay', { day: name(at), entered: one.entered, mails: one.mails, ended: one.ended })}</span>
        )}
        {day === null && (
          <span className="push num">
            {name(0)} – {name(last)}
          </span>
        )}
      </div>
    </Card>
  )
}
