import './report.css'
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { ChartNoAxesColumn } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { GOAL_DAYS, HOURS_SHOWN, MAIL_GOALS } from '#loop/measure/mails/contract.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { LineChart } from '../../parts/LineChart.tsx'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card, Pairs } from '../../parts/Page.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { Arms } from './Arms.tsx'
import { DomainTable } from './DomainTable.tsx'
import { type Behind, type CountAs, clicksOf, type MailGoal, type MailsOf, opensOf, type Report, share } from './numbers.ts'
import { PeopleBehind } from './PeopleBehind.tsx'
import { useMailReason } from './reasons.ts'
import { useReport } from './useReport.ts'

const ClickMap = lazy(() => import('./ClickMap.tsx').then((m) => ({ default: m.ClickMap })))
type Open = (behind: Behind) => void

/** What became of a newsletter, or of the mails of a scenario's step; each number opens its people. */
export function MailReport({ of, name }: { of: MailsOf; name: string }) {
  const t = useWords('newsletters')
  const f = useFormats()
  const [goal, setGoal] = useState<MailGoal | ''>('')
  const [as, setAs] = useState<CountAs>('human')
  const [behind, setBehind] = useState<Behind | null>(null)
  const report = useReport(of, { as, ...(goal ? { goal } : {}) })
  const data = report.data
  if (!data) return report.error ? <ErrorNote error={report.error} retry={report.refetch} /> : <Skeletons rows={5} height={80} />
  if (data.figures.all === 0)
    return (
      <EmptyState icon={ChartNoAxesColumn} title={t('nothingYet')}>
        {t('nothingYetText')}
      </EmptyState>
    )
  return (
    <>
      <div className="report-bar">
        <SegmentedControl
          aria-label={t('countAs')}
          value={as}
          onChange={(to) => setAs(to as CountAs)}
          data={(['human', 'doubt', 'raw'] as const).map((value) => ({ value, label: t(value) }))}
        />
        <span className="muted">{t(`countHint.${as}`)}</span>
        <NativeSelect
          className="push"
          aria-label={t('goal')}
          value={goal}
          onChange={(e) => setGoal(e.currentTarget.value as MailGoal | '')}
          data={[
            { value: '', label: f.pair(t('goal'), t('goals.usual')) },
            ...MAIL_GOALS.map((one) => ({ value: one, label: f.pair(t('goal'), t(`goals.${one}`)) })),
          ]}
        />
      </div>
      <Headline data={data} as={as} open={setBehind} />
      {data.arms && <Arms arms={data.arms} as={as} open={setBehind} />}
      <div className="two-cards">
        <div className="stack">
          <Hours data={data} as={as} open={setBehind} />
          <Suspense fallback={<Skeletons rows={2} height={80} />}>
            {of.step === undefined && data.figures.sent > 0 && <ClickMap id={of.id} as={as} versions={data.versions} open={setBehind} />}
          </Suspense>
        </div>
        <div className="stack">
          <States data={data} open={setBehind} />
          <Reasons title={t('whyBounced')} of="bounced" rows={data.bouncedBy} open={setBehind} />
          <Reasons title={t('whyStopped')} of="stopped" rows={data.stoppedBy} open={setBehind} />
          <Reasons title={t('whySuppressed')} of="suppressed" rows={data.suppressedBy} open={setBehind} />
          <Definitions />
        </div>
      </div>
      {data.domains.length > 0 && <DomainTable rows={data.domains} as={as} open={setBehind} />}
      <PeopleBehind mails={of} name={name} goal={goal || undefined} behind={behind} onClose={() => setBehind(null)} />
    </>
  )
}

