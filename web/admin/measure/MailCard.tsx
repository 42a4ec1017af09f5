import { Mail } from 'lucide-react'
import type { Metric } from '#loop/measure/reports/contract.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { Change } from '../parts/Kpi.tsx'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { asked, type CardProps, difference, movement, rate } from './dashboard.ts'

/** Mail rates by people. Everything counts on the day the mail was sent, so no rate can pass 100 %. */
export function MailCard({ data, open }: CardProps) {
  const t = useWords('measure')
  const f = useFormats()
  const { figures } = data
  const reached = figures.mail_delivered
  const mailed = {
    people: reached.people + figures.mail_bounced.people,
    before: { people: reached.before.people + figures.mail_bounced.before.people },
  }
  const lines = [
    ['mail_opened', t('opened'), t('openedHint'), reached, 'up'],
    ['mail_clicked', t('clicked'), t('clickedHint'), reached, 'up'],
    ['mail_converted', t('converted'), t('convertedHint'), reached, 'up'],
    ['mail_bounced', t('bounced'), t('bouncedHint'), mailed, 'down'],
    ['mail_unsubscribed', t('unsubscribed'), t('unsubscribedHint'), reached, 'down'],
  ] as const satisfies readonly (readonly [Metric, string, string, { people: number; before: { people: number } }, 'up' | 'down'])[]
  if (mailed.people === 0 && mailed.before.people === 0) {
    return (
      <Card title={t('mail')}>
        <EmptyState icon={Mail} title={t('mailEmpty')} small>
          {t('mailEmptyText')}
        </EmptyState>
      </Card>
    )
  }
  return (
    <Card title={t('mail')} aside={t('mailAside')}>
      <div className="rates">
        <div className="rate-line">
          <span>{t('delivered')}</span>
          <NumberLink onClick={() => open(asked(data, 'mail_delivered'))}>
            {f.number(reached.people)}
            <span className="unit">{t('people')}</span>
          </NumberLink>
          <span />
          <Change change={movement(reached.people, reached.before.people)} />
        </div>
        {lines.map(([metric, label, hint, whole, goodWhen]) => {
          const figure = figures[metric]
          const share = rate(figure.people, whole.people)
          return (
            <div className="rate-line" key={metric}>
              <abbr className="explained" title={hint}>
                {label}
              </abbr>
              <NumberLink onClick={() => open(asked(data, metric))}>
                {f.number(figure.people)}
                <span className="unit">{t('people')}</span>
              </NumberLink>
              <span className="rate-share num">
                <span className="track" aria-hidden>
                  <i
                    style={{
                      width: `${Math.min(100, (share ?? 0) * 100)}%`,
                      background: goodWhen === 'up' ? 'var(--chart-1)' : 'var(--amber)',
                    }}
                  />
                </span>
                <b>{f.percent(share)}</b>
              </span>
              <Change change={difference(share, rate(figure.before.people, whole.before.people))} goodWhen={goodWhen} points />
            </div>
          )
        })}
      </div>
    </Card>
  )
}