function Headline({ data: { figures }, as, open }: { data: Report; as: CountAs; open: Open }) {
  const t = useWords('newsletters')
  const f = useFormats()
  const of = (n: number, whole: number, what: 'delivered' | 'sent' | 'all') =>
    t('rateOf', { rate: f.percent(share(n, whole)), of: t(`number.${what}`) })
  const opens = opensOf(figures, as)
  const clicks = clicksOf(figures, as)
  return (
    <Kpis>
      <Kpi
        label={t('number.delivered')}
        title={t('define.delivered')}
        value={f.number(figures.delivered)}
        hint={of(figures.delivered, figures.all, 'all')}
        onOpen={() => open({ of: 'delivered' })}
      />
      <Kpi
        label={t('number.opened')}
        title={t('define.opened')}
        value={f.percent(share(opens, figures.delivered))}
        hint={
          <span className="besides">
            <NumberLink onClick={() => open({ of: 'opened', as })} label={`${t('number.opened')} ${opens}`}>
              {t('people', { n: opens })}
            </NumberLink>
            <Besides of="opened" figures={figures} open={open} />
          </span>
        }
        onOpen={() => open({ of: 'opened', as })}
      />
      <Kpi
        label={t('number.clicked')}
        title={t('define.clicked')}
        value={f.percent(share(clicks, figures.delivered))}
        hint={
          <span className="besides">
            <NumberLink onClick={() => open({ of: 'clicked', as })} label={`${t('number.clicked')} ${clicks}`}>
              {t('people', { n: clicks })}
            </NumberLink>
            <Besides of="clicked" figures={figures} open={open} />
          </span>
        }
        onOpen={() => open({ of: 'clicked', as })}
      />
      <Kpi
        label={t('number.converted')}
        title={t('define.converted', { days: GOAL_DAYS })}
        value={f.number(figures.converted)}
        hint={of(figures.converted, figures.sent, 'sent')}
        onOpen={() => open({ of: 'converted' })}
      />
      <Kpi
        label={t('undelivered')}
        title={t('define.bounced')}
        value={f.percent(share(figures.bounced, figures.tried))}
        hint={
          <span className="besides">
            {(['bouncedHard', 'bouncedSoft'] as const).map((of) => (
              <NumberLink key={of} onClick={() => open({ of })} label={`${t(`number.${of}`)} ${figures[of]}`}>
                {t(of === 'bouncedHard' ? 'hard' : 'soft', { n: figures[of] })}
              </NumberLink>
            ))}
          </span>
        }
        onOpen={() => open({ of: 'bounced' })}
      />
    </Kpis>
  )
}

/** Of whom there is only doubt, or a machine: beside the number, whichever way it is counted. */
function Besides({ of, figures, open }: { of: 'opened' | 'clicked'; figures: Report['figures']; open: Open }) {
  const t = useWords('newsletters')
  return (['Unknown', 'Machine'] as const).map((who) => {
    const number = `${of}${who}` as const
    return (
      <NumberLink key={who} onClick={() => open({ of: number })} label={`${t(`number.${number}`)} ${figures[number]}`}>
        {t(who === 'Unknown' ? 'besidesDoubt' : 'besidesMachine', { n: figures[number] })}
      </NumberLink>
    )
  })
}

function Hours({ data, as, open }: { data: Report; as: CountAs; open: Open }) {
  const t = useWords('newsletters')
  // As far as anything happened, at least a day.
  const last = data.hours.reduce((most, hour, i) => (hour.opened + hour.clicked > 0 ? i : most), 23)
  const hours = data.hours.slice(0, last + 1)
  return (
    <Card title={t('byHour')} aside={<span className="tiny hide-s">{t('byHourText', { n: HOURS_SHOWN })}</span>}>
      <LineChart
        label={t('byHour')}
        days={hours.map((_, n) => t('hoursAfter', { n }))}
        lines={[
          { name: t('number.opened'), values: hours.map((hour) => hour.opened) },
          { name: t('number.clicked'), values: hours.map((hour) => hour.clicked), before: true },
        ]}
        onDay={(hour, line) => open({ of: line === 1 ? 'clicked' : 'opened', hour, as })}
      />
    </Card>
  )
}

const STATES = [
  'all',
  'waiting',
  'sent',
  'delivered',
  'notOpened',
  'notClicked',
  'openedUnknown',
  'openedMachine',
  'clickedUnknown',
  'clickedMachine',
  'bouncedHard',
  'bouncedSoft',
  'unknown',
  'suppressed',
  'cancelled',
  'stopped',
  'complained',
] as const

function States({ data: { figures }, open }: { data: Report; open: Open }) {
  const t = useWords('newsletters')
  const f = useFormats()
  return (
    <Card title={t('states')}>
      <Pairs
        items={STATES.map((of) => [
          t(`number.${of}`),
          <NumberLink key={of} onClick={() => open({ of })} label={`${t(`number.${of}`)} ${figures[of]}`}>
            {f.number(figures[of])}
          </NumberLink>,
        ])}
      />
    </Card>
  )
}

interface ReasonsProps {
  title: string
  of: 'bounced' | 'stopped' | 'suppressed'
  rows: Report['bouncedBy']
  open: Open
}

function Reasons({ title, of, rows, open }: ReasonsProps) {
  const words = useMailReason()
  const f = useFormats()
  if (!rows.length) return null
  return (
    <Card title={title}>
      <div className="bar-rows">
        {rows.map(({ reason, count }) => (
          <div className="bar-row" key={reason}>
            <span className="clip" title={words(reason, of)}>
              {words(reason, of)}
            </span>
            <NumberLink onClick={() => open({ of, reason })} label={`${words(reason, of)} ${count}`}>
              {f.number(count)}
            </NumberLink>
          </div>
        ))}
      </div>
    </Card>
  )
}

function Definitions() {
  const t = useWords('newsletters')
  return (
    <Card title={t('definitions')}>
      <ul className="definitions">
        {(['opened', 'clicked', 'converted', 'bounced', 'human'] as const).map((one) => (
          <li key={one}>{t(`define.${one}`, { days: GOAL_DAYS })}</li>
        ))}
      </ul>
    </Card>
  )
}
